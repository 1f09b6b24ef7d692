/** What an input turns out to be, for decisions that have to be made before resources are declared. */
import type { Input, Output, Unwrap } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

export type Settled<T> = { readonly known: true; readonly value: T } | { readonly known: false };

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
export async function settled<T>(input: Input<T>): Promise<Settled<Unwrap<T>>> {
  const internals = output(input) as Output<Unwrap<T>> & Internals<Unwrap<T>>;
  // A value that failed is told by whatever it failed in.
  const value = await internals.promise();
  return (await internals.isKnown) ? { known: true, value } : { known: false };
}

/** What is known without waiting for any resource; nothing otherwise. */
export const atOnce = <T>(value: Promise<T>): Promise<T | undefined> =>
  Promise.race([value, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
