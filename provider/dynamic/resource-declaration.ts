/** What the constructors of Job, JobSet and RevisionFinalization share. */
import { createRequire } from "node:module";

import type { Input, Output, Resource } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { createUrn, getProject, getStack } from "@pulumi/pulumi";

import { findJobType, jobTypes } from "../../service-model/job-types";
import { namesBeyond } from "../core/state";
import { providerEntry } from "../state-contract";

let warned = false;

/** Pulumi's host would answer with a stack trace that names neither the package nor the remedy. */
export function warnIfUnresolvable(): void {
  if (warned) return;
  warned = true;
  try {
    createRequire(`${process.cwd()}/`).resolve(providerEntry);
  } catch {
    void pulumi.log.warn(
      `The package pulumi-dataexchange cannot be found from ${process.cwd()}, where Pulumi looks for it. ` +
        "Run `npm install pulumi-dataexchange` in the program's directory.",
    );
  }
}

/** Options that Pulumi has for every resource, and that a dynamic provider cannot serve. */
export function refuseOptions(
  who: string,
  opts: pulumi.CustomResourceOptions & { providers?: unknown },
  insteadOfImport: string,
): void {
  if (opts.import !== undefined) {
    throw new pulumi.RunError(
      `${who} takes no option import, because Pulumi tells a dynamic provider nothing of what to import. Leave the option ` +
        `out: ${insteadOfImport}.`,
    );
  }
  const option = (["provider", "providers"] as const).find((name) => opts[name] !== undefined);
  if (option === undefined) return;
  throw new pulumi.RunError(
    `${who} takes no option ${option}, because it has a provider of its own. Give region, profile, assumeRole and ` +
      "endpoint as arguments, or set them in the stack's aws: config.",
  );
}

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

/** Puts a stack into words; V8 calls it when the text is first read. */
type Prepare = typeof Error.prepareStackTrace;

const errors: { prepareStackTrace?: Prepare; stackTraceLimit: number } = Error;

/**
 * The SDK writes down for each of its promises where it was made, in case that it never ends. A resource has fifty of
 * them, and to put their stacks into words is a quarter of what a preview of new resources takes.
 *
 * Call this before the constructor of the SDK's class, and what it returns after it, whether or not that throws. Text
 * that is read between the two is empty. An error keeps its stack, which is put into words when the error is shown: it
 * names the program's line as ever.
 */
export function suppressStackTexts(): () => void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => undefined;
  const before = errors.prepareStackTrace;
  errors.prepareStackTrace = (error, frames) =>
    // The SDK reads the whole stack once, for the line of the program that the engine is told.
    errors.stackTraceLimit === Infinity ? ((before ?? inWords)(error, frames) as unknown) : "";
  return () => {
    errors.prepareStackTrace = before;
  };
}

/** As V8 does it by itself. */
const inWords: Prepare = (error, frames) => [String(error), ...frames.map(String)].join("\n    at ");

/**
 * The names of a Job's outputs. The SDK makes an Output of each property that it is told of, with or without a value;
 * that is most of what a Job costs a program, so a Job declares those that its type can have.
 */

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

/** For a Job whose type is not known yet, or that is looked up, all there are. */
export function outputNames(type: unknown): { declared: string[]; absent: string[] } {
  const jobType = typeof type === "string" ? findJobType(type) : undefined;
  const own = jobType ? namesBeyond(jobType) : ofSomeTypes;
  return {
    declared: [...ofEveryType, ...own],
    absent: ofSomeTypes.filter((name) => !own.includes(name)),
  };
}

/**
 * Puts an output that is worked out from others in the place of the one that the SDK has made. It is made when somebody
 * reads it, because each costs the program.
 */
export function defineLazyOutput(resource: object, name: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(resource, name, { get: () => (made ??= make()), enumerable: false });
}
