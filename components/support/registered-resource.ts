/** Resources of other processes, of which a component in the plugin receives only a reference. The engine has the rest. */
import type { Resource } from "@pulumi/pulumi";
import { DependencyProviderResource, DependencyResource, runtime } from "@pulumi/pulumi";

import { typeOfUrn } from "../../lib/urn-type";
import { readValue } from "../../provider/resources/pulumi-private";

export const isReference = (resource: unknown): boolean =>
  resource instanceof DependencyResource || resource instanceof DependencyProviderResource;

export const typeOfReference = async ({ urn }: Resource): Promise<string> => typeOfUrn(await readValue(urn));

/** The outputs of a resource that the program has declared before. In a preview, some may be the SDK's `unknown`. */
export const outputsInEngine = async (resource: Resource): Promise<Readonly<Record<string, unknown>>> =>
  (await findInEngine(resource)).state;

/** The id of such a resource. In a preview it may be missing. */
export const idInEngine = async (resource: Resource): Promise<string | undefined> =>
  (await findInEngine(resource)).id;

interface FoundResource {
  readonly id?: string;
  readonly state: Readonly<Record<string, unknown>>;
}

async function findInEngine({ urn }: Resource): Promise<FoundResource> {
  const args = { urn: await readValue(urn) };
  return (await runtime.invoke("pulumi:pulumi:getResource", args, { async: true })) as FoundResource;
}
