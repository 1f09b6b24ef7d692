/** Waiting for other resources before looking at what they leave behind. */
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { ComponentResource, containsUnknowns, CustomResource, Output } from "@pulumi/pulumi";

import { settled, withUnknowns } from "./resolve-input";

/** What the SDK keeps to itself about components. */
interface Insides {
  getData(): Promise<unknown>;
  readonly __childResources?: ReadonlySet<Resource>;
}

/** Waits for what a component depends on; false in a preview when some of it is yet to be made or changed. */
export async function ready(dependsOn: ComponentResourceOptions["dependsOn"]): Promise<boolean> {
  if (dependsOn === undefined) return true;
  const resources = await settled<unknown>(dependsOn);
  if (!resources.known) return false;
  const all = await Promise.all(([resources.value] as Resource[]).flat().map(isThere));
  return all.every(Boolean);
}

/** What has been declared with this one as its parent, so far. */
export const childrenOf = (resource: Resource): readonly Resource[] => [
  ...((resource as unknown as Insides).__childResources ?? []),
];

/** Waits for a resource; false in a preview when it is yet to be made or changed. */
export async function isThere(resource: Resource): Promise<boolean> {
  if (CustomResource.isInstance(resource)) {
    return (await settled(resource.id)).known && !(await willChange(resource));
  }
  if (!ComponentResource.isInstance(resource)) return true;
  await (resource as unknown as Insides).getData();
  const children = await Promise.all(childrenOf(resource).map(isThere));
  return children.every(Boolean);
}

/** What a preview says of a resource that will be updated: some of its outputs are not known yet. */
async function willChange(resource: CustomResource): Promise<boolean> {
  const outputs = Object.values(resource).filter((value) => Output.isInstance(value));
  // Without them, an output that is absent would look like one that is not known.
  const values = await Promise.all(outputs.map(withUnknowns));
  return values.some(containsUnknowns);
}
