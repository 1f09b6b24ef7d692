import { isFailed } from "../../../service-model/job";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { markReturned } from "../job-record";
import { JobSetError, NotStartedError, UnfinishedJobError } from "../errors";
import type { JobInputs } from "../arguments";
import { createJob } from "../create";
import { updateJob } from "../update";
import type { Session } from "../session";
import type { Dependencies } from "../job-context";
import { resourceKeyOf } from "../job-context";
import { Barrier, SetReporter } from "./progress";
import type { JobSetInputs } from "./inputs";
import { inputsOfJobs, urnOfJob } from "./inputs";
import type { JobOfSet, JobSetOutputs, Step } from "./state";
import { jobsInState, planSteps, writeJobSet } from "./state";
import type { JobOwnership } from "../job-ownership";
import { deleteJob } from "../delete";
import type { Reporter } from "../ports";

/** Runs the jobs of a set side by side: as many at once as the service's quota admits, whatever Pulumi's own parallelism. */

export interface JobSetDependencies extends Dependencies {
  /** The session of a job in state, whose settings may differ from those of today. */
  sessionOf: (settings: object) => Promise<Session>;
}

/** A set as the state holds it: none for a set that is made. */
type Before = Readonly<Record<string, unknown>> | undefined;

/**
 * Brings every job of the set to its end. Jobs that the set no longer has, or that others came in place of, are deleted
 * last, and only when all others have completed. Whatever fails, what is known of each job stays in state.
 */
export async function runJobSet(
  inputs: JobSetInputs,
  before: Before,
  surroundings: JobSetDependencies,
): Promise<JobSetOutputs> {
  const steps = planSteps(jobsInState(before ?? {}), inputsOfJobs(inputs));
  const jobs = new Map<string, JobOfSet>();
  for (const [name, step] of steps) if (step.kind !== "create") jobs.set(name, step.job);

  const failures = await runAll(steps, jobs, { ...surroundings, hasSeenState: before !== undefined });
  if (failures.size === 0) await deleteRest(steps, jobs, failures, surroundings);
  const outputs = writeJobSet(inputs, inOrder(inputs, jobs));
  if (failures.size === 0) return outputs;
  await markInError(jobs, surroundings);
  throw new JobSetError(failures, steps.size, outputs);
}

/** The engine receives all jobs with the error of those that failed. */
async function markInError(
  jobs: ReadonlyMap<string, JobOfSet>,
  { session, urn, records, assertEngineAlive }: Dependencies,
): Promise<void> {
  await mapConcurrently([...jobs], recordsAtOnce, async ([name, { id }]) => {
    const recordKey = resourceKeyOf(session, urnOfJob(urn, name));
    if (recordKey !== undefined) await markReturned({ records, recordKey, assertEngineAlive }, id, true);
  });
}

/** Records of this machine that are written side by side. */
const recordsAtOnce = 10;

type Failures = Map<string, Error>;

async function runAll(
  steps: ReadonlyMap<string, Step>,
  jobs: Map<string, JobOfSet>,
  surroundings: JobSetDependencies,
): Promise<Failures> {
  const failures: Failures = new Map();
  const running = [...steps].flatMap(([name, step]) =>
    step.kind === "delete" ? [] : [[name, step] as const],
  );
  const reporter = new SetReporter(surroundings.reporter, running.length);
  // Assets of many jobs are listed once, and in one listing, when the last of the jobs has ended.
  const barrier = new Barrier(running.length);
  // Where one job could not even be started, for lack of a permission for example, the others would fail alike.
  let hasStopped = false;
  const assertMayBegin = () => {
    if (hasStopped) throw new NotStartedError();
  };
  await Promise.all(
    running.map(async ([name, step]) => {
      const { come, leave } = barrier.join();
      try {
        const own = {
          ...ofJob(name, surroundings),
          reporter: reporter.of(name),
          assertMayBegin,
          beforeCollecting: come,
        };
        jobs.set(name, await runStep(step, own));
        reporter.end(name, true);
      } catch (error) {
        failures.set(name, error as Error);
        if (error instanceof UnfinishedJobError) jobs.set(name, unfinished(step, error));
        else hasStopped = true;
        reporter.end(name, false);
      } finally {
        leave();
      }
    }),
  );
  return failures;
}

const ofJob = (name: string, surroundings: JobSetDependencies): JobSetDependencies => ({
  ...surroundings,
  urn: urnOfJob(surroundings.urn, name),
});

