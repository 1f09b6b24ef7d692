/** Loads resources and provider settings from `@pulumi/aws`, an optional peer dependency. */
import type { Output, Resource } from "@pulumi/pulumi";
import { output, secret } from "@pulumi/pulumi";
import { createRequire } from "node:module";

import { InputError } from "../../lib/input-error";
import { readValueWithUnknowns } from "../../provider/resources/pulumi-private";
import type { AssumeRoleArgs, CommonJobArgs } from "../../provider/resources/types";
import { isReference, outputsInEngine } from "./registered-resource";

let load = (module: string): unknown => createRequire(__filename)(`@pulumi/aws/${module}`);

/** Takes the modules of the package from a table from now on, by names such as `s3`. */
export function replaceAws(modules: Readonly<Record<string, object>>): void {
  load = (module) => modules[module];
}

/** Loads one module of the package, such as `s3`. `purpose` names the argument that needs it. */
export function requireAws<Module>(module: string, purpose: string): Module {
  try {
    return load(module) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new InputError(
      "missing-package",
      `${purpose} needs the package @pulumi/aws, which is not installed. Run \`npm install @pulumi/aws\`.`,
    );
  }
}

/** A resource, as far as its provider matters. */
export type HasProvider = Pick<Resource, "getProvider">;

type ConnectionArgs = Pick<CommonJobArgs, "region" | "profile" | "assumeRole">;

/** The settings of a provider. Lists are JSON. A provider of another version may lack some settings. */
interface AwsProvider {
  readonly region?: Output<string | undefined>;
  readonly profile?: Output<string | undefined>;
  readonly assumeRoles?: Output<string | undefined>;
}

/**
 * Region and identity of the component's provider for `@pulumi/aws`, unless the args set them. In the plugin, an explicit
 * provider of this package has its own.
 */
export function awsProviderSettings(component: HasProvider, args: ConnectionArgs): ConnectionArgs {
  const provider = component.getProvider("aws:index:Provider");
  if (!provider) return {};
  if (isReference(provider) && component.getProvider("dataexchange:index:Provider")) return {};
  const { region, profile, assumeRoles } = isReference(provider)
    ? referencedProvider(provider)
    : (provider as unknown as AwsProvider);
  // If the args set a profile or a role, the provider's identity is ignored, so that the two are never mixed.
  const usesIdentity = args.profile === undefined && args.assumeRole === undefined;
  return {
    region: settingOf(region),
    ...(usesIdentity && {
      profile: settingOf(profile),
      assumeRole: settingOf(assumeRoles).apply(singleRole),
    }),
  } as ConnectionArgs;
}

/** The roles are secret, because the engine does not say which settings are. */
function referencedProvider(provider: Resource): AwsProvider {
  const settings = outputsInEngine(provider);
  const setting = (name: string) => output(settings.then((all) => all[name] as string | undefined));
  return {
    region: setting("region"),
    profile: setting("profile"),
    assumeRoles: secret(setting("assumeRoles")),
  };
}

/** With unknown values, because without them a preview could not distinguish an absent setting from an unknown one. */
const settingOf = (value?: Output<string | undefined>): Output<string | undefined> =>
  output(value && readValueWithUnknowns(value));

/** A job assumes one role, so a chain of roles cannot be forwarded. */
function singleRole(roles: string | undefined): AssumeRoleArgs | undefined {
  const [role, ...others] = JSON.parse(roles ?? "[]") as AssumeRoleArgs[];
  if (!role || others.length > 0) return undefined;
  const { roleArn, sessionName, externalId, duration } = role;
  return { roleArn, sessionName, externalId, duration };
}
