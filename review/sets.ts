/** A set of jobs in a preview, read as steps of its jobs: what is told of a Job is told of each of them alike. */
import { secretMask } from "../lib/pulumi-values";
import { diffJob } from "../provider/core/diff";
import type { JobInputs } from "../provider/core/arguments";
import type { JobSetInputs } from "../provider/core/job-set/inputs";
import { inputsOfJobs, settingsOf, urnOfJob } from "../provider/core/job-set/inputs";
import type { JobOfSet, Step as Planned } from "../provider/core/job-set/state";
import { jobsInState, planSteps } from "../provider/core/job-set/state";
import { jobToken } from "../provider/state-contract";
import { decodeSetProperties } from "../provider/dynamic/property-values";
import type { State, Step } from "./parse-preview";
import { SetItems } from "./set-items";
import type { Values } from "./preview-values";
import { hashOf, holds, isHidden, isObject, isSame, isSecret, isUnknown, membersOf } from "./preview-values";

/** One step for each job of the set. Where all of its jobs are secret, one step stands for them. */
export function stepsOfSet(step: Step): Step[] {
  const { op, old, new: declared } = step;
  const [before, after] = [jobsBefore(step), jobsAfter(step)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  if (names.length === 0) {
    const isSecretWhole = [old, declared].some((state) => isSecret(state?.inputs.jobs));
    return isSecretWhole && !isUndecided(step) ? [wholeStep(step)] : [];
  }
  if (op === "update" || op === "replace") return plannedSteps(step, before, after);
  return names.map((name) => jobStep(step, name, op, before.get(name)?.state, declared && after.get(name)));
}

/** Jobs that others have come in place of, and whose assets wait for their deletion. */
export const formerSteps = (step: Step): Step[] =>
  [...jobsBefore(step)].flatMap(([name, { former }]) =>
    former.map((old) => jobStep(step, name, "delete-replaced", old)),
  );

/** Whether the preview does not know yet which jobs there are. */
export const isUndecided = ({ new: declared }: Step): boolean => isUnknown(declared?.inputs.jobs);

type Jobs<T> = ReadonlyMap<string, T>;

interface Before {
  readonly job: JobOfSet;
  readonly state: State;
  readonly former: readonly State[];
}

/** Works something out once for each step. */
function perStep<T extends object>(work: (step: Step) => T): (step: Step) => T {
  const known = new WeakMap<Step, T>();
  return (step) => {
    const made = known.get(step) ?? work(step);
    known.set(step, made);
    return made;
  };
}

/** What the state holds of each job. */
const jobsBefore = perStep(({ old, new: now }): Jobs<Before> => {
  if (!old) return new Map();
  const source = isHidden(old.inputs.jobs) && now ? now : old;
  const [declared, planned] = [declaredIn(source), inputsOf(source)];
  // What the results repeat of the inputs is all that can be known of them where they are secret.
  const jobs = isSecret(old.outputs.results)
    ? new Map([...declared.keys()].map((name) => [name, secretJob(planned.get(name))]))
    : jobsInState(old.outputs);
  return new Map(
    [...jobs].map(([name, job]) => {
      const inputs = declared.get(name)?.inputs ?? {};
      const { triggers, setTriggers } = inputs;
      // The state has a hash of the triggers. The inputs of the last run tell them, if that one came to this job.
      const isTold = isSame(job.outputs.triggers ?? null, planned.get(name)?.triggers ?? null);
      const own = isTold ? { triggers, setTriggers } : { triggers: undefined, __lostTriggers: true };
      const stateOf = ({ id, outputs }: JobOfSet, rest: Values = {}): State => ({
        ...old,
        id,
        inputs,
        outputs: { ...outputs, ...rest },
      });
      const former = (job.former ?? []).map((each) => stateOf(each));
      return [name, { job, state: stateOf(job, own), former }];
    }),
  );
});

const secretJob = ({ upload, ...inputs } = {} as JobInputs): JobOfSet => {
  const outputs = { ...inputs, uploadHash: hashOf(upload) ?? upload, assets: secretMask, errors: secretMask };
  return { id: secretMask, outputs: outputs as unknown as JobOfSet["outputs"] };
};

/** Each job as it is declared. Those in state stand for what the preview does not show. */
const jobsAfter = perStep((step): Jobs<State> => {
  const declared = step.new;
  if (!declared) return new Map();
  const before = jobsBefore(step);
  const { jobs } = declared.inputs;
  const names = isHidden(jobs) ? before.keys() : [];
  const known = isHidden(jobs) ? Object.fromEntries([...names].map((name) => [name, jobs])) : jobs;
  const all = declaredIn({ ...declared, inputs: { ...declared.inputs, jobs: known } });
  return new Map(
    [...all].map(([name, job]) => {
      const type = before.get(name)?.job.outputs.type;
      return [name, { ...job, inputs: { type, ...job.inputs } }];
    }),
  );
});

/** The jobs that the inputs of a set show, each with those of its own. */
function declaredIn(set: State): Map<string, State> {
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

/** The inputs as the provider works with them, of the jobs that are shown. */
function inputsOf({ inputs }: State): Map<string, JobInputs> {
  const jobs = Object.entries(membersOf(inputs.jobs)).filter(([, job]) => isObject(job));
  return inputsOfJobs(
    decodeSetProperties({ ...inputs, jobs: Object.fromEntries(jobs) }) as unknown as JobSetInputs,
  );
}

/** Inputs whose masks may hide that a job runs. */
const counting = ["type", "details", "upload", "triggers", "setTriggers", "region", "assetConfiguration"];

function plannedSteps(step: Step, before: Jobs<Before>, after: Jobs<State>): Step[] {
  const olds = new Map([...before].map(([name, { job }]) => [name, job]));
  const shown = inputsOf(step.new!);
  const news = [...after].map(
    ([name, { inputs }]) => [name, withKept(inputs, shown.get(name), olds.get(name))] as const,
  );
  const plan = planSteps(olds, new Map(news));
  const isExplained = [...plan.values()].some((each) => each.kind !== "keep" || each.changes);
  const isSecretSet = isSecret(step.old?.outputs.results);
  return [...plan].map(([name, each]) => {
    const [old, made] = [before.get(name)?.state, after.get(name)];
    const isMasked = counting.some((input) => holds(made?.inputs[input], isSecret));
    const isKept = each.kind === "keep" && !each.changes && step.op === "update";
    const isUnsure = isKept && (isMasked || (isSecretSet && !isExplained));
    const op = isUnsure ? "replace" : operationOf(step.op, each);
    const replaceReasons =
      each.kind === "replace" ? diffJob(each.job.outputs, each.inputs as unknown as Values).replaces : [];
    return { ...jobStep(step, name, op, old, made), replaceReasons, ...(isUnsure && { isUnsure }) };
  });
}

/** With what the state has where the preview shows nothing: a mask is no change. */
function withKept(inputs: Values, shown: JobInputs | undefined, job: JobOfSet | undefined): JobInputs {
  const all = shown ?? (inputs as unknown as JobInputs);
  if (!job) return all;
  const { details, triggers, uploadHash } = job.outputs;
  const upload = uploadHash as unknown as JobInputs["upload"];
  const isNewlyMasked =
    isSecret(inputs.details) || (holds(inputs.details, isSecret) && !holds(details, isSecret));
  const areTriggersMasked = holds([inputs.triggers, inputs.setTriggers], isSecret);
  return {
    ...all,
    ...(isNewlyMasked && { details }),
    ...((areTriggersMasked || !shown) && { triggers }),
    ...((isSecret(inputs.upload) || !shown) && { upload }),
  };
}

function operationOf(op: string, planned: Planned): string {
  if (planned.kind !== "keep") return planned.kind;
  if (op === "replace") return op;
  // That former jobs are cleaned up changes nothing about the one that stays.
  const { job, inputs } = planned;
  return diffJob(job.outputs, inputs as unknown as Values).updates ? "update" : "same";
}

/** The engine's options on a set count where the set as a whole is replaced or deleted. */
const inUpdate = { retainOnDelete: false, tainted: false, pendingReplacement: false };

function jobStep(step: Step, name: string, op: string, old?: State, declared?: State): Step {
  const { urn } = step;
  return {
    op,
    urn: { ...urn, text: urnOfJob(urn.text, name)!, type: jobToken, name: `${urn.name}[${name}]` },
    ...(old && { old: { ...old, ...(step.op === "update" && inUpdate) } }),
    ...(declared && op !== "delete" && { new: declared }),
    replaceReasons: [],
    set: { urn, op: step.op, job: name, items: () => itemsOf(step) },
  };
}

/** All jobs of a set of which nothing is shown. */
function wholeStep(step: Step): Step {
  const { op, urn, old, new: declared } = step;
  return {
    op: op === "update" ? "replace" : op,
    urn: { ...urn, type: jobToken },
    ...(old && { old: { ...old, outputs: { assets: secretMask } } }),
    ...(declared && { new: declared }),
    replaceReasons: [],
    set: { urn, op, items: () => itemsOf(step) },
    ...(op === "update" && { isUnsure: true }),
  };
}

const itemsOf = perStep((step): SetItems => {
  const before = [...jobsBefore(step).values()].map(({ state }) => state.outputs);
  const after = [...jobsAfter(step).values()].map(({ inputs }) => inputs);
  return new SetItems(before, after);
});
