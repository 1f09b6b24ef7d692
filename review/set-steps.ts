/** Splits the step of a set of jobs into one step for each job, so that the review treats it like a Job. */
import { secretMask } from "../lib/pulumi-values";
import { diffJob } from "../provider/core/diff";
import type { JobInputs } from "../provider/core/arguments";
import type { JobSetInputs } from "../provider/core/job-set/inputs";
import { inputsOfJobs, settingsOf, urnOfJob } from "../provider/core/job-set/inputs";
import type { JobOfSet, Step as PlannedStep } from "../provider/core/job-set/state";
import { jobsInState, planSteps } from "../provider/core/job-set/state";
import { decodeSetProperties } from "../provider/dynamic/property-values";
import { jobToken } from "../provider/resources/state-contract";
import { itemNames } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import {
  contains,
  hashOf,
  isHidden,
  isObject,
  isSame,
  isSecret,
  isUnknown,
  membersOf,
} from "./preview-values";

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

type Jobs<T> = ReadonlyMap<string, T>;

interface OldJob {
  readonly job: JobOfSet;
  readonly state: State;
  readonly former: readonly State[];
}

function oncePerStep<T extends object>(compute: (step: Step) => T): (step: Step) => T {
  const results = new WeakMap<Step, T>();
  return (step) => {
    const result = results.get(step) ?? compute(step);
    results.set(step, result);
    return result;
  };
}

const jobsInOld = oncePerStep(({ old, new: declared }): Jobs<OldJob> => {
  if (!old) return new Map();
  const source = isHidden(old.inputs.jobs) && declared ? declared : old;
  const [states, inputs] = [declaredStates(source), declaredInputs(source)];
  // If the results are secret, only their copies of the inputs are known.
  const jobs = isSecret(old.outputs.results)
    ? new Map([...states.keys()].map((name) => [name, secretJob(inputs.get(name))]))
    : jobsInState(old.outputs);
  return new Map(
    [...jobs].map(([name, job]) => {
      const own = states.get(name)?.inputs ?? {};
      // The state has only a hash of the triggers. The inputs of the last run have the values, if it reached the job.
      const isReached = isSame(job.outputs.triggers ?? null, inputs.get(name)?.triggers ?? null);
      const triggers = isReached
        ? { triggers: own.triggers, setTriggers: own.setTriggers }
        : { triggers: undefined, __lostTriggers: true };
      const stateOf = ({ id, outputs }: JobOfSet, rest: Values = {}): State => ({
        ...old,
        id,
        inputs: own,
        outputs: { ...outputs, ...rest },
      });
      const former = (job.former ?? []).map((each) => stateOf(each));
      return [name, { job, state: stateOf(job, triggers), former }];
    }),
  );
});

const secretJob = ({ upload, ...inputs } = {} as JobInputs): JobOfSet => {
  const hidden = { uploadHash: hashOf(upload) ?? upload, assets: secretMask, errors: secretMask };
  return { id: secretMask, outputs: { ...inputs, ...hidden } as unknown as JobOfSet["outputs"] };
};

/** The declared jobs. If the preview hides their names, the jobs in state stand for them. */
const jobsInNew = oncePerStep((step): Jobs<State> => {
  const declared = step.new;
  if (!declared) return new Map();
  const before = jobsInOld(step);
  const { jobs } = declared.inputs;
  const shown = isHidden(jobs) ? Object.fromEntries([...before.keys()].map((name) => [name, jobs])) : jobs;
  const all = declaredStates({ ...declared, inputs: { ...declared.inputs, jobs: shown } });
  return new Map(
    [...all].map(([name, job]) => {
      const type = before.get(name)?.job.outputs.type;
      return [name, { ...job, inputs: { type, ...job.inputs } }];
    }),
  );
});

/** Each job of a set as a state with the inputs of a Job. */
function declaredStates(set: State): Map<string, State> {
  const { inputs } = set;
  const { jobs = [], triggers = [] } = set.propertyDependencies;
  const propertyDependencies = {
    ...set.propertyDependencies,
    details: jobs,
    upload: jobs,
    triggers: [...jobs, ...triggers],
  };
  return new Map(
    Object.entries(membersOf(inputs.jobs)).map(([name, job]) => {
      const own = {
        ...settingsOf(inputs),
        ...(isObject(job) ? job : { details: job }),
        ...(inputs.triggers !== undefined && { setTriggers: inputs.triggers }),
      };
      return [name, { ...set, inputs: own, propertyDependencies }];
    }),
  );
}

/** The inputs of the jobs that the preview shows, as the provider decodes them. */
function declaredInputs({ inputs }: State): Map<string, JobInputs> {
  const jobs = Object.entries(membersOf(inputs.jobs)).filter(([, job]) => isObject(job));
  return inputsOfJobs(
    decodeSetProperties({ ...inputs, jobs: Object.fromEntries(jobs) }) as unknown as JobSetInputs,
  );
}

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
    const isPossible = isKept && (isMasked || (isSecretSet && !hasChange));
    const op = isPossible ? "replace" : plannedOperation(step.op, each);
    const replaceReasons =
      each.kind === "replace" ? diffJob(each.job.outputs, each.inputs as unknown as Values).replaces : [];
    return { ...stepOfJob(step, name, op, old, declared), replaceReasons, ...(isPossible && { isPossible }) };
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
