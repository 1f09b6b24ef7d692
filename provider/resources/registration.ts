/** Which provider resources are registered with: the dynamic provider, or the plugin in the plugin's own process. */
import type {
  CustomResourceOptions,
  Input,
  Inputs,
  Output,
  ProviderResource,
  Resource,
} from "@pulumi/pulumi";
import { createUrn, getProject, getStack, runtime } from "@pulumi/pulumi";

import { hasType, readValue } from "./pulumi-private";
import { pluginToken } from "./state-contract";

/** What the engine needs in order to find the plugin. */
export interface PluginReference {
  readonly version: string;
  /** Where the engine downloads the plugin from if it is not installed. Default: the sources of the Pulumi CLI. */
  readonly pluginDownloadURL?: string;
  /** The provider that registers the resources, so that they share its settings and its process. Default: as for any resource. */
  readonly provider?: ProviderResource;
}

let plugin: PluginReference | undefined;

/** Resources that are declared from now on are registered with the plugin, or, if it is undefined, with the dynamic provider. */
export function registerWithPlugin(reference: PluginReference | undefined): void {
  plugin = reference;
}

export const isRegisteredWithPlugin = (): boolean => plugin !== undefined;

/** A type of resource by its token of the dynamic provider. `code` is that of the dynamic provider. */
export interface DynamicType {
  readonly token: string;
  readonly code: Input<string>;
}

type ConstructorArgs = [token: string, name: string, props: Inputs, opts: CustomResourceOptions];

/** What only a dynamic provider needs. A plugin receives the URN and all secrets, and marks the secrets of outputs itself. */
export interface OnlyDynamic {
  readonly inputs?: Inputs;
  /** Names of outputs. They may be added until the inputs are resolved. */
  readonly secretOutputs?: readonly string[];
}

/** Arguments of the SDK's constructor. */
export function registrationOf(
  { token, code }: DynamicType,
  name: string,
  props: Inputs,
  opts: CustomResourceOptions,
  { inputs, secretOutputs }: OnlyDynamic = {},
): ConstructorArgs {
  // Each provider takes over the resources of the other. The engine does not store an alias of a type.
  const aliases = [...(opts.aliases ?? []), { type: plugin ? token : pluginToken(token) }];
  if (plugin) return [pluginToken(token), name, props, { ...plugin, ...opts, aliases }];
  const own = { __provider: code, ...inputs, __urn: ownUrn(name, token, opts.parent) };
  const secret = secretOutputs && { additionalSecretOutputs: secretOutputs as string[] };
  return [token, name, { ...props, ...own }, { ...opts, ...secret, aliases }];
}

const declaredInputs = new WeakMap<Resource, Inputs>();

/** Keeps the inputs of a resource for components that are declared after it. */
export const rememberInputs = (resource: Resource, inputs: Inputs): void =>
  void declaredInputs.set(resource, inputs);

export const rememberedInputs = (resource: Resource): Inputs | undefined => declaredInputs.get(resource);

/** Whether the object is a resource of the type, registered with either provider. */
export const isOfType = (object: unknown, token: string): boolean =>
  hasType(object, token) || hasType(object, pluginToken(token));

/** Calls `then` once the engine has registered a resource with the dynamic provider, and not in a preview. */
export function whenRegistered<T>(output: Output<T>, then: (value: T) => void): void {
  if (!plugin && !runtime.isDryRun()) output.apply(then);
}

/**
 * The URN of a resource as one of its inputs, because a dynamic provider does not receive it otherwise, and needs it to show
 * messages on the resource's row. A promise, because an Output depends on the parent, and a dependent of a component waits for
 * all its children: two children would wait for each other forever.
 */
function ownUrn(name: string, type: string, parent: Resource | undefined): Input<string> {
  // Without a parent the URN is known, and `createUrn` would create four Outputs.
  if (!parent) return `urn:pulumi:${getStack()}::${getProject()}::${type}::${name}`;
  return readValue(createUrn(name, type, parent));
}
