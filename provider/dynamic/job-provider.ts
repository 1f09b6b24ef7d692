import type { dynamic } from "@pulumi/pulumi";

import { CodedError } from "../../lib/message-code";
import { jobRetentionDays } from "../../service-model/errors";
import type { JobInputs } from "../core/arguments";
import { checkInputs } from "../core/check";
import { createJob } from "../core/create";
import { deleteJob } from "../core/delete";
import { diffJob } from "../core/diff";
import { describeInterruptedDeletion, nameJob } from "../core/error-messages";
import { UnfinishedJobError } from "../core/errors";
import { isInterruptedReplacement } from "../core/job-record";
import type { JobSetDependencies } from "../core/job-set/run";
import { readJob } from "../core/read";
import type { JobOutputs } from "../core/state";
import { readOutputs, toState } from "../core/state";
import { updateJob } from "../core/update";
import { DataExchangeProvider, toInitError } from "./data-exchange-provider";
import type { Props } from "./host";
import { urnOf } from "./host";
import { decodeProperties, encodeProperties } from "./property-values";

/** Runs jobs, one for each resource. */
export class JobProvider extends DataExchangeProvider<JobInputs, JobOutputs> {
  protected readonly findProblems = (inputs: Props) => checkInputs(inputs, this.host.bodies);
  protected readonly describe = (id: string) => `job ${id}`;

  async diff(id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const outputs = this.decodeOutputs(olds);
    await this.recordState(id, outputs, olds);
    const isDeletionBegun = await this.host.records.hasDeletion(id);
    if (isDeletionBegun)
      await this.host.note(news, describeInterruptedDeletion([nameJob({ id, ...outputs })]));
    const { replaces, updates } = diffJob(outputs, this.decode(news), isDeletionBegun);
    const resource = await this.findResourceKey(news);
    if (replaces.length > 0) this.recordReplacement(id, outputs, resource);
    const hasInterruptedReplacement =
      resource !== undefined && isInterruptedReplacement(await this.host.records.find(resource), id);
    const changes = replaces.length > 0 || updates || hasInterruptedReplacement;
    if (changes) this.host.preloadClient(news);
    return { changes, replaces };
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const { id, outputs } = await this.run(inputs, createJob);
    return { id, outs: encodeProperties(toState(outputs)) };
  }

  async update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    this.host.ownership.recordFromState(id);
    const before = this.decodeOutputs(olds);
    const outputs = await this.run(news, (inputs, dependencies) =>
      updateJob(id, before, inputs, dependencies),
    );
    return { outs: encodeProperties(toState(outputs)) };
  }

  protected decodeOutputs(props: Props): JobOutputs {
    return readOutputs(decodeProperties(props));
  }

  protected async readResource(id: string, before: JobOutputs, props: Props): Promise<object | undefined> {
    await this.recordState(id, undefined, props);
    const session = await this.host.sessions.of(props);
    if (before.state !== undefined) this.recordReplacement(id, before, await this.findResourceKey(props));
    const { ownership, records } = this.host;
    const outputs = await this.host.withReporter(props, (reporter) =>
      readJob(id, before, { session, ownership, records, reporter }),
    );
    // A lookup has no state that could be removed, so a missing job is an error.
    if (!outputs && props.state === undefined) {
      const text = `There is no job ${id} in this region and account; the service deletes jobs after ${jobRetentionDays} days.`;
      throw new CodedError({ code: "job-not-found", text });
    }
    return outputs && toState(outputs);
  }

  protected async deleteResource(id: string, outputs: JobOutputs, props: Props): Promise<void> {
    const { ownership, records } = this.host;
    // With `deleteBeforeReplace`, the new job is created after this, and must not adopt the deleted one.
    ownership.recordFromState(id);
    const resource = await this.findResourceKey(props);
    const session = await this.host.sessions.of(props);
    await this.host.withReporter(props, (reporter) =>
      deleteJob(id, outputs, { session, ownership, records, reporter, resource }),
    );
    // The engine does not call diff before a replacement that the user asks for, such as by `--replace`.
    if (outputs.state !== undefined && !ownership.replacedJob(resource)) {
      this.recordReplacement(id, outputs, resource);
    }
    await this.host.forgetRecord(resource, id);
  }

  /** The state names the job. `create` relies on it, because the engine runs both in this process. */
  private async recordState(id: string, outputs: JobOutputs | undefined, props: Props): Promise<void> {
    this.host.ownership.recordFromState(id, outputs?.assets);
    await this.host.forgetRecord(await this.findResourceKey(props), id);
  }

  private recordReplacement(id: string, outputs: JobOutputs, resource: string | undefined): void {
    if (resource) this.host.ownership.recordReplacement(resource, { id, outputs });
  }

  private findResourceKey(props: Props): Promise<string | undefined> {
    return this.host.findResourceKey(props, urnOf(props));
  }

  private run<T>(
    props: Props,
    run: (inputs: JobInputs, dependencies: JobSetDependencies) => Promise<T>,
  ): Promise<T> {
    return this.host.run(props, async (dependencies) => {
      try {
        return await run(this.decodeInputs(props), dependencies);
      } catch (error) {
        if (!(error instanceof UnfinishedJobError)) throw error;
        throw toInitError(error, error.id, toState(error.outputs), props);
      }
    });
  }
}
