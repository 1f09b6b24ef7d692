import { randomUUID } from "node:crypto";

import { UNKNOWN, isRecord } from "../../service-model/validate";
import { describeIncompleteJobs, describeInterruptedDeletion } from "../core/error-messages";
import { JobSetError } from "../core/errors";
import { isInterruptedReplacement } from "../core/job-record";
import type { JobSetInputs } from "../core/job-set/inputs";
import { checkJobSet, inputsOfJobs, urnOfJob } from "../core/job-set/inputs";
import { readJobSet } from "../core/job-set/read";
import { deleteJobSet, findDeletions, runJobSet } from "../core/job-set/run";
import type { JobOfSet } from "../core/job-set/state";
import { incompleteJobs, isChange, jobsInState, planSteps } from "../core/job-set/state";
import type { Operation } from "./host";
import type { Difference, Props } from "./resource";
import { InitializationError, Resource } from "./resource";

/** Runs sets of jobs, one set for each resource. */
export class JobSetResource extends Resource {
  protected readonly findProblems = (inputs: Props) => checkJobSet(inputs, this.host.bodies);

  async diff(_id: string, state: Props, news: Props, operation: Operation): Promise<Difference> {
    const hasInterruptedReplacement = await this.recordState(state, operation);
    if (isUndecided(news.jobs)) return { updates: true };
    const inState = jobsInState(state);
    const deleted = await findDeletions(inState, this.host.records);
    const steps = planSteps(inState, inputsOfJobs(news as Props & JobSetInputs), deleted);
    const halfDeleted = [...deleted].filter((name) => steps.get(name)?.kind === "replace");
    if (halfDeleted.length > 0) await this.host.note(operation.urn, describeInterruptedDeletion(halfDeleted));
    const incomplete = incompleteJobs(inState, steps);
    if (incomplete.length > 0) await this.host.note(operation.urn, describeIncompleteJobs(incomplete));
    const updates = hasInterruptedReplacement || [...steps.values()].some(isChange);
    if (!updates) await this.claim(inState, operation);
    return { updates, halfDeleted };
  }

  async create(inputs: Props, operation: Operation): Promise<{ id: string; state: object }> {
    const id = randomUUID();
    return { id, state: await this.run(id, undefined, inputs, operation) };
  }

  async update(id: string, state: Props, news: Props, operation: Operation): Promise<object> {
    await this.recordState(state, operation);
    return this.run(id, state, news, operation);
  }

  async read(_id: string, state: Props, operation: Operation): Promise<object> {
    await this.recordState(state, operation);
    return this.host.run(state, operation, (dependencies) => readJobSet(state, dependencies));
  }

  async delete(_id: string, state: Props, operation: Operation): Promise<void> {
    await this.recordState(state, operation);
    await this.host.run(state, operation, (dependencies) => deleteJobSet(state, dependencies));
  }

  private run(id: string, before: Props | undefined, news: Props, operation: Operation): Promise<object> {
    return this.host.run(news, operation, async (dependencies) => {
      try {
        return await runJobSet(news as Props & JobSetInputs, before, dependencies);
      } catch (error) {
        if (!(error instanceof JobSetError)) throw error;
        const { message, reasons, outputs } = error;
        // If no job was created, there is nothing to keep in state.
        if (Object.keys(outputs.results).length === 0) throw new Error(message, { cause: error });
        throw new InitializationError(message, id, outputs, reasons);
      }
    });
  }

  /** An interrupted replacement may have left a set to be deleted that has the same jobs. */
  private async claim(jobs: ReadonlyMap<string, JobOfSet>, { urn }: Operation): Promise<void> {
    for (const [name, { id, outputs }] of jobs)
      this.host.ownership.claim(id, await this.host.findResourceKey(outputs, urnOfJob(urn, name)));
  }

  /**
   * The state names these jobs. `update` relies on it, because the engine runs both in this process.
   *
   * @returns Whether an interrupted run left a job beside one of them.
   */
  private async recordState(state: Props, { oldUrn }: Operation): Promise<boolean> {
    const { ownership, records } = this.host;
    const hasFile = await records.listFiles();
    let hasInterruptedReplacement = false;
    for (const [name, job] of jobsInState(state)) {
      for (const { id, outputs } of [job, ...(job.former ?? [])])
        ownership.recordFromState(id, outputs.assets);
      const resource = await this.host.findResourceKey(job.outputs, urnOfJob(oldUrn, name));
      if (resource === undefined) continue;
      ownership.recordReplacement(resource, job);
      if (!hasFile(resource, job.id)) continue;
      await this.host.forgetRecord(resource, job.id);
      hasInterruptedReplacement ||= isInterruptedReplacement(await records.find(resource), job.id);
    }
    return hasInterruptedReplacement;
  }
}

/** Whether a preview does not know the names of the jobs, or one of the jobs. */
const isUndecided = (jobs: unknown): boolean =>
  !isRecord(jobs) || Object.values(jobs).some((job) => job === UNKNOWN);
