/** What tells the assets of a job from others, as its details say it. */
import type { JobType } from "../service-model/job-type";
import type { Values } from "./preview-values";
import { detailsOf } from "./describe-job";

export const marksIn = (of: Values, jobType: JobType): unknown[] =>
  jobType.createsAssets ? valuesAt(detailsOf(jobType, of), jobType.createsAssets.requestKey) : [];

function valuesAt(value: unknown, [member, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, member === undefined ? [] : [member, ...rest]));
  if (member === undefined || typeof value !== "object" || value === null) return [value];
  return valuesAt((value as Values)[member], rest);
}
