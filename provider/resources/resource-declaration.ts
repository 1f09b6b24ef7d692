/** Functions for the constructors of Job, JobSet and RevisionFinalization. */
import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

import { withCode } from "../../lib/message-code";
import { findJobType, jobTypes } from "../../service-model/job-types";
import { namesBeyond } from "../core/state";
import { isRegisteredWithPlugin } from "./registration";
import { providerEntry } from "./state-contract";

/**
 * Checks the options of a resource. A plugin supports all of them.
 *
 * @param insteadOfImport Remedy for the option `import`.
 * @returns The name of the resource in messages.
 */
export function checkDeclaration(
  kind: string,
  name: string,
  opts: pulumi.CustomResourceOptions & { providers?: unknown },
  insteadOfImport: string,
): string {
  const who = `${kind} ${JSON.stringify(name)}`;
  if (isRegisteredWithPlugin()) return who;
  warnIfUnresolvable();
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

/** Formats a stack. V8 calls it when the text is first read. */
type Prepare = typeof Error.prepareStackTrace;

const errors: { prepareStackTrace?: Prepare; stackTraceLimit: number } = Error;

/**
 * Avoids the cost of stack texts in the SDK's constructor. The SDK records where each of its promises was created, about
 * fifty for a resource, and formatting their stacks takes a quarter of the time of a preview of new resources.
 *
 * Call this before the constructor of the SDK's class, and the returned function after it, even if that throws. Stacks
 * that are read in between are empty. The stack of an error is read later, so it still has the line of the program.
 */
export function suppressStackTexts(): () => void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => undefined;
  const before = errors.prepareStackTrace;
  errors.prepareStackTrace = (error, frames) =>
    // The SDK reads one complete stack, to send the line of the program to the engine.
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
 * The outputs that a Job declares: those of its type, or of all types if the type is unknown. The SDK creates an Output for
 * each declared property, which takes most of the time of a Job's constructor.
 */
export function outputNames(type: unknown): { declared: string[]; absent: string[] } {
  const jobType = typeof type === "string" ? findJobType(type) : undefined;
  const own = jobType ? namesBeyond(jobType) : ofSomeTypes;
  return {
    declared: [...ofEveryType, ...own],
    absent: ofSomeTypes.filter((name) => !own.includes(name)),
  };
}

/** Replaces an output of the SDK by one that is created when it is first read, because each Output takes time. */
export function defineLazyOutput(resource: object, name: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(resource, name, { get: () => (made ??= make()), enumerable: false });
}
