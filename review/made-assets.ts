/** What jobs have made and leave where it is, and what they are about to make: the same in one revision is double. */
import { isUnfinished } from "../service-model/job";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { Known } from "./preview-index";
import { isTakenAway, leftBy } from "./left";
import { marksIn } from "./marks";
import { partsOf } from "./merge";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { isHidden } from "./preview-values";
import { detailsOf } from "./describe-job";

/** What a job leaves that is deleted, what one leaves that stays, and what one makes in this run. */
export const makings = ["going", "staying", "coming"] as const;
export type Making = (typeof makings)[number];

/** Of the jobs that make the same, one beside the job itself says it; all of them would be too many. */
const mostKept = 2;

export class Made {
  private readonly makers = new Map<string, Step[]>();

  constructor(known: Known) {
    for (const step of known.jobs) {
      const { op, old, new: declared } = step;
      const isGoing = ["delete", "replace"].includes(op);
      if (old && !(isGoing && isTakenAway(old)) && !(op === "replace" && known.isCleanedUp(step)))
        this.add(step, op === "delete" ? "going" : "staying", leavingOf(old));
      const isContinued = op === "update" && isUnfinished(old?.outputs.state);
      if (["create", "replace"].includes(op) || isContinued) this.add(step, "coming", comingOf(declared));
    }
    for (const step of known.leftovers) {
      if (step.old && !isTakenAway(step.old)) this.add(step, "staying", leavingOf(step.old));
    }
  }

  /** The marks of what the job is about to make beside the same of another job, with that job. */
  besides(step: Step, jobType: JobType, making: Making): Map<string, Step> {
    const inputs = step.new?.inputs ?? {};
    const own = new Set(partsOf(step).map(({ urn }) => urn.text));
    return new Map(
      marksIn(inputs, jobType).flatMap((mark): [string, Step][] => {
        const makers = this.makers.get(placeOf(jobType, inputs, mark, making) ?? "") ?? [];
        const other = makers.find(({ urn }) => !own.has(urn.text));
        return other ? [[String(mark), other]] : [];
      }),
    );
  }

  private add(step: Step, making: Making, made: Marked | undefined): void {
    if (!made) return;
    for (const mark of new Set(made.marks)) {
      const place = placeOf(made.jobType, made.values, mark, making);
      if (place === undefined) continue;
      const makers = this.makers.get(place) ?? [];
      if (makers.length < mostKept) this.makers.set(place, [...makers, step]);
    }
  }
}

interface Marked {
  readonly jobType: JobType;
  readonly values: Values;
  readonly marks: readonly unknown[];
}

function comingOf(state: State | undefined): Marked | undefined {
  const jobType = findJobType(state?.inputs.type);
  return state && jobType && { jobType, values: state.inputs, marks: marksIn(state.inputs, jobType) };
}

/** By the names of the assets where these are the marks, and else by the details, if there is anything at all. */
function leavingOf(state: State): Marked | undefined {
  const values = state.outputs;
  const jobType = findJobType(values.type);
  const left = jobType && leftBy(state);
  if (!jobType || left?.length === 0) return undefined;
  const areNames = jobType.createsAssets!.assetKey.join(".") === "name" && left !== undefined;
  return { jobType, values, marks: areNames ? left : marksIn(values, jobType) };
}

/** Where the mark is unique, if all of that is shown. */
function placeOf(jobType: JobType, of: Values, mark: unknown, making: Making): string | undefined {
  const { revisionId } = detailsOf(jobType, of);
  if (typeof mark !== "string" || typeof revisionId !== "string") return undefined;
  if (isHidden(mark) || isHidden(revisionId)) return undefined;
  return `${making} ${revisionId} ${jobType.createsAssets!.assetKey.join(".")} ${mark}`;
}
