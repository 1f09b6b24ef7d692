/** Sets of jobs, served by Pulumi's host for dynamic providers. */
import { randomUUID } from "node:crypto";

import type { dynamic } from "@pulumi/pulumi";

import { UNKNOWN, isRecord } from "../../service-model/validate";
import { JobSetError } from "../core/errors";
import { isStray } from "../core/job-record";
import type { JobSetInputs } from "../core/job-set/inputs";
import { checkJobSet, inputsOfJobs, urnOfJob } from "../core/job-set/inputs";
import { readJobSet } from "../core/job-set/read";
import { deleteJobSet, runJobSet } from "../core/job-set/run";
import type { JobOfSet } from "../core/job-set/state";
import { jobsInState, planSteps } from "../core/job-set/state";
import type { Session } from "../core/session";
import { toCheckFailure, toInitError, withPlainErrors, withRegion } from "./data-exchange-provider";
import type { Props } from "./host";
import { ProviderHost, urnOf } from "./host";
import { decodeSetProperties, encodeProperties } from "./property-values";

export class JobSetProvider implements dynamic.ResourceProvider<Props, Props> {
  constructor(private readonly host = new ProviderHost()) {}

  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.host.configure(request);
    return Promise.resolve();
  }

  async check(olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const inputs = decodeSetProperties(news);
    const problems = await checkJobSet(inputs, this.host.bodies);
    const failures = problems.map(toCheckFailure);
    const checked = await withRegion(this.host.sessions, inputs, { inputs: news, failures });
    this.host.recordCheck(olds, checked.inputs ?? {});
    return checked;
  }

  async diff(_id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const jobs = jobsInState(olds);
    const hasStray = await this.seeState(jobs, olds);
    const inputs = decodeSetProperties(news);
    if (isUndecided(inputs.jobs)) return { changes: true };
    const steps = planSteps(jobs, inputsOfJobs(inputs as unknown as JobSetInputs));
    const changes = hasStray || [...steps.values()].some((step) => step.kind !== "keep" || step.changes);
    if (changes) this.host.warmUp(news);
    return { changes };
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const id = randomUUID();
    return { id, outs: await this.run(id, inputs) };
  }

  async update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    await this.seeState(jobsInState(olds), olds);
    return { outs: await this.run(id, news, olds) };
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return withPlainErrors(`Reading job set ${id}`, "the command", async () => {
      await this.seeState(jobsInState(props), props);
      const found = await this.host.reporting(props, (reporter) =>
        readJobSet(props, { ownership: this.host.ownership, reporter, sessionOf: this.sessionOf }),
      );
      return { id, props: encodeProperties(found) };
    });
  }

  delete(id: string, props: Props): Promise<void> {
    return withPlainErrors(`Deleting job set ${id}`, "the command", async () => {
      await this.seeState(jobsInState(props), props);
      const { ownership } = this.host;
      await this.host.reporting(props, (reporter) =>
        deleteJobSet(props, { ownership, reporter, urn: urnOf(props), sessionOf: this.sessionOf }),
      );
    });
  }

  private readonly sessionOf = (settings: object): Promise<Session> => this.host.sessions.of(settings);

  /** Runs the jobs, and hands those that did not complete to the engine the way it takes them. */
  private async run(id: string, inputs: Props, before?: Props): Promise<Props> {
    return this.host.run(inputs, async (surroundings) => {
      try {
        return encodeProperties(
          await runJobSet(decodeSetProperties(inputs) as unknown as JobSetInputs, before, surroundings),
        );
      } catch (error) {
        if (!(error instanceof JobSetError)) throw error;
        const { message, reasons, outputs } = error;
        // Where no job was made, there is nothing to keep.
        if (Object.keys(outputs.results).length === 0) throw new Error(message, { cause: error });
        throw toInitError(error, id, outputs, inputs, reasons);
      }
    });
  }

  /** Notes which jobs the state names. True where an interrupted run has left a job beside one of them. */
  private async seeState(jobs: ReadonlyMap<string, JobOfSet>, props: Props): Promise<boolean> {
    const { ownership, records } = this.host;
    const mayHave = await records.look();
    let hasStray = false;
    for (const [name, job] of jobs) {
      for (const { id, outputs } of [job, ...(job.former ?? [])])
        ownership.recordFromState(id, outputs.assets);
      const resource = await this.resourceOf(name, job, props);
      if (resource === undefined) continue;
      ownership.recordReplacement(resource, job);
      if (!mayHave(resource, job.id)) continue;
      await this.host.forgetRecord(resource, job.id);
      hasStray ||= isStray(await records.find(resource), job.id);
    }
    return hasStray;
  }

  private resourceOf(name: string, { outputs }: JobOfSet, props: Props): Promise<string | undefined> {
    return this.host.resourceOf(outputs, urnOfJob(urnOf(props), name));
  }
}

/** Whether a preview does not know which jobs there are, or what all of them do. */
const isUndecided = (jobs: unknown): boolean =>
  !isRecord(jobs) || Object.values(jobs).some((job) => job === UNKNOWN);
