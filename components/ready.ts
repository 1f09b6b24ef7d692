/** Waiting for other resources before looking at what they leave behind. */
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { ComponentResource, CustomResource } from "@pulumi/pulumi";

import { settled } from "./settled";

/** What the SDK keeps to itself about components. */
interface Insides {
  getData(): Promise<unknown>;
  readonly __childResources?: ReadonlySet<Resource>;
}

/** Waits for what a component depends on; false in a preview when some of it is yet to be made. */
export async function ready(dependsOn: ComponentResourceOptions["dependsOn"]): Promise<boolean> {
  if (dependsOn === undefined) return true;
  const resources = await settled<unknown>(dependsOn);
  if (!resources.known) return false;
  const all = await Promise.all(([resources.value] as Resource[]).flat().map(isThere));
  return all.every(Boolean);
}

async function isThere(resource: Resource): Promise<boolean> {
  if (CustomResource.isInstance(resource)) return (await settled(resource.id)).known;
  if (!ComponentResource.isInstance(resource)) return true;
  const component = resource as unknown as Insides;
  await component.getData();
  const children = await Promise.all([...(component.__childResources ?? [])].map(isThere));
  return children.every(Boolean);
}
