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
import type { Operation } from "./host";
import type { Difference, Props } from "./resource";
import { InitializationError, Resource } from "./resource";

/** Runs jobs, one for each resource. */
export class JobResource extends Resource {
  protected readonly findProblems = (inputs: Props) => checkInputs(inputs, this.host.bodies);

  async diff(id: string, state: Props, news: Props, { urn, oldUrn }: Operation): Promise<Difference> {
    const { records } = this.host;
    const outputs = readOutputs(state);
    this.host.ownership.recordFromState(id, outputs.assets);
    await this.host.forgetRecord(await this.host.findResourceKey(state, oldUrn), id);
    const isDeletionBegun = await records.hasDeletion(id);
    if (isDeletionBegun)
      await this.host.note(urn, describeInterruptedDeletion([nameJob({ id, ...outputs })]));
    const { replaces, updates } = diffJob(outputs, news, isDeletionBegun);
    const resource = await this.host.findResourceKey(news, urn);
    if (replaces.length > 0) this.recordReplacement(id, outputs, resource);
    const hasInterruptedReplacement =
      resource !== undefined && isInterruptedReplacement(await records.find(resource), id);
    const difference = { replaces, updates: updates || hasInterruptedReplacement };
    // An interrupted replacement may have left the same job to be deleted.
    if (replaces.length === 0 && !difference.updates) this.host.ownership.claim(id, resource);
    return difference;
  }

  create(inputs: Props, operation: Operation): Promise<{ id: string; state: object }> {
    return this.run(inputs, operation, async (dependencies) => {
      const { id, outputs } = await createJob(inputs as Props & JobInputs, dependencies);
      return { id, state: toState(outputs) };
    });
  }

  update(id: string, state: Props, news: Props, operation: Operation): Promise<object> {
    this.host.ownership.recordFromState(id);
    return this.run(news, operation, async (dependencies) =>
      toState(await updateJob(id, readOutputs(state), news as Props & JobInputs, dependencies)),
    );
  }

  async read(id: string, state: Props, operation: Operation): Promise<object | undefined> {
    const { ownership } = this.host;
    ownership.recordFromState(id);
    const before = readOutputs(state);
    const resource = await this.host.findResourceKey(state, operation.oldUrn);
    await this.host.forgetRecord(resource, id);
    if (before.state !== undefined) this.recordReplacement(id, before, resource);
    const outputs = await this.run(state, operation, (dependencies) => readJob(id, before, dependencies));
    // A lookup has no state that could be removed, so a missing job is an error.
    if (!outputs && state.state === undefined) {
      const text = `There is no job ${id} in this region and account; the service deletes jobs after ${jobRetentionDays} days.`;
      throw new CodedError({ code: "job-not-found", text });
    }
    return outputs && toState(outputs);
  }

  async delete(id: string, state: Props, operation: Operation): Promise<void> {
    const { ownership } = this.host;
    // With `deleteBeforeReplace`, the new job is created after this, and must not adopt the deleted one.
    ownership.recordFromState(id);
    const outputs = readOutputs(state);
    const resource = await this.host.findResourceKey(state, operation.oldUrn);
    await this.run(state, operation, (dependencies) => deleteJob(id, outputs, { ...dependencies, resource }));
    // The engine does not call diff before a replacement that the user asks for, such as by `--replace`.
    if (outputs.state !== undefined && !ownership.replacedJob(resource)) {
      this.recordReplacement(id, outputs, resource);
    }
    await this.host.forgetRecord(resource, id);
  }

  private recordReplacement(id: string, outputs: JobOutputs, resource: string | undefined): void {
    if (resource) this.host.ownership.recordReplacement(resource, { id, outputs });
  }

  private run<T>(
    settings: Props,
    operation: Operation,
    run: (dependencies: JobSetDependencies) => Promise<T>,
  ): Promise<T> {
    return this.host.run(settings, operation, async (dependencies) => {
      try {
        return await run(dependencies);
      } catch (error) {
        if (!(error instanceof UnfinishedJobError)) throw error;
        throw new InitializationError(error.message, error.id, toState(error.outputs));
      }
    });
  }
}
