import { finalizationKind } from "./finalization-kind";
import { jobKind } from "./job-kind";
import { jobSetKind } from "./job-set-kind";
import type { Kind } from "./kind";

/** The types of resources by their tokens. */
export const kinds: Readonly<Record<string, Kind>> = {
  "dataexchange:index:Job": jobKind,
  "dataexchange:index:JobSet": jobSetKind,
  "dataexchange:index:RevisionFinalization": finalizationKind,
};
