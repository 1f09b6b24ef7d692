/** Errors in a component's arguments, with messages that contain no secrets. */
import type { Input, Resource } from "@pulumi/pulumi";
import { isSecret, Output, ResourceError } from "@pulumi/pulumi";

import { InputError } from "../../lib/input-error";
import { withCode } from "../../lib/message-code";
import { hideValues, textsIn } from "../../lib/redact";
import { readValueWithUnknowns } from "../../provider/resources/pulumi-private";
import type { Shape } from "../../service-model/shape";
import { formatPath, validate } from "../../service-model/validate";
import { resolveInput, resolveNow } from "./resolve-input";

/**
 * Runs a component's declaration. An InputError becomes the component's error in Pulumi's display: a sentence with its
 * code, without a stack and without the secrets in `args`.
 */
export async function reportInputErrors<T>(
  component: Resource,
  title: string,
  args: object,
  declare: () => Promise<T>,
): Promise<T> {
  try {
    return await declare();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const sentence = await hideSecretsIn(args, error.text, error.derived);
    throw withoutStack(new ResourceError(withCode(`${title}: ${sentence}`, error.code), component, true));
  }
}

/**
 * The error with only its sentence. Pulumi's program host inspects an error that has a stack even if it hides the
 * stack, which takes seconds and gigabytes for an error that holds a resource. It also prefixes the message with the names
 * of the outputs that the error passes through.
 */
export function withoutStack<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperties(error, {
    stack: { value: undefined },
    message: { get: () => message, set: () => undefined },
  });
}

/** Throws an InputError if a value does not match its shape in the job's details. */
export function validateInput(shape: Shape, value: unknown, property: string): void {
  const [problem] = validate(shape, value, [property]);
  if (!problem) return;
  throw new InputError(problem.code, `${formatPath(problem.path)} ${problem.message}.`);
}

/** Validates inputs by their names. Absent and unknown inputs are valid. */
export async function validateInputs(inputs: Record<string, [Shape, Input<unknown>]>): Promise<void> {
  const values = Object.values(inputs).map(([, input]) => resolveInput(input));
  const resolved = await Promise.all(values);
  Object.entries(inputs).forEach(([name, [shape]], index) => {
    const input = resolved[index]!;
    if (input.known && input.value !== undefined) validateInput(shape, input.value, name);
  });
}

/** Hides the secrets in `args`, and what is derived from arguments if one is secret. */
export async function hideSecretsIn(
  args: unknown,
  text: string,
  derived: readonly string[] = [],
): Promise<string> {
  const secrets = await secretsIn(args, new Set());
  return secrets.length === 0 ? text : hideValues(text, [...secrets, ...derived]);
}

/** Only values that are known without waiting, because a message cannot contain others. */
async function secretsIn(value: unknown, visited: Set<unknown>): Promise<string[]> {
  if (typeof value !== "object" || value === null || visited.has(value)) return [];
  visited.add(value);
  if (Output.isInstance(value)) {
    const known = await resolveNow(Promise.all([readValueWithUnknowns(value), isSecret(value)]));
    return known?.[1] ? textsIn(known[0]) : [];
  }
  if (value instanceof Promise) return secretsIn(await resolveNow(value), visited);
  return (await Promise.all(Object.values(value).map((member) => secretsIn(member, visited)))).flat();
}
