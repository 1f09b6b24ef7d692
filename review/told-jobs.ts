/** What is told of one job, or of many of one set as if they were one. */
import { isUnfinished } from "../service-model/job";
import { findJobType } from "../service-model/job-types";
import { cautionsOf } from "./warnings";
import type { Known } from "./preview-index";
import { isLeft } from "./preview-index";
import { name, say } from "./rich-text";
import type { Step } from "./parse-preview";
import type { Reason } from "./reasons";
import { reasonsForNew, reasonsForRerun } from "./reasons";
import type { Action, NamedJob, RunningJob, StillJob } from "./review";
import { describeLeftover, describeStill, takenAway } from "./idle-jobs";
import { describeJob } from "./describe-job";

export function runningJob(step: Step, known: Known): RunningJob[] {
  const { new: declared } = step;
  const action = actionOf(step);
  if (!action || !declared) return [];
  const jobType = findJobType(declared.inputs.type);
  const reasons = reasonsOf(action, step, known);
  const region = declared.inputs.region;
  return [
    {
      ...named(step, known),
      action: action === "rerun" && reasons.every(({ kind }) => kind === "unknown") ? "mayRerun" : action,
      type: jobType?.type ?? "unknown",
      jobType,
      ...(typeof region === "string" && { region }),
      does: jobType
        ? describeJob(jobType, declared, known, step.parts !== undefined)
        : ["does what is not known yet"],
      reasons,
      cautions: jobType ? cautionsOf(step, jobType, known) : [],
    },
  ];
}

function named({ urn, set, parts, old, new: declared }: Step, known: Known): NamedJob {
  return {
    urn,
    component: known.componentOf(declared ?? old),
    ...(set && { set }),
    ...(parts && { jobs: parts.length }),
  };
}

function actionOf({ op, old }: Step): Exclude<Action, "mayRerun"> | undefined {
  if (op === "create") return "new";
  if (op === "replace") return "rerun";
  return op === "update" && isLeft(old) ? "continue" : undefined;
}

function reasonsOf(action: Action, step: Step, known: Known): Reason[] {
  if (action === "new") return reasonsForNew(step, known);
  if (action === "rerun") return reasonsForRerun(step, known);
  return [{ kind: "unfinished", phrase: say`its last run was left in ${name(step.old?.outputs.state)}` }];
}

export function stillJob(step: Step, known: Known): StillJob[] {
  const { op, old, new: declared } = step;
  if (op === "delete" && old) {
    const action = isUnfinished(old.outputs.state) ? "cancel" : "delete";
    const phrase = describeStill(action, { ...step, old }, known);
    return [{ ...named(step, known), action, phrase, assets: takenAway(old) }];
  }
  if (op !== "update" || !old || !declared || isLeft(old)) return [];
  return [
    { ...named(step, known), action: "update", phrase: describeStill("update", { ...step, old }, known) },
  ];
}

/** A job that runs says itself what becomes of an earlier one of its name. */
export function leftover(step: Step, known: Known): StillJob[] {
  const { urn, old } = step;
  const current = known.stepOf(urn);
  const phrase = old && (!current || !actionOf(current)) ? describeLeftover(old, known) : undefined;
  if (!old || !phrase) return [];
  return [{ ...named(step, known), action: "delete", phrase, assets: takenAway(old) }];
}
