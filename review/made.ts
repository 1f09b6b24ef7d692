/** What jobs in state have made and leave where it is: a job that makes the same in the same revision doubles it. */
import type { JobType } from "../provider/model/job-type";
import { findJobType } from "../provider/model/job-types";
import type { Step } from "./preview";
import type { Values } from "./values";
import { isHidden, isSecret, listOf } from "./values";
import { detailsOf } from "./words";

export class Made {
  private readonly makers = new Map<string, Step[]>();

  constructor(jobs: readonly Step[]) {
    for (const step of jobs) {
      const jobType = findJobType(step.old?.outputs.type);
      if (!jobType || !leavesAssets(step)) continue;
      for (const mark of new Set(marksOf(jobType, step.old!.outputs))) {
        const place = placeOf(jobType, step.old!.outputs, mark);
        if (place === undefined) continue;
        const others = this.makers.get(place) ?? [];
        if (others.filter(({ op }) => isGoing(op) === isGoing(step.op)).length < mostKept)
          this.makers.set(place, [...others, step]);
      }
    }
  }

  /** The marks of what the job is about to make beside the same of other jobs, with those jobs. */
  besides(step: Step, jobType: JobType): Map<string, Step[]> {
    const inputs = step.new?.inputs ?? {};
    const found = new Map<string, Step[]>();
    for (const mark of marksOf(jobType, inputs)) {
      const place = placeOf(jobType, inputs, mark);
      const others = (place === undefined ? [] : (this.makers.get(place) ?? [])).filter(
        ({ urn }) => urn.text !== step.urn.text,
      );
      if (others.length > 0) found.set(String(mark), others);
    }
    return found;
  }
}

const isGoing = (op: string): boolean => op === "delete";

/** Of the jobs that go, and of those that stay, one beside the job itself says it; all of them would be too many. */
const mostKept = 2;

function leavesAssets({ op, old }: Step): boolean {
  const { assets, onDelete } = old!.outputs;
  const isDeleted = ["delete", "replace"].includes(op) && onDelete === "deleteAssets" && !old!.retainOnDelete;
  return !isDeleted && (isSecret(assets) || listOf(assets).length > 0);
}

/** What tells the assets of a job from others, as its details say it. */
export const marksOf = (jobType: JobType, of: Values): unknown[] =>
  jobType.makes ? marksIn(detailsOf(jobType, of), jobType.makes.from) : [];

function marksIn(value: unknown, [member, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => marksIn(item, member === undefined ? [] : [member, ...rest]));
  if (member === undefined || typeof value !== "object" || value === null) return [value];
  return marksIn((value as Values)[member], rest);
}

/** Where the mark is unique, if all of that is shown. */
function placeOf(jobType: JobType, of: Values, mark: unknown): string | undefined {
  const { revisionId } = detailsOf(jobType, of);
  if (typeof mark !== "string" || typeof revisionId !== "string") return undefined;
  if (isHidden(mark) || isHidden(revisionId)) return undefined;
  return `${revisionId} ${jobType.makes!.mark.join(".")} ${mark}`;
}
