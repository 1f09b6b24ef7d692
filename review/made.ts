/** What jobs have made and leave where it is, and what they are about to make: the same in one revision is double. */
import type { JobType } from "../provider/model/job-type";
import { findJobType } from "../provider/model/job-types";
import type { State, Step } from "./preview";
import type { Values } from "./values";
import { isHidden, isSecret, listOf } from "./values";
import { detailsOf } from "./words";

/** What a job leaves that is deleted, what one leaves that stays, and what one makes in this run. */
export const makings = ["going", "staying", "coming"] as const;
export type Making = (typeof makings)[number];

/** Of the jobs that make the same, one beside the job itself says it; all of them would be too many. */
const mostKept = 2;

export class Made {
  private readonly makers = new Map<string, Step[]>();

  constructor(jobs: readonly Step[]) {
    for (const step of jobs) {
      if (leavesAssets(step)) this.add(step, step.op === "delete" ? "going" : "staying", step.old);
      if (["create", "replace"].includes(step.op)) this.add(step, "coming", step.new);
    }
  }

  /** The marks of what the job is about to make beside the same of another job, with that job. */
  besides(step: Step, jobType: JobType, making: Making): Map<string, Step> {
    const inputs = step.new?.inputs ?? {};
    return new Map(
      marksOf(jobType, inputs).flatMap((mark): [string, Step][] => {
        const makers = this.makers.get(placeOf(jobType, inputs, mark, making) ?? "") ?? [];
        const other = makers.find(({ urn }) => urn.text !== step.urn.text);
        return other ? [[String(mark), other]] : [];
      }),
    );
  }

  private add(step: Step, making: Making, state: State | undefined): void {
    const values = making === "coming" ? state?.inputs : state?.outputs;
    const jobType = findJobType(values?.type);
    if (!values || !jobType) return;
    for (const mark of new Set(marksOf(jobType, values))) {
      const place = placeOf(jobType, values, mark, making);
      const makers = this.makers.get(place ?? "") ?? [];
      if (place !== undefined && makers.length < mostKept) this.makers.set(place, [...makers, step]);
    }
  }
}

function leavesAssets({ op, old }: Step): boolean {
  if (!old) return false;
  const { assets, onDelete } = old.outputs;
  const isDeleted = ["delete", "replace"].includes(op) && onDelete === "deleteAssets" && !old.retainOnDelete;
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
function placeOf(jobType: JobType, of: Values, mark: unknown, making: Making): string | undefined {
  const { revisionId } = detailsOf(jobType, of);
  if (typeof mark !== "string" || typeof revisionId !== "string") return undefined;
  if (isHidden(mark) || isHidden(revisionId)) return undefined;
  return `${making} ${revisionId} ${jobType.makes!.mark.join(".")} ${mark}`;
}
