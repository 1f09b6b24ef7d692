import type { Resource } from "@pulumi/pulumi";
import { Output, ResourceError } from "@pulumi/pulumi";
import { resolveNow, withUnknowns } from "./resolve-input";

/** How a component says no. */

/** What a program asks for and cannot have, in one sentence that names the argument. */
export class InputError extends Error {}

/**
 * Runs what may refuse; the sentence then stands at the component's row, without a stack trace, and without what `args`
 * hold as a secret.
 */
export async function reportInputErrors<T>(
  component: Resource,
  title: string,
  args: object,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const sentence = await withoutSecrets(error.message, args);
    throw withoutStack(new ResourceError(`${title}: ${sentence}`, component, true));
  }
}

/**
 * The error as nothing but its sentence. Pulumi's program host inspects an error that has a stack even where it hides
 * the stack, which takes seconds and gigabytes for one that holds a resource; and it writes the names of outputs that
 * an error comes through before the message.
 */
export function withoutStack<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperties(error, {
    stack: { value: undefined },
    message: { get: () => message, set: () => undefined },
  });
}

/** Secrets among a component's arguments, which no sentence may repeat. */

/** Texts shorter than this are left out only where they stand in quotes: they occur in other words. */
const shortest = 4;

/** The text without what the program gave as a secret. */
export async function withoutSecrets(text: string, args: unknown): Promise<string> {
  const secrets = new Set(await secretsIn(args));
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => {
      const unquoted = rest.replaceAll(JSON.stringify(secret), "[secret]");
      return secret.length < shortest ? unquoted : unquoted.replaceAll(secret, "[secret]");
    }, text);
}

/** What is not known at once stands in no sentence, and need not be waited for. */
async function secretsIn(value: unknown): Promise<string[]> {
  if (Output.isInstance(value)) {
    const known = await resolveNow(Promise.all([withUnknowns(value), isSecretOutput(value)]));
    return known?.[1] ? textsIn(known[0]) : [];
  }
  if (value instanceof Promise) return secretsIn(await resolveNow(value));
  if (typeof value !== "object" || value === null) return [];
  return (await Promise.all(Object.values(value).map(secretsIn))).flat();
}

const isSecretOutput = (value: Output<unknown>): Promise<boolean> =>
  (value as unknown as { isSecret: Promise<boolean> }).isSecret;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
