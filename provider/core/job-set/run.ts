/** Runs the jobs of a set concurrently, as many at once as the service's quota allows, independent of `--parallel`. */
import { mapConcurrently } from "../../../lib/map-concurrently";
import { CodedError } from "../../../lib/message-code";
import { isFailed } from "../../../service-model/job";
import { createJob } from "../create";
import { deleteJob } from "../delete";
import { JobSetError, NotStartedError, UnfinishedJobError } from "../errors";
import type { Dependencies } from "../job-context";
import { resourceKeyOf } from "../job-context";
import type { JobOwnership } from "../job-ownership";
import { markReturned } from "../job-record";
import type { JobRecords, Reporter } from "../ports";
import type { Session } from "../session";
import { updateJob } from "../update";
import type { JobSetInputs } from "./inputs";
import { inputsOfJobs, urnOfJob } from "./inputs";
import { Barrier, SetReporter } from "./progress";
import type { JobOfSet, JobSetOutputs, Step } from "./state";
import { jobsInState, planSteps, writeJobSet } from "./state";
import type { StoppedError } from "../stop";

export interface JobSetDependencies extends Dependencies {
  /** The session of a job in state, whose settings may differ from the present ones. It has the same signal as `session`. */
  openSession: (settings: object) => Promise<Session>;
}

/** Concurrent deletions, or writes of records on this machine. */
const maxParallelTasks = 10;

type Failures = Map<string, Error>;

/**
 * Runs every job of the set to its end. Jobs that the set no longer has, or that were replaced, are deleted last, and only
 * if all others have completed.
 * @param before The set in state; undefined if the set is new.
 * @throws JobSetError with the outputs of all jobs, which must stay in state.
 */
export async function runJobSet(
  inputs: JobSetInputs,
  before: Readonly<Record<string, unknown>> | undefined,
  dependencies: JobSetDependencies,
): Promise<JobSetOutputs> {
  const inState = jobsInState(before ?? {});
  const deleted = await findDeletions(inState, dependencies.records);
  const steps = planSteps(inState, inputsOfJobs(inputs), deleted);
  const jobs = new Map<string, JobOfSet>();
  for (const [name, step] of steps) if (step.kind !== "create") jobs.set(name, step.job);

  const failures = await runSteps(steps, jobs, { ...dependencies, ...(before && { priorState: "read" }) });
  if (failures.size === 0) await deleteRest(steps, jobs, failures, dependencies);
  const outputs = writeJobSet(inputs, inOrder(inputs, jobs));
  if (failures.size === 0) return outputs;
  await markInError(jobs, dependencies);
  const { signal } = dependencies.session;
  throw new JobSetError(
    failures,
    steps.size,
    outputs,
    signal?.aborted ? (signal.reason as StoppedError) : undefined,
  );
}

/** Names of the jobs whose assets an interrupted run has begun to delete. */
export async function findDeletions(
  jobs: ReadonlyMap<string, JobOfSet>,
  records: Pick<JobRecords, "hasDeletion">,
): Promise<Set<string>> {
  const found = await Promise.all([...jobs.values()].map(({ id }) => records.hasDeletion(id)));
  return new Set([...jobs.keys()].filter((_, index) => found[index]));
}

/** The engine receives all jobs together with the error of those that failed. */
async function markInError(
  jobs: ReadonlyMap<string, JobOfSet>,
  { session, urn, records, assertEngineAlive }: Dependencies,
): Promise<void> {
  await mapConcurrently([...jobs], maxParallelTasks, async ([name, { id }]) => {
    const recordKey = resourceKeyOf(session, urnOfJob(urn, name));
    if (recordKey !== undefined) await markReturned({ records, recordKey, assertEngineAlive }, id, true);
  });
}

async function runSteps(
  steps: ReadonlyMap<string, Step>,
  jobs: Map<string, JobOfSet>,
  dependencies: JobSetDependencies,
): Promise<Failures> {
  const failures: Failures = new Map();
  const running = [...steps].flatMap(([name, step]) =>
    step.kind === "delete" ? [] : [[name, step] as const],
  );
  const reporter = new SetReporter(dependencies.reporter, running.length);
  // The jobs wait for the last to end, so that one listing shows the assets of all.
  const barrier = new Barrier(running.length);
  // If one job cannot be started, for example without permission, the others would fail as well.
  let isStopped = false;
  const assertMayStart = () => {
    if (isStopped) throw new NotStartedError();
  };
  await Promise.all(
    running.map(async ([name, step]) => {
      const { arrive, leave } = barrier.join();
      try {
        const job = await runStep(step, {
          ...dependencies,
          urn: urnOfJob(dependencies.urn, name),
          reporter: reporter.of(name),
          assertMayStart,
          beforeCollecting: arrive,
        });
        jobs.set(name, job);
        reporter.end(name, true);
      } catch (error) {
        failures.set(name, error as Error);
        if (error instanceof UnfinishedJobError) jobs.set(name, unfinished(step, error));
        else isStopped = true;
        reporter.end(name, false);
      } finally {
        leave();
      }
    }),
  );
  return failures;
}

