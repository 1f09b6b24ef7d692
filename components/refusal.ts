/** How a component says no. */
import type { Resource } from "@pulumi/pulumi";
import { ResourceError } from "@pulumi/pulumi";

/** What a program asks for and cannot have, in one sentence that names the argument. */
export class Refusal extends Error {}

/** Runs what may refuse; the sentence then stands at the component's row, without a stack trace. */
export async function refusing<T>(component: Resource, title: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ResourceError(`${title}: ${error.message}`, component, true);
  }
}
