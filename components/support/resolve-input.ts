import type { ComponentResourceOptions, Input, Resource, Unwrap } from "@pulumi/pulumi";
import { ComponentResource, CustomResource, Output, containsUnknowns, output } from "@pulumi/pulumi";

/** What an input turns out to be, for decisions that have to be made before resources are declared. */

export type Resolved<T> = { readonly known: true; readonly value: T } | { readonly known: false };

/** The SDK keeps these to itself; nothing else says whether a preview knows a value. */
interface Internals<T> {
  readonly isKnown: Promise<boolean>;
  promise(withUnknowns?: boolean): Promise<T>;
}

/** The value of an output of a resource, in which what a preview does not know stands for itself. */
export const withUnknowns = <T>(value: Output<T>): Promise<T> =>
  (value as unknown as Internals<T>).promise(true);

/**
 * Waits until everything that the input depends on is there. In a preview some values are never known; callers then
 * say what will be decided later, and decide nothing.
 */
export async function resolveInput<T>(input: Input<T>): Promise<Resolved<Unwrap<T>>> {
  const internals = output(input) as Output<Unwrap<T>> & Internals<Unwrap<T>>;
  // A value that failed is told by whatever it failed in.
  const value = await internals.promise();
  return (await internals.isKnown) ? { known: true, value } : { known: false };
}

/** What is known without waiting for any resource; nothing otherwise. */
export const resolveNow = <T>(value: Promise<T>): Promise<T | undefined> =>
  Promise.race([value, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);

/** What a component has worked out, on its way back to inputs and outputs. */

/**
 * Makes inputs of values that were worked out from others: secret where one of those is, and after the resources that
 * made them. What comes from the program's own text alone stays as it is, because an output costs.
 */
export function deriveInputs(...inputs: readonly unknown[]): <T>(value: T) => Input<T> {
  const isOwnText = inputs.flat().every((input) => typeof input !== "object");
  if (isOwnText) return (value) => value;
  const origin = output(inputs);
  return (value) => origin.apply(() => value);
}

/** Members of an outcome one by one, so that one that is secret or not known yet makes no other so. */
export function membersOf<T extends object, Name extends keyof T>(
  outcome: Promise<T>,
  names: readonly Name[],
): Pick<T, Name> {
  const members = names.map((name) => [name, output(outcome.then((known) => known[name]))] as const);
  return Object.fromEntries(members) as unknown as Pick<T, Name>;
}

/** Waiting for other resources before looking at what they leave behind. */

/** What the SDK keeps to itself about components. */
interface Insides {
  getData(): Promise<unknown>;
  readonly __childResources?: ReadonlySet<Resource>;
}

/** Waits for what a component depends on; false in a preview when some of it is yet to be made or changed. */
export async function dependenciesReady(dependsOn: ComponentResourceOptions["dependsOn"]): Promise<boolean> {
  if (dependsOn === undefined) return true;
  const resources = await resolveInput<unknown>(dependsOn);
  if (!resources.known) return false;
  const all = await Promise.all(([resources.value] as Resource[]).flat().map(isResourceReady));
  return all.every(Boolean);
}

/** What has been declared with this one as its parent, so far. */
export const childrenOf = (resource: Resource): readonly Resource[] => [
  ...((resource as unknown as Insides).__childResources ?? []),
];

/** Waits for a resource; false in a preview when it is yet to be made or changed. */
export async function isResourceReady(resource: Resource): Promise<boolean> {
  if (CustomResource.isInstance(resource)) {
    return (await resolveInput(resource.id)).known && !(await willChange(resource));
  }
  if (!ComponentResource.isInstance(resource)) return true;
  await (resource as unknown as Insides).getData();
  const children = await Promise.all(childrenOf(resource).map(isResourceReady));
  return children.every(Boolean);
}

/** What a preview says of a resource that will be updated: some of its outputs are not known yet. */
async function willChange(resource: CustomResource): Promise<boolean> {
  const outputs = Object.values(resource).filter((value) => Output.isInstance(value));
  // Without them, an output that is absent would look like one that is not known.
  const values = await Promise.all(outputs.map(withUnknowns));
  return values.some(containsUnknowns);
}
