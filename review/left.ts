/** What the run of a job has left in its revision, from what it left in state. */
import type { AssetInState } from "../service-model/job";
import { isFailed, isUnfinished, withImpliedNames } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { State } from "./parse-preview";
import { isHidden, isSecret, listOf } from "./preview-values";
import { marksIn } from "./marks";

/** Assets by name; without names where neither they nor their number can be known. */
export type Left = readonly string[] | undefined;

export function leftBy({ outputs }: State): Left {
  const { assets, state, __pending: isPending, __incomplete: isIncomplete } = outputs;
  const jobType = findJobType(outputs.type);
  if (!jobType?.createsAssets) return [];
  if (isSecret(assets)) return undefined;
  const listed = withImpliedNames(
    { type: jobType.type, details: outputs.details },
    listOf(assets) as AssetInState[],
  ).map(({ name }) => name);
  if (listed.includes("")) return undefined;
  if (isPending !== true && isIncomplete !== true) return listed;
  // The provider had no whole list when it wrote the state. What has completed has made all that it was to make.
  if (isUnfinished(state)) return state === "IN_PROGRESS" ? undefined : [];
  return isFailed(state) ? undefined : namesIn(outputs, jobType);
}

/** The names of the assets that the details ask for; nothing where they do not say them. */
export function namesIn(values: State["outputs"], jobType: JobType): Left {
  const marks = marksIn(values, jobType);
  const areNames =
    jobType.createsAssets?.assetKey.join(".") === "name" && jobType.createsAssets.oneToMany !== true;
  return areNames && marks.every((mark) => typeof mark === "string" && !isHidden(mark))
    ? (marks as string[])
    : undefined;
}

/** Whether what the run left goes with the resource in state. */
export const isTakenAway = ({ outputs, retainOnDelete }: State): boolean =>
  outputs.onDelete === "deleteAssets" && !retainOnDelete && outputs.__shared !== true;
