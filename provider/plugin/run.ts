/** One run of the engine: what its operations share, and their end. */
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import { typeOfUrn } from "../../lib/urn-type";
import { StoppedError, describeCancellation } from "../core/stop";
import type { Engine } from "../engine/engine-client";
import { Host } from "../host/host";
import type { Operation } from "../host/host";
import type { FunctionAnswer } from "./functions";
import { callFunction } from "./functions";
import { RunCoordination, journalPath } from "../host/run-coordination";
import { kinds } from "./kinds";
import { PluginResource } from "./resource";
import type { Props } from "./values";

/** The engine starts a process for each explicit provider. Those of one run share the ownership of jobs, and quotas. */
export class PluginHost extends Host {
  override readonly regionSetting = "the provider's region (dataexchange:region in the stack's config)";

  /** `port` returns the port of this process. */
  constructor(engine: Engine, port: () => number | undefined = () => undefined) {
    super(
      engine,
      engine.address === undefined ? undefined : new RunCoordination(journalPath(engine.address), port),
    );
  }

  protected override identify(urn: string): string {
    return urn.replace(/dataexchange:index:(?=\w+::)/, "pulumi-nodejs:dynamic/dataexchange:");
  }
}

export class Run {
  /** URN and id of the provider, by which the engine finds it. */
  reference?: string;
  private readonly stopping = new AbortController();
  private readonly resources = new Map<string, PluginResource>();
  private inProgress = 0;

  constructor(
    readonly engine: Engine,
    readonly host: Host = new PluginHost(engine),
  ) {}

  /** Aborted when the run is stopped. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  get isStopped(): boolean {
    return this.signal.aborted;
  }

  /** Ends all operations. A job that exists stays in state, and the next run resumes it. */
  stop(reason: Message): void {
    if (!this.isStopped) this.stopping.abort(new StoppedError(reason));
    this.leaveIfOver();
  }

  async track<T>(operation: () => Promise<T>): Promise<T> {
    this.inProgress++;
    try {
      return await this.engine.track(operation);
    } finally {
      this.inProgress--;
      this.leaveIfOver();
    }
  }

  /**
   * The engine calls Cancel at the end of each run, when it has written the state, and when the user cancels the run. At the end,
   * the records of the jobs that the state names are removed, because programs of other languages cannot do it. After Ctrl-C
   * they remain, because another Ctrl-C ends the engine, perhaps before it has written the state.
   */
  async cancel(): Promise<void> {
    const removed = this.inProgress === 0 ? this.host.records.removeReturned() : undefined;
    this.stop(describeCancellation);
    await removed;
  }

  resourceOf(urn: string): PluginResource {
    const type = typeOfUrn(urn);
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (!kind) {
      throw new CodedError({
        code: "unknown-resource-type",
        text: `This plugin has no resource type ${type}.`,
      });
    }
    const resource = this.resources.get(type) ?? new PluginResource(kind, this.host);
    this.resources.set(type, resource);
    return resource;
  }

  /** Calls a function of the package. */
  call(token: string, args: Props): Promise<FunctionAnswer> {
    return callFunction(token, args, this.host, { signal: this.signal });
  }

  private leaveIfOver(): void {
    if (this.isStopped && this.inProgress === 0) this.host.coordination.leave();
  }

  /** `timeout` is in seconds, as in `customTimeouts`; 0 is none. */
  operation(urn: string, timeout = 0): Operation {
    return { urn, signal: this.signal, ...(timeout > 0 && { timeout: timeout * 1_000 }) };
  }
}
