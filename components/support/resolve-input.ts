/** Values of inputs, for decisions that a component makes before it declares resources. */
import type { ComponentResourceOptions, Input, Resource, Unwrap } from "@pulumi/pulumi";
import {
  ComponentResource,
  containsUnknowns,
  CustomResource,
  Output,
  output,
  runtime,
  unknown,
} from "@pulumi/pulumi";

import {
  childrenOf,
  isKnown,
  readValue,
  readValueWithUnknowns,
  waitUntilInitialized,
} from "../../provider/resources/pulumi-private";
import { isReference, outputsInEngine } from "./registered-resource";

/** The value of an input, unless a preview does not know it. */
export type Resolved<T> = { readonly known: true; readonly value: T } | { readonly known: false };

/** Waits for the resources that an input depends on. Some inputs are never known in a preview. */
export async function resolveInput<T>(input: Input<T>): Promise<Resolved<Unwrap<T>>> {
  const resolving = output(input) as Output<Unwrap<T>>;
  // If the value rejects, the resource that produced it reports the error.
  const value = await readValue(resolving);
  return (await isKnown(resolving)) ? { known: true, value } : { known: false };
}

/** Resolves several inputs concurrently and separately. */
export async function resolveInputs<T extends object>(
  inputs: T,
): Promise<{ [Name in keyof T]: Resolved<Unwrap<T[Name]>> }> {
  const resolving = Object.entries(inputs).map(
    async ([name, input]) => [name, await resolveInput(input as Input<unknown>)] as const,
  );
  return Object.fromEntries(await Promise.all(resolving)) as never;
}

/** The value, if it is available without waiting for a resource. */
export const resolveNow = <T>(value: Promise<T>): Promise<T | undefined> =>
  Promise.race([value, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);

/** An output that a preview does not know. */
export const unknownOutput = <T>(): Output<T> => output(unknown) as unknown as Output<T>;

/**
 * Returns a function that turns values computed from `inputs` into inputs. These are secret if one of `inputs` is, and depend
 * on the resources that produced `inputs`. Plain values are returned unchanged, because creating an Output for each is slow.
 */
export function deriveInputs(...inputs: readonly unknown[]): <T>(value: T) => Input<T> {
  const arePlain = inputs.flat().every((input) => typeof input !== "object");
  if (arePlain) return (value) => value;
  const origin = output(inputs);
  return (value) => origin.apply(() => value);
}

/** Waits for the dependencies of a component; false if a preview will create or change some of them. */
export async function dependenciesReady(dependsOn: ComponentResourceOptions["dependsOn"]): Promise<boolean> {
  if (dependsOn === undefined) return true;
  const resources = await resolveInput<unknown>(dependsOn);
  if (!resources.known) return false;
  const ready = await Promise.all(([resources.value] as Resource[]).flat().map(isResourceReady));
  return ready.every(Boolean);
}

/** Waits for a resource; false if a preview will create or change it. */
export async function isResourceReady(resource: Resource): Promise<boolean> {
  if (isReference(resource)) return !runtime.isDryRun() || !containsUnknowns(await outputsInEngine(resource));
  if (CustomResource.isInstance(resource)) {
    return (await resolveInput(resource.id)).known && !(await willChange(resource));
  }
  if (!ComponentResource.isInstance(resource)) return true;
  await waitUntilInitialized(resource);
  const ready = await Promise.all(childrenOf(resource).map(isResourceReady));
  return ready.every(Boolean);
}

/** Some outputs of a resource that a preview will update are unknown. */
async function willChange(resource: CustomResource): Promise<boolean> {
  const outputs = Object.values(resource).filter((value) => Output.isInstance(value));
  // With unknowns, because without them an absent output would look like an unknown one.
  const values = await Promise.all(outputs.map(readValueWithUnknowns));
  return values.some(containsUnknowns);
}