/** A step of a job that the set still has. */
type Running = Exclude<Step, { kind: "delete" }>;

async function runStep(step: Running, surroundings: JobSetDependencies): Promise<JobOfSet> {
  switch (step.kind) {
    case "create":
      return createJob(step.inputs, surroundings);
    case "replace":
      return { ...(await replaceJob(step.inputs, step.job, surroundings)), former: formerOf(step) };
    case "keep": {
      const { id, outputs, former } = step.job;
      return { id, outputs: await updateJob(id, outputs, step.inputs, surroundings), former };
    }
  }
}

async function replaceJob(
  inputs: JobInputs,
  job: JobOfSet,
  surroundings: JobSetDependencies,
): Promise<JobOfSet> {
  const { session, urn, ownership } = surroundings;
  const resource = resourceKeyOf(session, urn);
  if (resource !== undefined) ownership.recordReplacement(resource, job);
  return createJob(inputs, surroundings);
}

/** The jobs whose assets go once the step has come to its end. */
const formerOf = (step: Running): readonly JobOfSet[] => {
  if (step.kind === "create") return [];
  const { former = [], ...job } = step.job;
  return step.kind === "replace" ? [...former, job] : former;
};

const unfinished = (step: Running, { id, outputs }: UnfinishedJobError): JobOfSet => {
  // A job that failed before leaves nothing that the retry of the retry does not take away.
  const former = formerOf(step).filter((job) => !isFailed(job.outputs.state));
  return { id, outputs, ...(former.length > 0 && { former }) };
};

/** Deletes what the jobs that are no longer in the set, or were replaced, have left to be deleted. */
async function deleteRest(
  steps: ReadonlyMap<string, Step>,
  jobs: Map<string, JobOfSet>,
  failures: Failures,
  surroundings: JobSetDependencies,
): Promise<void> {
  const left = [...jobs].filter(([name, { former }]) => former || steps.get(name)?.kind === "delete");
  await mapConcurrently(left, deletionsAtOnce, async ([name, job]) => {
    const { former = [], ...own } = job;
    const isGone = steps.get(name)?.kind === "delete";
    try {
      for (const each of isGone ? [...former, own] : former) await deleteOne(name, each, surroundings);
      if (isGone) jobs.delete(name);
      else jobs.set(name, own);
    } catch (error) {
      failures.set(name, error as Error);
    }
  });
}

/** In the order of the program, so that a state reads as the program does; what is left of others comes last. */
function inOrder(
  { jobs: declared }: JobSetInputs,
  jobs: ReadonlyMap<string, JobOfSet>,
): Map<string, JobOfSet> {
  const names = [...new Set([...Object.keys(declared), ...jobs.keys()])];
  return new Map(names.flatMap((name) => (jobs.has(name) ? [[name, jobs.get(name)!] as const] : [])));
}

export interface DeletionDependencies {
  ownership: JobOwnership;
  reporter: Reporter;
  /** URN of the set. */
  urn?: string;
  /** The session of a job in state, whose settings may differ from those of today. */
  sessionOf: (settings: object) => Promise<Session>;
}

/** Jobs that are deleted at once. */
export const deletionsAtOnce = 10;

/** Deletes every job of the set as a Job is deleted. One that fails does not keep the others. */
export async function deleteJobSet(
  state: Readonly<Record<string, unknown>>,
  surroundings: DeletionDependencies,
): Promise<void> {
  const failures: Error[] = [];
  const all = [...jobsInState(state)].flatMap(([name, job]) =>
    [...(job.former ?? []), job].map((each) => [name, each] as const),
  );
  await mapConcurrently(all, deletionsAtOnce, async ([name, job]) => {
    await deleteOne(name, job, surroundings).catch((error: unknown) => failures.push(error as Error));
  });
  const [first, ...others] = failures;
  if (!first) return;
  const more = others.length === 0 ? "" : ` ${others.length} more jobs of the set could not be deleted.`;
  throw new Error(`${first.message}${more}`, { cause: first });
}

export async function deleteOne(
  name: string,
  { id, outputs }: JobOfSet,
  { urn, ownership, reporter, sessionOf }: DeletionDependencies,
): Promise<void> {
  const session = await sessionOf(outputs);
  const resource = resourceKeyOf(session, urnOfJob(urn, name));
  await deleteJob(id, outputs, { session, ownership, reporter, resource });
}
