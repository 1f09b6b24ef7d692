/** The plugin in the test's own process. The engine attaches to it in place of starting a process. */
import { readFile } from "node:fs/promises";

import { CustomResource, ProviderResource } from "@pulumi/pulumi";
import type { CustomResourceOptions, Inputs, Output } from "@pulumi/pulumi";

import type { JobArgs } from "../../index";
import { Engine } from "../../provider/engine/engine-client";
import { protocol } from "../../provider/plugin/protocol";
import { Run } from "../../provider/plugin/run";
import { serve } from "../../provider/plugin/server";

export interface AttachedPlugin {
  /** Environment of the engine. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

const readSchema = (): Promise<string> => readFile("schema.json", "utf8");

export async function attachPlugin(): Promise<AttachedPlugin> {
  const open = (address: string | undefined) => new Run(new Engine(address));
  const { port, stop } = await serve(protocol({ version: "0.0.0", readSchema, open }));
  return { env: { PULUMI_DEBUG_PROVIDERS: `dataexchange:${port}` }, stop };
}

/** An explicit provider of the plugin. Structured settings are JSON, as a generated SDK sends them. */
export class PluginProvider extends ProviderResource {
  constructor(name: string, settings: Inputs) {
    super("dataexchange", name, settings);
  }
}

/** A Job of the plugin, as a generated SDK declares it. */
export class PluginJob extends CustomResource {
  declare readonly state: Output<string>;
  declare readonly assets: Output<{ id: string; name: string }[]>;

  constructor(name: string, args: JobArgs, opts: CustomResourceOptions = {}) {
    const outputs = { state: undefined, assets: undefined };
    super("dataexchange:index:Job", name, { ...outputs, ...(args as Inputs) }, opts);
  }
}
