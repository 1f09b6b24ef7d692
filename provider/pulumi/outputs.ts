/**
 * The names of a Job's outputs. The SDK makes an Output of each property that it is told of, with or without a value;
 * that is most of what a Job costs a program, so a Job declares those that its type can have.
 */
import { findJobType, jobTypes } from "../model/job-types";
import type { JobType } from "../model/job-type";

const ofEveryType = [
  "type",
  "details",
  "arn",
  "state",
  "createdAt",
  "updatedAt",
  "errors",
  "assets",
  "responseDetails",
  "region",
];

/** What the service adds to the details of a type, and what is secret in them, has an output of its own. */
const ofType = ({ details, response }: JobType): string[] => [
  ...Object.keys(response),
  ...Object.keys(details.members).filter((name) => details.members[name]!.secret),
];

const ofSomeTypes = [...new Set(jobTypes.flatMap(ofType))];

/** For a Job whose type is not known yet, or that is looked up, all there are. */
export function outputsOf(type: unknown): { declared: string[]; absent: string[] } {
  const jobType = typeof type === "string" ? findJobType(type) : undefined;
  const own = jobType ? ofType(jobType) : ofSomeTypes;
  return {
    declared: [...ofEveryType, ...own],
    absent: ofSomeTypes.filter((name) => !own.includes(name)),
  };
}
