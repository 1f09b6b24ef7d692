import { randomUUID } from "node:crypto";

import type { dynamic } from "@pulumi/pulumi";

import { UNKNOWN, isRecord } from "../../service-model/validate";
import { describeInterruptedDeletion } from "../core/error-messages";
import { JobSetError } from "../core/errors";
import { isInterruptedReplacement } from "../core/job-record";
import type { JobSetInputs } from "../core/job-set/inputs";
import { checkJobSet, inputsOfJobs, urnOfJob } from "../core/job-set/inputs";
import { readJobSet } from "../core/job-set/read";
import { deleteJobSet, findDeletions, runJobSet } from "../core/job-set/run";
import type { JobOfSet } from "../core/job-set/state";
import { jobsInState, planSteps } from "../core/job-set/state";
import type { Session } from "../core/session";
import { DataExchangeProvider, toInitError } from "./data-exchange-provider";
import type { Props } from "./host";
import { urnOf } from "./host";
import { decodeSetProperties, encodeProperties } from "./property-values";

/** Runs sets of jobs, one set for each resource. */
export class JobSetProvider extends DataExchangeProvider<JobSetInputs, Props> {
  protected readonly findProblems = (inputs: Props) => checkJobSet(inputs, this.host.bodies);
  protected readonly describe = (id: string) => `job set ${id}`;

  async diff(_id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const hasInterruptedReplacement = await this.recordState(olds);
    const inputs = this.decodeInputs(news);
    if (isUndecided(inputs.jobs)) return { changes: true };
    const inState = jobsInState(olds);
    const deleted = await findDeletions(inState, this.host.records);
    const steps = planSteps(inState, inputsOfJobs(inputs), deleted);
    const rerun = [...deleted].filter((name) => steps.get(name)?.kind === "replace");
    if (rerun.length > 0) await this.host.note(news, describeInterruptedDeletion(rerun));
    const changes =
      hasInterruptedReplacement || [...steps.values()].some((step) => step.kind !== "keep" || step.changes);
    if (changes) this.host.preloadClient(news);
    return { changes };
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const id = randomUUID();
    return { id, outs: await this.run(id, inputs) };
  }

  async update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    await this.recordState(olds);
    return { outs: await this.run(id, news, olds) };
  }

  protected override decode(props: Props): Props {
    return decodeSetProperties(props);
  }

  protected decodeOutputs(props: Props): Props {
    return props;
  }

  protected async readResource(_id: string, before: Props): Promise<object> {
    await this.recordState(before);
    const { ownership, records } = this.host;
    return this.host.withReporter(before, (reporter) =>
      readJobSet(before, { ownership, records, reporter, openSession: this.openSession }),
    );
  }

  protected async deleteResource(_id: string, before: Props): Promise<void> {
    await this.recordState(before);
    const { ownership, records } = this.host;
    await this.host.withReporter(before, (reporter) =>
      deleteJobSet(before, {
        ownership,
        records,
        reporter,
        urn: urnOf(before),
        openSession: this.openSession,
      }),
    );
  }

  private readonly openSession = (settings: object): Promise<Session> => this.host.sessions.of(settings);

  private async run(id: string, props: Props, before?: Props): Promise<Props> {
    return this.host.run(props, async (dependencies) => {
      try {
        const outputs = await runJobSet(this.decodeInputs(props), before, dependencies);
        return encodeProperties({ ...outputs, __urn: props.__urn });
      } catch (error) {
        if (!(error instanceof JobSetError)) throw error;
        const { message, reasons, outputs } = error;
        // If no job was created, there is nothing to keep in state.
        if (Object.keys(outputs.results).length === 0) throw new Error(message, { cause: error });
        throw toInitError(error, id, { ...outputs, __urn: props.__urn }, props, reasons);
      }
    });
  }

  /**
   * The state names these jobs. `update` relies on it, because the engine runs both in this process.
   *
   * @returns Whether an interrupted run left a job beside one of them.
   */
  private async recordState(props: Props): Promise<boolean> {
    const jobs = jobsInState(props);
    const { ownership, records } = this.host;
    const hasFile = await records.listFiles();
    let hasInterruptedReplacement = false;
    for (const [name, job] of jobs) {
      for (const { id, outputs } of [job, ...(job.former ?? [])])
        ownership.recordFromState(id, outputs.assets);
      const resource = await this.findResourceKey(name, job, props);
      if (resource === undefined) continue;
      ownership.recordReplacement(resource, job);
      if (!hasFile(resource, job.id)) continue;
      await this.host.forgetRecord(resource, job.id);
      hasInterruptedReplacement ||= isInterruptedReplacement(await records.find(resource), job.id);
    }
    return hasInterruptedReplacement;
  }

  private findResourceKey(name: string, { outputs }: JobOfSet, props: Props): Promise<string | undefined> {
    return this.host.findResourceKey(outputs, urnOfJob(urnOf(props), name));
  }
}

/** Whether a preview does not know the names of the jobs, or one of the jobs. */
const isUndecided = (jobs: unknown): boolean =>
  !isRecord(jobs) || Object.values(jobs).some((job) => job === UNKNOWN);