/** The step of a job that the set still has. */
type RunningStep = Exclude<Step, { kind: "delete" }>;

async function runStep(step: RunningStep, dependencies: JobSetDependencies): Promise<JobOfSet> {
  switch (step.kind) {
    case "create":
      return createJob(step.inputs, dependencies);
    case "replace": {
      const { session, urn, ownership } = dependencies;
      const resource = resourceKeyOf(session, urn);
      if (resource !== undefined) ownership.recordReplacement(resource, step.job);
      return { ...(await createJob(step.inputs, dependencies)), former: formerOf(step) };
    }
    case "keep": {
      const { id, outputs, former } = step.job;
      return { id, outputs: await updateJob(id, outputs, step.inputs, dependencies), former };
    }
  }
}

/** The jobs whose assets are deleted once the step has succeeded. */
const formerOf = (step: RunningStep): readonly JobOfSet[] => {
  if (step.kind === "create") return [];
  const { former = [], ...job } = step.job;
  return step.kind === "replace" ? [...former, job] : former;
};

const unfinished = (step: RunningStep, { id, outputs }: UnfinishedJobError): JobOfSet => {
  // The next retry also cleans up after a job that failed before.
  const former = formerOf(step).filter((job) => !isFailed(job.outputs.state));
  return { id, outputs, ...(former.length > 0 && { former }) };
};

/** Deletes the jobs that the set no longer has, and those that were replaced. */
async function deleteRest(
  steps: ReadonlyMap<string, Step>,
  jobs: Map<string, JobOfSet>,
  failures: Failures,
  dependencies: JobSetDependencies,
): Promise<void> {
  const left = [...jobs].filter(([name, { former }]) => former || steps.get(name)?.kind === "delete");
  await mapConcurrently(left, maxParallelTasks, async ([name, job]) => {
    const { former = [], ...own } = job;
    const isRemoved = steps.get(name)?.kind === "delete";
    try {
      for (const each of isRemoved ? [...former, own] : former) await deleteOne(name, each, dependencies);
      if (isRemoved) jobs.delete(name);
      else jobs.set(name, own);
    } catch (error) {
      failures.set(name, error as Error);
    }
  });
}

/** In the order of the program, so that the state reads like the program, followed by jobs that the set no longer has. */
function inOrder(
  { jobs: declared }: JobSetInputs,
  jobs: ReadonlyMap<string, JobOfSet>,
): Map<string, JobOfSet> {
  const names = [...new Set([...Object.keys(declared), ...jobs.keys()])];
  return new Map(names.flatMap((name) => (jobs.has(name) ? [[name, jobs.get(name)!] as const] : [])));
}

export interface DeletionDependencies extends Pick<JobSetDependencies, "openSession"> {
  ownership: JobOwnership;
  records: Pick<JobRecords, "recordDeletion" | "remove" | "removeDeletion">;
  reporter: Reporter;
  /** URN of the set. */
  urn?: string;
}

/** Deletes every job of the set as a Job is deleted. A failure does not stop the others. */
export async function deleteJobSet(
  state: Readonly<Record<string, unknown>>,
  dependencies: DeletionDependencies,
): Promise<void> {
  const failures: Error[] = [];
  const all = [...jobsInState(state)].flatMap(([name, job]) =>
    [...(job.former ?? []), job].map((each) => [name, each] as const),
  );
  await mapConcurrently(all, maxParallelTasks, async ([name, job]) => {
    await deleteOne(name, job, dependencies).catch((error: unknown) => failures.push(error as Error));
  });
  const [first, ...others] = failures;
  if (!first) return;
  if (others.length === 0 || !(first instanceof CodedError)) throw first;
  const text = `${first.text} ${others.length} more jobs of the set could not be deleted.`;
  throw new CodedError({ code: first.code, text }, { cause: first });
}

async function deleteOne(
  name: string,
  { id, outputs }: JobOfSet,
  { urn, ownership, records, reporter, openSession }: DeletionDependencies,
): Promise<void> {
  const session = await openSession(outputs);
  const resource = resourceKeyOf(session, urnOfJob(urn, name));
  await deleteJob(id, outputs, { session, ownership, records, reporter, resource });
}
