/**
 * The components of the package, for programs in every language. A module of its own that the first Construct loads, because
 * the Pulumi SDK takes more time and memory than the rest of the plugin.
 */
import { AsyncLocalStorage } from "node:async_hooks";

import type { ComponentResource, ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import { DependencyProviderResource, Output, log, provider } from "@pulumi/pulumi";

import { ApiAsset } from "../../components/api-asset";
import { FileUpload } from "../../components/file-upload";
import { LakeFormationImport } from "../../components/lake-formation-import";
import { RedshiftImport } from "../../components/redshift-import";
import { RevisionExport } from "../../components/revision-export";
import { RevisionPublication } from "../../components/revision-publication";
import { S3DataAccess } from "../../components/s3-data-access";
import { S3Export } from "../../components/s3-export";
import { S3Import } from "../../components/s3-import";
import { SignedDownload } from "../../components/signed-download";
import { readConfigFrom } from "../../components/support/connection-config";
import { replaceAws } from "../../components/support/pulumi-aws";
import { CodedError } from "../../lib/message-code";
import type { ReadConfig } from "../aws/settings";
import { waitUntilInitialized } from "../resources/pulumi-private";
import { registerWithPlugin } from "../resources/registration";
import { awsModules } from "./aws-modules";

type Component = new (name: string, args: never, opts?: ComponentResourceOptions) => ComponentResource;

const components: Readonly<Record<string, Component>> = {
  ...{ ApiAsset, FileUpload, LakeFormationImport, RedshiftImport, RevisionExport },
  ...{ RevisionPublication, S3DataAccess, S3Export, S3Import, SignedDownload },
};

const byToken = new Map(
  Object.entries(components).map(([name, component]) => [`dataexchange:index:${name}`, component]),
);

/** Fails the component to which the running code belongs. */
const failing = new AsyncLocalStorage<(error: unknown) => void>();

/** The provider that constructs a component. */
export interface ConstructingProvider {
  /** URN and id. Absent if the engine does not name them. */
  readonly reference?: string;
  readonly config: ReadConfig;
}

/** Serves Construct with the SDK's server of component providers, on a port of its own, for the engine at the address. */
export async function serveComponents(
  version: string,
  address: string,
  caller: () => ConstructingProvider,
): Promise<number> {
  // The SDK writes the engine's responses into debug messages, secrets in clear.
  Object.assign(log, { debug: () => Promise.resolve() });
  replaceAws(awsModules);
  readConfigFrom((key) => caller().config(key));
  const restore = keepListeners("uncaughtException", "unhandledRejection");
  const construct = (...args: Parameters<typeof declare>): ReturnType<typeof declare> => {
    const { reference } = caller();
    registerWithPlugin({
      version,
      ...(reference && { provider: new DependencyProviderResource(reference) }),
    });
    return new Promise((resolve, reject) => {
      failing.run(reject, () => void declare(...args).then(resolve, reject));
    });
  };
  const { log: print } = console;
  let port = 0;
  // The SDK's server prints its port, as each plugin does for the engine.
  console.log = (line: string) => void (port = Number(line));
  try {
    await provider.main({ version, construct }, [address]);
  } finally {
    console.log = print;
    restore();
  }
  // A component that fails rejects all of its outputs, and nobody waits for some of them.
  process.on("unhandledRejection", (error) => {
    const fail = failing.getStore();
    if (fail) fail(error);
    else if (process.listenerCount("unhandledRejection") === 1) throw error;
  });
  return port;
}

/** The SDK's listeners fail every component that is being constructed, and print a stack, for an error of one. */
function keepListeners(...events: readonly ("uncaughtException" | "unhandledRejection")[]): () => void {
  const kept = events.map((event) => [event, new Set(process.listeners(event as never))] as const);
  return () => {
    for (const [event, listeners] of kept) {
      for (const listener of process.listeners(event as never)) {
        if (!listeners.has(listener)) process.removeListener(event, listener);
      }
    }
  };
}

async function declare(
  name: string,
  token: string,
  args: Inputs,
  options: ComponentResourceOptions,
): Promise<provider.ConstructResult> {
  const type = byToken.get(token);
  if (!type) {
    const text = `This plugin has no component ${token}.`;
    throw new CodedError({ code: "unknown-resource-type", text });
  }
  const component = new type(name, args as never, options);
  await waitUntilInitialized(component);
  const { urn, ...members } = component;
  const state = Object.entries(members).filter(([, member]) => Output.isInstance(member));
  return { urn, state: Object.fromEntries(state) };
}
