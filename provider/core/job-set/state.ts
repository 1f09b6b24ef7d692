/**
 * The state of a JobSet, and its difference to the program. Each job is stored like a Job, and settings of all jobs are
 * stored once. `../state.ts` describes the state contract.
 */
import type { JobOutputs } from "../state";
import { readOutputs, toState } from "../state";
import { canonicalText } from "../normalize";
import type { SetSettings } from "./inputs";
import { settingsOf } from "./inputs";
import { diffJob } from "../diff";
import type { JobInputs } from "../arguments";

/** Written into each state. Raised when a member changes its meaning. */
const schemaVersion = 1;

/** A job of the set, with the settings of all jobs. */
export interface JobOfSet {
  readonly id: string;
  readonly outputs: JobOutputs;
  /** Jobs that this one replaced, whose assets are not deleted yet. */
  readonly former?: readonly JobOfSet[];
}

export interface JobSetOutputs extends SetSettings {
  /** By the names of the jobs. */
  results: Record<string, object>;
  __schema: number;
}

export function writeJobSet(of: object, jobs: ReadonlyMap<string, JobOfSet>): JobSetOutputs {
  const settings = settingsOf(of);
  const results = Object.fromEntries([...jobs].map(([name, job]) => [name, encodeResult(job, settings)]));
  return { ...settings, results, __schema: schemaVersion };
}

/** The jobs in a state that any version of this package may have written. */
export function jobsInState(props: Readonly<Record<string, unknown>>): Map<string, JobOfSet> {
  const settings = settingsOf(props);
  const results = (props.results ?? {}) as Record<string, Record<string, unknown>>;
  return new Map(Object.entries(results).map(([name, result]) => [name, decodeResult(result, settings)]));
}

function encodeResult({ id, outputs, former = [] }: JobOfSet, settings: SetSettings): object {
  const own = { ...toState(outputs) } as Record<string, unknown>;
  delete own.__schema;
  const common = settings as Record<string, unknown>;
  for (const [name, value] of Object.entries(common)) {
    // A job with other settings, such as one that could not be replaced yet, keeps them. Null stands for a setting that the job does not have.
    if (canonicalText(own[name] ?? null) === canonicalText(value)) delete own[name];
    else own[name] ??= null;
  }
  return {
    id,
    ...own,
    ...(former.length > 0 && { former: former.map((job) => encodeResult(job, settings)) }),
  };
}

function decodeResult(result: Record<string, unknown>, settings: SetSettings): JobOfSet {
  const { id, former = [], ...own } = result;
  const all: Record<string, unknown> = { ...settings, ...own };
  for (const name of Object.keys(settings)) if (all[name] === null) delete all[name];
  const before = (former as Record<string, unknown>[]).map((job) => decodeResult(job, settings));
  return {
    id: String(id),
    outputs: readOutputs({ __schema: schemaVersion, ...all }),
    ...(before.length > 0 && { former: before }),
  };
}

/** The next action for one job of a set. */
export type Step =
  | { readonly kind: "create"; readonly inputs: JobInputs }
  | { readonly kind: "replace"; readonly inputs: JobInputs; readonly job: JobOfSet }
  /** The job stays. `changes` says whether inputs changed, or the job must be resumed or cleaned up. */
  | { readonly kind: "keep"; readonly inputs: JobInputs; readonly job: JobOfSet; readonly changes: boolean }
  | { readonly kind: "delete"; readonly job: JobOfSet };

/** Whether the step changes a job or the state. */
export const isChange = (step: Step): boolean => step.kind !== "keep" || step.changes;

/** Compares the jobs in state with those of the program. `deleted` names jobs with an interrupted deletion. Pure. */
export function planSteps(
  olds: ReadonlyMap<string, JobOfSet>,
  news: ReadonlyMap<string, JobInputs>,
  deleted: ReadonlySet<string> = new Set(),
): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const [name, inputs] of news) steps.set(name, stepOf(inputs, olds.get(name), deleted.has(name)));
  for (const [name, job] of olds) if (!news.has(name)) steps.set(name, { kind: "delete", job });
  return steps;
}

function stepOf(inputs: JobInputs, job: JobOfSet | undefined, isDeletionBegun: boolean): Step {
  if (!job) return { kind: "create", inputs };
  const news = inputs as unknown as Record<string, unknown>;
  const { replaces, updates } = diffJob(job.outputs, news, isDeletionBegun);
  if (replaces.length > 0) return { kind: "replace", inputs, job };
  return { kind: "keep", inputs, job, changes: updates || job.former !== undefined };
}

/** The names and states of the jobs that run again, or continue, because they have not completed. */
export const incompleteJobs = (
  olds: ReadonlyMap<string, JobOfSet>,
  steps: ReadonlyMap<string, Step>,
): string[] =>
  [...olds].flatMap(([name, { outputs }]) => {
    const step = steps.get(name)!;
    const runs = step.kind !== "delete" && isChange(step);
    return runs && outputs.state !== "COMPLETED" ? [`${name} (${outputs.state})`] : [];
  });
