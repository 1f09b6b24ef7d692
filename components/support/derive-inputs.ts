/** What a component has worked out, on its way back to inputs and outputs. */
import type { Input } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

/**
 * Makes inputs of values that were worked out from others: secret where one of those is, and after the resources that
 * made them. What comes from the program's own text alone stays as it is, because an output costs.
 */
export function workedOutFrom(...inputs: readonly unknown[]): <T>(value: T) => Input<T> {
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
