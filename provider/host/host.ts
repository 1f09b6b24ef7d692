/** What all resources of one process share: sessions, ownership and records. A process serves one run of the engine. */
import { systemClock } from "../../lib/clock";
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import type { OwnSettings, ReadConfig } from "../aws/settings";
import { StreamedUploadBodies } from "../aws/upload-body";
import { StoppedError, describeDeadline } from "../core/stop";
import { resourceKeyOf } from "../core/job-context";
import { JobOwnership } from "../core/job-ownership";
import { LocalCoordination } from "../core/locks";
import type { Coordination } from "../core/ports";
import type { JobSetDependencies } from "../core/job-set/run";
import type { Session } from "../core/session";
import { stoppableSession } from "../core/session";
import type { Engine } from "./engine";
import { withReporter } from "./engine-reporter";
import { FileJobRecords } from "./job-records";
import { Sessions } from "./sessions";

/** What the engine says about an operation, besides the values. A protocol may lack any of it. */
export interface Operation {
  /** URN of the resource. */
  readonly urn?: string;
  /** URN by which the state names the resource. It differs from `urn` if the program has renamed the resource by an alias. */
  readonly oldUrn?: string;
  /** Aborted, with a `StoppedError` as its reason, when the run is cancelled. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the operation is stopped. Default: no limit. */
  readonly timeout?: number;
}

/** The engine that has started the operation no longer runs. */
export const describeEngineExit: Message = {
  code: "engine-exited",
  text: "The Pulumi engine has exited; no new job was started. The next `pulumi up` continues from here.",
};

export class Host {
  /** Where a user sets the default region, in messages. */
  readonly regionSetting: string = "aws:region in the stack's config";
  readonly ownership: JobOwnership;
  readonly records: FileJobRecords;
  readonly bodies = new StreamedUploadBodies(() => this.sessions.network());
  readonly sessions: Sessions;
  readonly config: ReadConfig = (key) => this.source(key);
  private readonly inState = new Set<string>();
  private source: ReadConfig = () => undefined;
  private isPreloaded = false;

  constructor(
    readonly engine: Engine,
    readonly coordination: Coordination = new LocalCoordination(systemClock),
  ) {
    this.records = new FileJobRecords(undefined, engine.address);
    this.ownership = new JobOwnership(coordination);
    this.sessions = new Sessions(
      (key) => this.config(key),
      systemClock,
      (text) => void this.engine.log("WARNING", text),
      coordination,
    );
  }

  configure(config: ReadConfig): void {
    this.source = config;
    // Connects now, so that an engine that is killed before its first job is known to have exited.
    void this.engine.isAlive();
  }

  /**
   * Loads the modules that the first job needs, mainly the SDK's client, while the engine handles the answer. Called for a
   * new or changed resource only, so that an unchanged stack loads nothing.
   */
  preload(settings: OwnSettings): void {
    if (this.isPreloaded) return;
    this.isPreloaded = true;
    // Wrong settings are reported by the operation.
    const load = () =>
      this.sessions.of(settings).then(
        () => this.engine.connect?.(),
        () => undefined,
      );
    // Loading blocks the process, so the answer is sent first.
    setTimeout(() => void load(), 5).unref();
  }

  /** Records that the resource is in state. */
  recordInState(urn: string | undefined): void {
    if (urn !== undefined) this.inState.add(urn);
  }

  /** Runs an operation on the resource with these settings. */
  async run<T>(
    settings: OwnSettings,
    operation: Operation,
    run: (dependencies: JobSetDependencies) => Promise<T>,
  ): Promise<T> {
    const { urn } = operation;
    const signal = stopSignal(operation);
    const openSession = async (own: OwnSettings): Promise<Session> => {
      const session = await this.sessions.of(own);
      return signal ? stoppableSession(session, signal) : session;
    };
    const session = await openSession(settings);
    return withReporter(this.engine, urn, (reporter) =>
      run({
        session,
        openSession,
        bodies: this.bodies,
        ownership: this.ownership,
        records: this.records,
        ...(urn !== undefined && {
          urn: this.identify(urn),
          ...(this.inState.has(urn) && { priorState: "unread" as const }),
        }),
        reporter,
        assertEngineAlive: () => this.assertEngine(),
      }),
    );
  }

  /** Shows a message on the row of the resource, in a preview as well. */
  note(urn: string | undefined, message: Message): Promise<void> {
    return withReporter(this.engine, urn, (reporter) => Promise.resolve(reporter.note(message)));
  }

  /** Key of a resource. Undefined if the connection settings are wrong; the operation reports that. */
  async findResourceKey(settings: OwnSettings, urn: string | undefined): Promise<string | undefined> {
    if (urn === undefined) return undefined;
    try {
      return resourceKeyOf({ scope: await this.sessions.scope(settings) }, this.identify(urn));
    } catch {
      return undefined;
    }
  }

  /** Removes the record of a job that the state names, or named until now. */
  async forgetRecord(resource: string | undefined, id: string): Promise<void> {
    // The next run compares a remaining record with the state.
    if (resource !== undefined) await this.records.remove(resource, id).catch(() => undefined);
  }

  /** The URN by which records name the resource. Both providers use the same, so that each finds the job of the other's last run. */
  protected identify(urn: string): string {
    return urn;
  }

  private async assertEngine(): Promise<void> {
    if (await this.engine.isAlive()) return;
    throw new CodedError(describeEngineExit);
  }
}

/** The signal that stops the operation, if anything can stop it. */
function stopSignal({ signal, timeout }: Operation): AbortSignal | undefined {
  if (timeout === undefined) return signal;
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(new StoppedError(describeDeadline(timeout))), timeout).unref();
  return signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
}
