import type { Input, Output, Resource } from "@pulumi/pulumi";
import { createUrn, getProject, getStack } from "@pulumi/pulumi";

/**
 * The URN of a resource as an input of its own: the only way for a dynamic provider to know which row of the display
 * is its own. The SDK's output depends on the parent, and what depends on a component waits for all its children, so
 * that two children would wait for each other for ever. A promise depends on nothing.
 */
export function ownUrn(name: string, type: string, parent: Resource | undefined): Input<string> {
  // Of a resource of the stack's own all is known, and the SDK makes four Outputs to say it.
  if (!parent) return `urn:pulumi:${getStack()}::${getProject()}::${type}::${name}`;
  const urn = createUrn(name, type, parent) as Output<string> & { promise(): Promise<string> };
  return urn.promise();
}
