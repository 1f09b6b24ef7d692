/** Resources of other processes, of which a component in the plugin receives only a reference. The engine has the rest. */
import type { Resource } from "@pulumi/pulumi";
import { DependencyProviderResource, DependencyResource, runtime } from "@pulumi/pulumi";

import { readValue } from "../../provider/resources/pulumi-private";

export const isReference = (resource: unknown): boolean =>
  resource instanceof DependencyResource || resource instanceof DependencyProviderResource;

/** The outputs of a resource that the program has declared before. In a preview, some may be the SDK's `unknown`. */
export async function outputsInEngine({ urn }: Resource): Promise<Readonly<Record<string, unknown>>> {
  const args = { urn: await readValue(urn) };
  const found = (await runtime.invoke("pulumi:pulumi:getResource", args, { async: true })) as {
    state: Record<string, unknown>;
  };
  return found.state;
}
