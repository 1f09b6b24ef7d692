import type { JobOutputs } from "../state";
import { readOutputs, toState } from "../state";
import { canonicalText } from "../normalize";
import type { SetSettings } from "./inputs";
import { settingsOf } from "./inputs";
import { diffJob } from "../diff";
import type { JobInputs } from "../arguments";

/**
 * What a JobSet leaves in state: what each job came to, as a Job would leave it, but for what holds for all jobs, which
 * stands there once. See `../state` for what that binds us to.
 */

/** Written into each state; raised when what is written changes its meaning. */
const schemaVersion = 1;

/** A job of the set, with all that it has in common with the others. */
export interface JobOfSet {
  readonly id: string;
  readonly outputs: JobOutputs;
  /** Jobs that this one came in place of, whose assets are yet to be deleted. */
  readonly former?: readonly JobOfSet[];
}

export interface JobSetOutputs extends SetSettings {
  /** By the names of the jobs. */
  results: Record<string, object>;
  __schema: number;
}

export function writeJobSet(of: object, jobs: ReadonlyMap<string, JobOfSet>): JobSetOutputs {
  const settings = settingsOf(of);
  const results = Object.fromEntries([...jobs].map(([name, job]) => [name, written(job, settings)]));
  return { ...settings, results, __schema: schemaVersion };
}

/** The jobs, as any version of this package may have written them. */
export function jobsInState(props: Readonly<Record<string, unknown>>): Map<string, JobOfSet> {
  const settings = settingsOf(props);
  const results = (props.results ?? {}) as Record<string, Record<string, unknown>>;
  return new Map(Object.entries(results).map(([name, result]) => [name, read(result, settings)]));
}

function written({ id, outputs, former = [] }: JobOfSet, settings: SetSettings): object {
  const own = { ...toState(outputs) } as Record<string, unknown>;
  delete own.__schema;
  const common = settings as Record<string, unknown>;
  for (const [name, value] of Object.entries(common)) {
    // Where a job is of other settings, as one that could not be replaced yet, it keeps those, and says what it lacks.
    if (canonicalText(own[name] ?? null) === canonicalText(value)) delete own[name];
    else own[name] ??= null;
  }
  return { id, ...own, ...(former.length > 0 && { former: former.map((job) => written(job, settings)) }) };
}

function read(result: Record<string, unknown>, settings: SetSettings): JobOfSet {
  const { id, former = [], ...own } = result;
  const all: Record<string, unknown> = { ...settings, ...own };
  for (const name of Object.keys(settings)) if (all[name] === null) delete all[name];
  const before = (former as Record<string, unknown>[]).map((job) => read(job, settings));
  return {
    id: String(id),
    outputs: readOutputs({ __schema: schemaVersion, ...all }),
    ...(before.length > 0 && { former: before }),
  };
}

/** What is to be done with each job of a set, from what its state holds and what the program asks for. Pure. */

export type Step =
  | { readonly kind: "create"; readonly inputs: JobInputs }
  | { readonly kind: "replace"; readonly inputs: JobInputs; readonly job: JobOfSet }
  /** The job stays; `changes` says whether there is something to take over, to go on with or to clean up. */
  | { readonly kind: "keep"; readonly inputs: JobInputs; readonly job: JobOfSet; readonly changes: boolean }
  | { readonly kind: "delete"; readonly job: JobOfSet };

export function planSteps(
  olds: ReadonlyMap<string, JobOfSet>,
  news: ReadonlyMap<string, JobInputs>,
): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const [name, inputs] of news) steps.set(name, stepOf(inputs, olds.get(name)));
  for (const [name, job] of olds) if (!news.has(name)) steps.set(name, { kind: "delete", job });
  return steps;
}

function stepOf(inputs: JobInputs, job: JobOfSet | undefined): Step {
  if (!job) return { kind: "create", inputs };
  const { replaces, updates } = diffJob(job.outputs, inputs as unknown as Record<string, unknown>);
  if (replaces.length > 0) return { kind: "replace", inputs, job };
  return { kind: "keep", inputs, job, changes: updates || job.former !== undefined };
}
