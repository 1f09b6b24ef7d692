/** The core, served by Pulumi's host for dynamic providers. */
import type { dynamic } from "@pulumi/pulumi";

import type { JobInputs } from "../core/arguments";
import type { JobOutputs } from "../core/state";
import { readOutputs, toState } from "../core/state";
import type { JobSetDependencies } from "../core/job-set/run";
import { UnfinishedJobError } from "../core/errors";
import { checkInputs } from "../core/check";
import { createJob } from "../core/create";
import { deleteJob } from "../core/delete";
import { diffJob } from "../core/diff";
import { isStray } from "../core/job-record";
import { readJob } from "../core/read";
import { updateJob } from "../core/update";
import { toCheckFailure, toInitError, withPlainErrors, withRegion } from "./data-exchange-provider";
import type { Props } from "./host";
import { ProviderHost, urnOf } from "./host";
import { decodeProperties, encodeProperties } from "./property-values";

export class JobProvider implements dynamic.ResourceProvider<Props, Props> {
  constructor(private readonly host = new ProviderHost()) {}

  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.host.configure(request);
    return Promise.resolve();
  }

  async check(olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const inputs = decodeProperties(news);
    const problems = await checkInputs(inputs, this.host.bodies).catch((error: unknown) => [
      {
        path: ["details"],
        code: "check-failed",
        message: `cannot be checked: ${String((error as Error)?.message ?? error)}`,
      },
    ]);
    const failures = problems.map(toCheckFailure);
    const checked = await withRegion(this.host.sessions, inputs, { inputs: news, failures });
    this.host.recordCheck(olds, checked.inputs ?? {});
    return checked;
  }

  async diff(id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const outputs = readOutputs(decodeProperties(olds));
    this.host.ownership.recordFromState(id, outputs.assets);
    await this.host.forgetRecord(await this.resourceOf(olds), id);
    const { replaces, updates } = diffJob(outputs, decodeProperties(news));
    const resource = await this.resourceOf(news);
    if (replaces.length > 0 && resource) this.host.ownership.recordReplacement(resource, { id, outputs });
    const hasStray = resource !== undefined && isStray(await this.host.records.find(resource), id);
    const changes = replaces.length > 0 || updates || hasStray;
    if (changes) this.host.warmUp(news);
    return { changes, replaces };
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const { id, outputs } = await this.work(inputs, (known, surroundings) => createJob(known, surroundings));
    return { id, outs: encodeProperties(toState(outputs)) };
  }

  async update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    this.host.ownership.recordFromState(id);
    const outputs = readOutputs(decodeProperties(olds));
    const outs = await this.work(news, (known, surroundings) => updateJob(id, outputs, known, surroundings));
    return { outs: encodeProperties(toState(outs)) };
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return withPlainErrors(`Reading job ${id}`, "the command", () => this.readNow(id, props));
  }

  delete(id: string, props: Props): Promise<void> {
    return withPlainErrors(`Deleting job ${id}`, "the command", () => this.deleteNow(id, props));
  }

  private async readNow(id: string, props: Props): Promise<dynamic.ReadResult<Props>> {
    this.host.ownership.recordFromState(id);
    await this.host.forgetRecord(await this.resourceOf(props), id);
    const session = await this.host.sessions.of(props);
    const olds = readOutputs(decodeProperties(props));
    this.noteState(id, olds, await this.resourceOf(props));
    const outputs = await this.host.reporting(props, (reporter) =>
      readJob(id, olds, { session, ownership: this.host.ownership, reporter }),
    );
    // Without a state there is nothing to drop: somebody looks the job up, and is to know that it is not there.
    if (!outputs && props.state === undefined) {
      throw new Error(
        `There is no job ${id} in this region and account; the service keeps a job's record for 90 days.`,
      );
    }
    return outputs ? { id, props: encodeProperties(toState(outputs)) } : {};
  }

  private async deleteNow(id: string, props: Props): Promise<void> {
    // With `deleteBeforeReplace` the new job comes after this, and is not to be the one that goes.
    this.host.ownership.recordFromState(id);
    const outputs = readOutputs(decodeProperties(props));
    const resource = await this.resourceOf(props);
    const session = await this.host.sessions.of(props);
    await this.host.reporting(props, (reporter) =>
      deleteJob(id, outputs, { session, ownership: this.host.ownership, reporter, resource }),
    );
    if (!this.host.ownership.replacedJob(resource)) this.noteState(id, outputs, resource);
    await this.host.forgetRecord(await this.resourceOf(props), id);
  }

  /** The engine asks for no diff where it replaces a resource because the user says so, such as by `--replace`. */
  private noteState(id: string, outputs: JobOutputs, resource: string | undefined): void {
    if (outputs.state !== undefined && resource)
      this.host.ownership.recordReplacement(resource, { id, outputs });
  }

  private resourceOf(props: Props): Promise<string | undefined> {
    return this.host.resourceOf(props, urnOf(props));
  }

  /** Runs what may leave a job in state, and hands such a job to the engine the way it takes one. */
  private async work<T>(
    props: Props,
    run: (inputs: JobInputs, surroundings: JobSetDependencies) => Promise<T>,
  ): Promise<T> {
    return this.host.run(props, async (surroundings) => {
      try {
        return await run(decodeProperties(props) as unknown as JobInputs, surroundings);
      } catch (error) {
        if (!(error instanceof UnfinishedJobError)) throw error;
        throw toInitError(error, error.id, toState(error.outputs), props);
      }
    });
  }
}
