/** How a component says no. */
import type { Resource } from "@pulumi/pulumi";
import { ResourceError } from "@pulumi/pulumi";

import { withoutSecrets } from "./secrets";

/** What a program asks for and cannot have, in one sentence that names the argument. */
export class Refusal extends Error {}

/**
 * Runs what may refuse; the sentence then stands at the component's row, without a stack trace, and without what `args`
 * hold as a secret.
 */
export async function refusing<T>(
  component: Resource,
  title: string,
  args: object,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const sentence = await withoutSecrets(error.message, args);
    throw asSentence(new ResourceError(`${title}: ${sentence}`, component, true));
  }
}

/**
 * The error as nothing but its sentence. Pulumi's program host inspects an error that has a stack even where it hides
 * the stack, which takes seconds and gigabytes for one that holds a resource; and it writes the names of outputs that
 * an error comes through before the message.
 */
export function asSentence<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperties(error, {
    stack: { value: undefined },
    message: { get: () => message, set: () => undefined },
  });
}
