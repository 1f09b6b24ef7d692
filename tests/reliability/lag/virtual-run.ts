/** A run on virtual time, at a simulated service with stale answers. */
import type { JobInputs } from "../../../provider/core/arguments";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { finalizeRevision } from "../../../provider/core/finalization";
import type { JobOutputs } from "../../../provider/core/state";
import type { Operation } from "../../provider/support/faults";
import type { HostOptions } from "../../provider/support/host";
import { host, mortal } from "../../provider/support/host";
import { dataSetId, revisionId, s3Export, s3Import, upload } from "../../provider/support/samples";
import { Simulator } from "../../provider/support/simulator";
import type { StackRun } from "../faults/scenarios";
import type { Lag } from "./lag";
import type { LagScript } from "./lag-run";
import { LagRun } from "./lag-run";
import { laggingSimulator } from "./lagging-services";

export interface VirtualScript extends LagScript {
  readonly lag: Lag;
  /** Milliseconds that a job takes. */
  readonly duration: number;
  /** Milliseconds that each call takes. */
  readonly latency: number;
  /** Answers without content, as the provider sees them: failed calls, which may have had their effect. */
  readonly empty: readonly {
    readonly operation: Operation;
    readonly times: number;
    readonly skip: number;
    readonly after: boolean;
  }[];
  readonly start:
    | { readonly how: "undisturbed" }
    /** The process is killed at a call; the next `up` begins `later` milliseconds later. */
    | { readonly how: "crash"; readonly call: number; readonly takesEffect: boolean; readonly later: number }
    /** Another process does the same `later` milliseconds later, on this machine or on another one. */
    | { readonly how: "pair"; readonly later: number; readonly machines: 1 | 2 };
}

const urn = "urn:pulumi:prove::prove::pulumi-nodejs:dynamic/dataexchange:Job::job";

export function runVirtualScript(script: VirtualScript): Promise<readonly string[]> {
  const { latency, duration } = script;
  const service = new Simulator({ latency: [latency], duration, urlLifetime: 60_000 });
  for (const { operation, ...how } of script.empty) service.fail(operation, "unavailable", how);
  return new VirtualRun(script, service).run();
}

class VirtualStack {
  resource?: { readonly id: string; readonly outputs: JobOutputs };

  constructor(
    private readonly service: Simulator,
    private readonly options: HostOptions = {},
  ) {}

  async up(inputs: JobInputs): Promise<StackRun> {
    const process = host(this.service, this.options);
    const old = this.resource;
    try {
      if (old && process.diff(old.id, old.outputs, inputs, urn).replaces.length === 0) {
        this.resource = { id: old.id, outputs: await process.update(old.id, old.outputs, inputs) };
        return {};
      }
      this.resource = await process.create(inputs, urn);
      if (old) await process.delete(old.id, old.outputs);
      return {};
    } catch (error) {
      if (error instanceof UnfinishedJobError) this.resource = { id: error.id, outputs: error.outputs };
      return { error: (error as Error).message };
    }
  }

  async refresh(): Promise<StackRun> {
    const { id, outputs } = this.resource!;
    const read = await host(this.service).read(id, outputs);
    this.resource = read && { id, outputs: read };
    return {};
  }
}

class VirtualRun extends LagRun<VirtualStack> {
  private readonly lagging: Simulator;

  constructor(
    protected readonly script: VirtualScript,
    private readonly service: Simulator,
  ) {
    super();
    this.lagging = laggingSimulator(service, script.lag);
  }

  protected get isDisturbed(): boolean {
    return this.script.start.how !== "undisturbed";
  }

  protected async begin(): Promise<VirtualStack> {
    const { script, lagging } = this;
    const { start, latency } = script;
    const stack = new VirtualStack(lagging);
    if (start.how === "crash") {
      const killed = host(mortal(lagging, start.call, start.takesEffect));
      void killed.create(this.inputs(1), urn).catch(() => undefined);
      await this.service.clock.pass(20 * latency + start.later);
    }
    if (start.how === "pair") {
      const other = new VirtualStack(lagging, start.machines === 2 ? { machine: {} } : {});
      const second = this.service.clock.pass(start.later).then(() => this.up(other, 1));
      await Promise.all([this.up(stack, 1), second]);
      const isShared = stack.resource?.id === other.resource?.id;
      this.unless(isShared || script.kind === "export", "two processes have two jobs");
    } else await this.up(stack, 1);
    return stack;
  }

  /** Each operation has a new host. */
  protected restart(): Promise<void> {
    return Promise.resolve();
  }

  protected upOnce(stack: VirtualStack, trigger: number): Promise<StackRun> {
    return stack.up(this.inputs(trigger));
  }

  protected jobs() {
    return this.service.jobs.map(({ id, runs }) => ({ id, startCount: runs }));
  }

  protected assetIds(): Promise<string[]> {
    return Promise.resolve(this.service.assets.map(({ id }) => id));
  }

  protected wait(ms: number): Promise<unknown> {
    return this.service.clock.pass(ms + 1_000);
  }

  protected async finalize({ resource }: VirtualStack): Promise<void> {
    const { service, lagging, script } = this;
    const job = service.newJob(this.inputs(3));
    service.run(job);
    const setFinalized = lagging.setFinalized.bind(lagging);
    lagging.setFinalized = (...args) => {
      service.advance();
      this.unless(job.state === "COMPLETED", "the revision was finalized before its job had ended");
      return setFinalized(...args);
    };
    const inputs = { dataSetId, revisionId, jobs: [resource!.id, job.id] };
    const reporter = { status: () => 0, note: () => undefined, warn: () => undefined };
    const run = () =>
      finalizeRevision(inputs, { session: host(lagging).session, reporter }).then(
        () => ({}),
        ({ message }: Error) => ({ error: message }),
      );
    await this.repeat(run, script.maxLag + script.duration);
    this.unless(service.finalized.has(revisionId), "the revision is not finalized");
  }

  private inputs(trigger: number): JobInputs {
    const more: Partial<JobInputs> = { triggers: [trigger], onDelete: "deleteAssets" };
    const { kind } = this.script;
    if (kind === "import") return s3Import(["a", "b", "c", "d"], more);
    return kind === "upload" ? upload("prices", more) : s3Export(["a"], more);
  }
}
