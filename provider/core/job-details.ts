/** Where a job works: the data set and, for all but revision exports, the one revision. */
import { findJobType } from "../../service-model/job-types";
import type { RevisionRef } from "./ports";

interface Scoped {
  type: string;
  details: Record<string, Record<string, unknown>>;
}

const ownDetails = ({ type, details }: Scoped): Record<string, unknown> =>
  (details as Scoped["details"] | undefined)?.[findJobType(type)?.detailsKey ?? ""] ?? {};

export const dataSetOf = (job: Scoped): string => ownDetails(job).dataSetId as string;

export function revisionOf(job: Scoped): RevisionRef | undefined {
  const { dataSetId, revisionId } = ownDetails(job);
  return typeof revisionId === "string" ? { dataSetId: dataSetId as string, revisionId } : undefined;
}
