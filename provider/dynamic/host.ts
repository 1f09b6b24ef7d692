/** Sessions, ownership and records, which all providers of one host process share. A process serves one run of the engine. */
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import { StreamedUploadBodies } from "../aws/upload-body";
import type { OwnSettings, ReadConfig } from "../aws/settings";
import type { JobSetDependencies } from "../core/job-set/run";
import { JobOwnership } from "../core/job-ownership";
import { resourceKeyOf } from "../core/job-context";
import { systemClock } from "../../lib/clock";
import { Engine } from "./engine-client";
import type { EngineReporter } from "./engine-reporter";
import { withReporter } from "./engine-reporter";
import { FileJobRecords } from "./job-records";
import { Sessions } from "./sessions";

export type Props = Record<string, unknown>;

export class ProviderHost {
  readonly ownership = new JobOwnership();
  readonly records: FileJobRecords;
  readonly bodies = new StreamedUploadBodies(() => this.sessions.network());
  readonly sessions = new Sessions(
    (key) => this.config(key),
    systemClock,
    (text) => void this.engine.log("WARNING", text),
  );
  private readonly inState = new Set<string>();
  private config: ReadConfig = () => undefined;
  private isPreloaded = false;

  constructor(readonly engine = new Engine(undefined)) {
    this.records = new FileJobRecords(undefined, engine.address);
  }

  configure(config: ReadConfig): void {
    this.config = config;
    // Connects now, so that an engine that is killed before its first job is known to have exited.
    void this.engine.isAlive();
  }

  /** Records that a resource with these inputs is in state. */
  recordInState(olds: Props): void {
    const urn = urnOf(olds);
    if (urn !== undefined) this.inState.add(urn);
  }

  /**
   * Loads the modules that the first job needs, mainly the SDK's client, while the engine handles the answer. Called for a
   * new or changed resource only, so that an unchanged stack loads nothing.
   */
  preloadClient(settings: OwnSettings): void {
    if (this.isPreloaded) return;
    this.isPreloaded = true;
    // Wrong settings are reported by the operation.
    const load = () =>
      this.sessions.of(settings).then(
        () => this.engine.connect(),
        () => undefined,
      );
    // Loading blocks the process, so the answer is sent first.
    setTimeout(() => void load(), 5).unref();
  }

  /** Runs an operation that creates jobs for the resource with these inputs. */
  async run<T>(props: Props, run: (dependencies: JobSetDependencies) => Promise<T>): Promise<T> {
    const session = await this.sessions.of(props);
    const urn = urnOf(props);
    return withReporter(this.engine, props, (reporter) =>
      run({
        session,
        openSession: (settings) => this.sessions.of(settings),
        bodies: this.bodies,
        ownership: this.ownership,
        records: this.records,
        ...(urn !== undefined && { urn, ...(this.inState.has(urn) && { priorState: "unread" as const }) }),
        reporter,
        assertEngineAlive: () => this.assertEngine(),
      }),
    );
  }

  /** Shows a message on the row of the resource, in a preview as well. */
  note(props: Props, message: Message): Promise<void> {
    return this.withReporter(props, (reporter) => Promise.resolve(reporter.note(message)));
  }

  withReporter<T>(props: Props, run: (reporter: EngineReporter) => Promise<T>): Promise<T> {
    return withReporter(this.engine, props, run);
  }

  /** Key of a resource. Undefined if the connection settings are wrong; the operation reports that. */
  async findResourceKey(settings: OwnSettings, urn: string | undefined): Promise<string | undefined> {
    if (urn === undefined) return undefined;
    try {
      return resourceKeyOf({ scope: await this.sessions.scope(settings) }, urn);
    } catch {
      return undefined;
    }
  }

  /** Removes the record of a job that the state names, or named until now. */
  async forgetRecord(resource: string | undefined, id: string): Promise<void> {
    // The next run compares a remaining record with the state.
    if (resource !== undefined) await this.records.remove(resource, id).catch(() => undefined);
  }

  private async assertEngine(): Promise<void> {
    if (await this.engine.isAlive()) return;
    const text =
      "The Pulumi engine has exited; no new job was started. The next `pulumi up` continues from here.";
    throw new CodedError({ code: "engine-exited", text });
  }
}

/** URN of the resource, from its inputs. */
export const urnOf = ({ __urn: urn }: Props): string | undefined =>
  typeof urn === "string" && urn.startsWith("urn:") ? urn : undefined;

/** Whether the checked resource is not in state. */
export const isNew = (olds: Props): boolean => Object.keys(olds).length === 0;
