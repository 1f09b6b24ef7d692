/** What all providers of one host process share, which is one run of the engine: sessions, ownership and records. */
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
  private isWarm = false;

  constructor(readonly engine = new Engine(undefined)) {
    this.records = new FileJobRecords(undefined, engine.address);
  }

  configure(config: ReadConfig): void {
    this.config = config;
    // Whether there is one is found out now: one that is killed before its first job is made is known to be gone.
    void this.engine.isAlive();
  }

  /** Records that the resource is in state, and loads what a new resource needs. */
  recordCheck(olds: Props, news: Props): void {
    const urn = urnOf(olds);
    if (urn !== undefined) this.inState.add(urn);
    if (isNew(olds)) this.warmUp(news);
  }

  /**
   * Loads what the first job takes, the SDK's client above all, while the engine is busy with what it has just been
   * answered. For a resource that is new or has changed, so that an unchanged stack does not pay for it.
   */
  warmUp(settings: OwnSettings): void {
    if (this.isWarm) return;
    this.isWarm = true;
    // Wrong settings are reported by the operation.
    const load = () =>
      this.sessions.of(settings).then(
        () => this.engine.connect(),
        () => undefined,
      );
    // The answer must have been sent by then, because loading holds up everything else.
    setTimeout(() => void load(), 5).unref();
  }

  /** Runs an operation that creates jobs for the resource with these inputs. */
  async run<T>(props: Props, run: (surroundings: JobSetDependencies) => Promise<T>): Promise<T> {
    const session = await this.sessions.of(props);
    const urn = urnOf(props);
    return withReporter(this.engine, props, (reporter) =>
      run({
        session,
        sessionOf: (settings) => this.sessions.of(settings),
        bodies: this.bodies,
        ownership: this.ownership,
        records: this.records,
        ...(urn !== undefined && { urn, ...(this.inState.has(urn) && { priorState: "unread" as const }) }),
        reporter,
        assertEngineAlive: () => this.assertEngine(),
      }),
    );
  }

  withReporter<T>(props: Props, run: (reporter: EngineReporter) => Promise<T>): Promise<T> {
    return withReporter(this.engine, props, run);
  }

  /** Key of a resource; nothing where the connection's settings are wrong, which the operation itself says. */
  async resourceOf(settings: OwnSettings, urn: string | undefined): Promise<string | undefined> {
    if (urn === undefined) return undefined;
    try {
      return resourceKeyOf({ scope: await this.sessions.scope(settings) }, urn);
    } catch {
      return undefined;
    }
  }

  /** State names the job, or did until now, so the record of this machine is no longer needed. */
  async forgetRecord(resource: string | undefined, id: string): Promise<void> {
    // A record that stays is compared with the state by the next run.
    if (resource !== undefined) await this.records.remove(resource, id).catch(() => undefined);
  }

  private async assertEngine(): Promise<void> {
    if (await this.engine.isAlive()) return;
    const text =
      "The Pulumi engine has exited; no new job was started. The next `pulumi up` continues from here.";
    throw new CodedError({ code: "engine-exited", text });
  }
}

/** URN of the resource, which is one of its inputs. */
export const urnOf = ({ __urn: urn }: Props): string | undefined =>
  typeof urn === "string" && urn.startsWith("urn:") ? urn : undefined;

/** Whether the engine checks a resource that is in no state yet. */
const isNew = (olds: Props): boolean => Object.keys(olds).length === 0;
