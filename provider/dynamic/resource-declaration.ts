/** What the constructors of Job, JobSet and RevisionFinalization share. */
import { createRequire } from "node:module";

import type { Input, Output, Resource } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { createUrn, getProject, getStack } from "@pulumi/pulumi";

import { withCode } from "../../lib/message-code";
import { findJobType, jobTypes } from "../../service-model/job-types";
import { namesBeyond } from "../core/state";
import { providerEntry } from "../state-contract";

/**
 * Checks what a resource of any kind is declared with.
 *
 * @param insteadOfImport What to do in place of the option `import`.
 * @returns The resource as messages call it.
 */
export function checkDeclaration(
  kind: string,
  name: string,
  opts: pulumi.CustomResourceOptions & { providers?: unknown },
  insteadOfImport: string,
): string {
  warnIfUnresolvable();
  const who = `${kind} ${JSON.stringify(name)}`;
  if (opts.import !== undefined) {
    const message =
      `${who} does not support the option import, because Pulumi does not pass its value to a dynamic provider. ` +
      `Leave the option out: ${insteadOfImport}.`;
    throw new pulumi.RunError(withCode(message, "unsupported-import"));
  }
  const option = (["provider", "providers"] as const).find((each) => opts[each] !== undefined);
  if (option === undefined) return who;
  const message =
    `${who} does not support the option ${option}, because it is a dynamic resource. Set region, profile, assumeRole ` +
    "and endpoint as arguments, or in the stack's aws: config.";
  throw new pulumi.RunError(withCode(message, "unsupported-provider"));
}

let hasWarned = false;

/** Pulumi's host would fail with a stack trace that names neither the package nor the remedy. */
function warnIfUnresolvable(): void {
  if (hasWarned) return;
  hasWarned = true;
  try {
    createRequire(`${process.cwd()}/`).resolve(providerEntry);
  } catch {
    const message =
      `The package pulumi-dataexchange cannot be resolved from ${process.cwd()}, where Pulumi looks for it. ` +
      "Run `npm install pulumi-dataexchange` in the program's directory.";
    void pulumi.log.warn(withCode(message, "package-not-found"));
  }
}

/** Whether an object is a resource of this type, even one of another copy of this package. */
export const hasType = (object: unknown, type: string): boolean =>
  (object as { __pulumiType?: unknown } | undefined)?.__pulumiType === type;

/**
 * The URN of a resource as one of its own inputs. A dynamic provider has no other way to know which row of the display
 * is its own. A promise, because the SDK's output depends on the parent, and what depends on a component waits for all
 * its children: two children would wait for each other for ever.
 */
export function ownUrn(name: string, type: string, parent: Resource | undefined): Input<string> {
  // Without a parent everything is known, and the SDK would make four Outputs of it.
  if (!parent) return `urn:pulumi:${getStack()}::${getProject()}::${type}::${name}`;
  const urn = createUrn(name, type, parent) as Output<string> & { promise(): Promise<string> };
  return urn.promise();
}

/** Formats a stack; V8 calls it when the text is first read. */
type Prepare = typeof Error.prepareStackTrace;

const errors: { prepareStackTrace?: Prepare; stackTraceLimit: number } = Error;

/**
 * The SDK records for each of its promises where it was made, in case it never ends. A resource has fifty of them, and
 * formatting their stacks takes a quarter of the time of a preview of new resources.
 *
 * Call this before the constructor of the SDK's class, and the returned function after it, even if that throws. Stacks
 * that are read in between are empty. An error is read later, so it still names the line of the program.
 */
export function suppressStackTexts(): () => void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => undefined;
  const before = errors.prepareStackTrace;
  errors.prepareStackTrace = (error, frames) =>
    // The SDK reads one whole stack, to send the line of the program to the engine.
    errors.stackTraceLimit === Infinity ? ((before ?? formatStack)(error, frames) as unknown) : "";
  return () => {
    errors.prepareStackTrace = before;
  };
}

/** V8's own format. */
const formatStack: Prepare = (error, frames) => [String(error), ...frames.map(String)].join("\n    at ");

const ofEveryType = [
  "type",
  "details",
  "arn",
  "state",
  "createdAt",
  "updatedAt",
  "errors",
  "assets",
  "region",
];

const ofSomeTypes = [...new Set(jobTypes.flatMap(namesBeyond))];

/**
 * The outputs that a Job declares: those of its type, or of all types while the type is unknown. The SDK makes an Output
 * of each declared property, with or without a value, and that is most of the time that a Job takes in a program.
 */
export function outputNames(type: unknown): { declared: string[]; absent: string[] } {
  const jobType = typeof type === "string" ? findJobType(type) : undefined;
  const own = jobType ? namesBeyond(jobType) : ofSomeTypes;
  return {
    declared: [...ofEveryType, ...own],
    absent: ofSomeTypes.filter((name) => !own.includes(name)),
  };
}

/** Replaces an output that the SDK has made. It is made when it is first read, because each Output takes time. */
export function defineLazyOutput(resource: object, name: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(resource, name, { get: () => (made ??= make()), enumerable: false });
}
