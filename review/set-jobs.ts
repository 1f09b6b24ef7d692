/** The jobs in the step of a set, in state and in the program. Each has a state like that of a Job. */
import { secretMask } from "../lib/pulumi-values";
import type { JobInputs } from "../provider/core/arguments";
import type { JobSetInputs } from "../provider/core/job-set/inputs";
import { inputsOfJobs, settingsOf } from "../provider/core/job-set/inputs";
import type { JobOfSet } from "../provider/core/job-set/state";
import { jobsInState } from "../provider/core/job-set/state";
import { decodeSetProperties } from "../provider/dynamic/property-values";
import type { State, Step } from "./parse-preview";
import type { Values } from "./preview-values";
import { hashOf, isHidden, isObject, isSame, isSecret, membersOf } from "./preview-values";

export type Jobs<T> = ReadonlyMap<string, T>;

export interface OldJob {
  readonly job: JobOfSet;
  readonly state: State;
  readonly former: readonly State[];
}

export function oncePerStep<T extends object>(compute: (step: Step) => T): (step: Step) => T {
  const results = new WeakMap<Step, T>();
  return (step) => {
    const result = results.get(step) ?? compute(step);
    results.set(step, result);
    return result;
  };
}

export const jobsInOld = oncePerStep(({ old, new: declared }): Jobs<OldJob> => {
  if (!old) return new Map();
  const source = isHidden(old.inputs.jobs) && declared ? declared : old;
  const [states, inputs] = [declaredStates(source), declaredInputs(source)];
  // If the results are secret, only their copies of the inputs are known.
  const jobs = isSecret(old.outputs.results)
    ? new Map([...states.keys()].map((name) => [name, secretJob(inputs.get(name))]))
    : jobsInState(shownResults(old.outputs));
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

/** The plugin masks single results of a job that has secrets. */
const shownResults = (outputs: Values): Values => ({
  ...outputs,
  results: mapMembers(outputs.results, shownResult),
});

function shownResult(result: unknown): unknown {
  const { type, assets, former } = membersOf(result);
  return {
    ...membersOf(result),
    // Neither the number nor the names of such assets are known.
    ...(isSecret(assets) && { assets: [{ id: "", name: "" }] }),
    ...(isSecret(former) && { former: [shownResult({ type, details: secretMask, assets: secretMask })] }),
    ...(Array.isArray(former) && { former: former.map(shownResult) }),
  };
}

const mapMembers = (of: unknown, map: (value: unknown) => unknown): Values =>
  Object.fromEntries(Object.entries(membersOf(of)).map(([name, value]) => [name, map(value)]));

const secretJob = ({ upload, ...inputs } = {} as JobInputs): JobOfSet => {
  const hidden = { uploadHash: hashOf(upload) ?? upload, assets: secretMask, errors: secretMask };
  return { id: secretMask, outputs: { ...inputs, ...hidden } as unknown as JobOfSet["outputs"] };
};

/** The declared jobs. If the preview hides their names, the jobs in state stand for them. */
export const jobsInNew = oncePerStep((step): Jobs<State> => {
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
export function declaredInputs({ inputs }: State): Map<string, JobInputs> {
  const jobs = Object.entries(membersOf(inputs.jobs)).filter(([, job]) => isObject(job));
  return inputsOfJobs(
    decodeSetProperties({ ...inputs, jobs: Object.fromEntries(jobs) }) as unknown as JobSetInputs,
  );
}
