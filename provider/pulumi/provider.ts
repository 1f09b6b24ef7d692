/** The core, served by Pulumi's host for dynamic providers. */
import type { dynamic } from "@pulumi/pulumi";

import { StreamedBodies } from "../aws/bodies";
import type { ReadConfig } from "../aws/settings";
import type { JobInputs, JobOutputs, Session } from "../core";
import {
  Claims,
  UnfinishedJobError,
  checkInputs,
  createJob,
  isStray,
  deleteJob,
  diffJob,
  readJob,
  readOutputs,
  resourceKeyOf,
  toState,
  updateJob,
} from "../core";
import { systemClock } from "./clock";
import { withRegion } from "./default-region";
import { Engine } from "./engine";
import { reporting } from "./engine-reporter";
import { failureOf } from "./failure";
import { FileJobRecords } from "./job-records";
import { failingPlainly } from "./plain-failure";
import { Sessions } from "./sessions";
import { fromWire, toWire } from "./wire";

type Props = Record<string, unknown>;

export class JobProvider implements dynamic.ResourceProvider<Props, Props> {
  private readonly bodies = new StreamedBodies(() => this.sessions.network());
  private readonly claims = new Claims();
  private readonly records: FileJobRecords;
  private config: ReadConfig = () => undefined;
  private readonly sessions = new Sessions(
    (key) => this.config(key),
    systemClock,
    (text) => void this.engine.log("WARNING", text),
  );

  constructor(private readonly engine = new Engine(undefined)) {
    this.records = new FileJobRecords(undefined, engine.address);
  }

  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = (key) => config.get(key);
    // Whether there is one is found out now: one that is killed before its first job is made is known to be gone.
    void this.engine.isThere();
    return Promise.resolve();
  }

  async check(_olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const inputs = fromWire(news);
    const problems = await checkInputs(inputs, this.bodies).catch((error: unknown) => [
      { path: ["details"], message: `cannot be checked: ${String((error as Error)?.message ?? error)}` },
    ]);
    return withRegion(this.sessions, inputs, { inputs: news, failures: problems.map(failureOf) });
  }

  async diff(id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const outputs = readOutputs(fromWire(olds));
    this.claims.seenInState(id, outputs.assets);
    await this.forgetRecord(id, olds);
    const { replaces, updates } = diffJob(outputs, fromWire(news));
    const resource = await this.resourceOf(news);
    if (replaces.length > 0 && resource) this.claims.replace(resource, { id, outputs });
    const hasStray = resource !== undefined && isStray(await this.records.find(resource), id);
    return { changes: replaces.length > 0 || updates || hasStray, replaces };
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const { id, outputs } = await this.work(inputs, (known, surroundings) => createJob(known, surroundings));
    return { id, outs: toWire(toState(outputs)) };
  }

  async update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    this.claims.seenInState(id);
    const outputs = readOutputs(fromWire(olds));
    const outs = await this.work(news, (known, surroundings) => updateJob(id, outputs, known, surroundings));
    return { outs: toWire(toState(outs)) };
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return failingPlainly(`Reading job ${id}`, "the command", () => this.readNow(id, props));
  }

  delete(id: string, props: Props): Promise<void> {
    return failingPlainly(`Deleting job ${id}`, "the command", () => this.deleteNow(id, props));
  }

  private async readNow(id: string, props: Props): Promise<dynamic.ReadResult<Props>> {
    this.claims.seenInState(id);
    await this.forgetRecord(id, props);
    const session = await this.sessions.of(props);
    const olds = readOutputs(fromWire(props));
    this.noteState(id, olds, await this.resourceOf(props));
    const outputs = await reporting(this.engine, props, (reporter) =>
      readJob(id, olds, { session, claims: this.claims, reporter }),
    );
    // Without a state there is nothing to drop: somebody looks the job up, and is to know that it is not there.
    if (!outputs && props.state === undefined) {
      throw new Error(
        `There is no job ${id} in this region and account; the service keeps a job's record for 90 days.`,
      );
    }
    return outputs ? { id, props: toWire(toState(outputs)) } : {};
  }

  private async deleteNow(id: string, props: Props): Promise<void> {
    // With `deleteBeforeReplace` the new job comes after this, and is not to be the one that goes.
    this.claims.seenInState(id);
    const outputs = readOutputs(fromWire(props));
    const resource = await this.resourceOf(props);
    const session = await this.sessions.of(props);
    await reporting(this.engine, props, (reporter) =>
      deleteJob(id, outputs, { session, claims: this.claims, reporter, resource }),
    );
    if (!this.claims.replacedJob(resource)) this.noteState(id, outputs, resource);
    await this.forgetRecord(id, props);
  }

  /** The engine asks for no diff where it replaces a resource because the user says so, such as by `--replace`. */
  private noteState(id: string, outputs: JobOutputs, resource: string | undefined): void {
    if (outputs.state !== undefined && resource) this.claims.replace(resource, { id, outputs });
  }

  /** Nothing where the connection's settings are wrong, which the operation itself says. */
  private async resourceOf(props: Props): Promise<string | undefined> {
    if (!isUrn(props.__urn)) return undefined;
    try {
      return resourceKeyOf({ scope: await this.sessions.scope(props) }, props.__urn);
    } catch {
      return undefined;
    }
  }

  /** A state names the job, or named it until now, so nobody needs the record of this machine any more. */
  private async forgetRecord(id: string, props: Props): Promise<void> {
    const resource = await this.resourceOf(props);
    // A record that stays is compared with the state by the next run.
    if (resource) await this.records.remove(resource, id).catch(() => undefined);
  }

  /** Runs what may leave a job in state, and hands such a job to the engine the way it takes one. */
  private async work<T>(
    props: Props,
    run: (inputs: JobInputs, surroundings: Parameters<typeof createJob>[1]) => Promise<T>,
  ): Promise<T> {
    const session: Session = await this.sessions.of(props);
    return reporting(this.engine, props, async (reporter) => {
      try {
        return await run(fromWire(props) as unknown as JobInputs, {
          session,
          bodies: this.bodies,
          claims: this.claims,
          records: this.records,
          ...(isUrn(props.__urn) && { urn: props.__urn }),
          reporter,
          assertWanted: () => this.assertEngine(),
        });
      } catch (error) {
        if (!(error instanceof UnfinishedJobError)) throw error;
        // The host adds the provider's code to what it returns, but not to what it throws.
        const properties = { ...toWire(toState(error.outputs)), __provider: props.__provider };
        throw Object.assign(new Error(error.message), { id: error.id, properties, reasons: [error.message] });
      }
    });
  }

  private async assertEngine(): Promise<void> {
    if (await this.engine.isThere()) return;
    throw new Error(
      "Pulumi's engine has gone away, so nothing new is begun. The next `pulumi up` goes on from here.",
    );
  }
}

const isUrn = (value: unknown): value is string => typeof value === "string" && value.startsWith("urn:");
