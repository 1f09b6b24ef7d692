/**
 * The names of a Job's outputs. The SDK makes an Output of each property that it is told of, with or without a value;
 * that is most of what a Job costs a program, so a Job declares those that its type can have.
 */
import { findJobType, jobTypes } from "../../service-model/job-types";
import { namesBeyond } from "../core/state";

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
export function outputsOf(type: unknown): { declared: string[]; absent: string[] } {
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
export function readLazily(resource: object, name: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(resource, name, { get: () => (made ??= make()), enumerable: false });
}
