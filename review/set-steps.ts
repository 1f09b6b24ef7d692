/** Splits the step of a set of jobs into one step for each job, so that the review treats it like a Job. */
import { secretMask } from "../lib/pulumi-values";
import type { JobInputs } from "../provider/core/arguments";
import { urnOfJob } from "../provider/core/job-set/inputs";
import type { JobOfSet, Step as PlannedStep } from "../provider/core/job-set/state";
import { planSteps } from "../provider/core/job-set/state";
import { diffJob } from "../provider/core/diff";
import { jobToken } from "../provider/resources/state-contract";
import { itemNames } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { contains, isSecret, isUnknown } from "./preview-values";
import type { Jobs, OldJob } from "./set-jobs";
import { declaredInputs, jobsInNew, jobsInOld, oncePerStep } from "./set-jobs";

/** If all jobs are one secret, one step stands for them. */
export function stepsOfSet(step: Step): Step[] {
  const { op, old, new: declared } = step;
  const [before, after] = [jobsInOld(step), jobsInNew(step)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  if (names.length === 0) {
    const isSecretSet = [old, declared].some((state) => isSecret(state?.inputs.jobs));
    return isSecretSet && !hasUnknownJobs(step) ? [stepOfSecretSet(step)] : [];
  }
  if (op === "update" || op === "replace") return plannedSteps(step, before, after);
  return names.map((name) => stepOfJob(step, name, op, before.get(name)?.state, after.get(name)));
}

/** Jobs that were replaced, and whose assets are still to be deleted. */
export const formerSteps = (step: Step): Step[] =>
  [...jobsInOld(step)].flatMap(([name, { former }]) =>
    former.map((old) => stepOfJob(step, name, "delete-replaced", old)),
  );

/** Whether the preview does not know yet which jobs the set has. */
export const hasUnknownJobs = ({ new: declared }: Step): boolean => isUnknown(declared?.inputs.jobs);

/** Inputs whose masks may hide a change that replaces the job. */
const replacingInputs = [
  "type",
  "details",
  "upload",
  "triggers",
  "setTriggers",
  "region",
  "assetConfiguration",
];

/** A plugin names what has changed, also if it is secret. */
const mayHaveChanged = ({ changes }: Step, job: string): boolean =>
  changes.length === 0 ||
  changes.some(({ path: [property, name] }) =>
    ["jobs", "results"].includes(String(property))
      ? name === undefined || String(name) === job
      : replacingInputs.includes(String(property)),
  );

/** Plans the set by the provider's function. */
function plannedSteps(step: Step, before: Jobs<OldJob>, after: Jobs<State>): Step[] {
  const olds = new Map([...before].map(([name, { job }]) => [name, job]));
  const shown = declaredInputs(step.new!);
  const news = [...after].map(
    ([name, { inputs }]) => [name, withoutMasks(inputs, shown.get(name), olds.get(name))] as const,
  );
  const plan = planSteps(olds, new Map(news));
  const hasChange = [...plan.values()].some((each) => each.kind !== "keep" || each.changes);
  const isSecretSet = isSecret(step.old?.outputs.results);
  return [...plan].map(([name, each]) => {
    const [old, declared] = [before.get(name)?.state, after.get(name)];
    const isMasked = replacingInputs.some((input) => contains(declared?.inputs[input], isSecret));
    const isKept = each.kind === "keep" && !each.changes && step.op === "update";
    const isHiddenChange = (isMasked || (isSecretSet && !hasChange)) && mayHaveChanged(step, name);
    const isPossible = isKept && (isHiddenChange || step.unknownSettings !== undefined);
    const op = isPossible ? "replace" : plannedOperation(step.op, each);
    const replaceReasons =
      each.kind === "replace" ? diffJob(each.job.outputs, each.inputs as unknown as Values).replaces : [];
    return {
      ...stepOfJob(step, name, op, old, declared),
      replaceReasons,
      ...(isPossible && { isPossible }),
      ...(step.unknownSettings && { unknownSettings: step.unknownSettings }),
    };
  });
}

/** Takes values from the state where the preview shows a mask, because a mask is not a change. */
function withoutMasks(inputs: Values, shown: JobInputs | undefined, job: JobOfSet | undefined): JobInputs {
  const all = shown ?? (inputs as unknown as JobInputs);
  if (!job) return all;
  const { details, triggers, uploadHash } = job.outputs;
  const upload = uploadHash as unknown as JobInputs["upload"];
  const isNewlyMasked =
    isSecret(inputs.details) || (contains(inputs.details, isSecret) && !contains(details, isSecret));
  const areTriggersMasked = contains([inputs.triggers, inputs.setTriggers], isSecret);
  return {
    ...all,
    ...(isNewlyMasked && { details }),
    ...((areTriggersMasked || !shown) && { triggers }),
    ...((isSecret(inputs.upload) || !shown) && { upload }),
  };
}

function plannedOperation(op: string, planned: PlannedStep): string {
  if (planned.kind !== "keep") return planned.kind;
  if (op === "replace") return op;
  // Deleting the assets of former jobs does not change the job itself.
  const { job, inputs } = planned;
  return diffJob(job.outputs, inputs as unknown as Values).updates ? "update" : "same";
}

/** Resource options of a set apply only if the set as a whole is replaced or deleted. */
const withoutOptions = { retainOnDelete: false, tainted: false, pendingReplacement: false };

function stepOfJob(step: Step, name: string, op: string, old?: State, declared?: State): Step {
  const { urn } = step;
  return {
    op,
    urn: { ...urn, text: urnOfJob(urn.text, name)!, type: jobToken, name: `${urn.name}[${name}]` },
    ...(old && { old: { ...old, ...(step.op === "update" && withoutOptions) } }),
    ...(declared && op !== "delete" && { new: declared }),
    replaceReasons: [],
    changes: [],
    set: { urn, op: step.op, job: name, isMoved: (item) => isMoved(step, item) },
  };
}

function stepOfSecretSet(step: Step): Step {
  const { op, urn, old, new: declared } = step;
  return {
    op: op === "update" ? "replace" : op,
    urn: { ...urn, type: jobToken },
    ...(old && { old: { ...old, outputs: { assets: secretMask } } }),
    ...(declared && { new: declared }),
    replaceReasons: [],
    changes: [],
    set: { urn, op, isMoved: (item) => isMoved(step, item) },
    ...(op === "update" && { isPossible: true }),
  };
}

/** An item has moved if the set has it as often as before. */
const isMoved = (step: Step, item: string): boolean => {
  const { before, after } = itemCounts(step);
  return before.get(item) === after.get(item);
};

const itemCounts = oncePerStep((step) => ({
  before: countItems([...jobsInOld(step).values()].map(({ state }) => state.outputs)),
  after: countItems([...jobsInNew(step).values()].map(({ inputs }) => inputs)),
}));

function countItems(jobs: readonly Values[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of jobs.flatMap(itemNames)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
