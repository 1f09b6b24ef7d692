/** Random runs on virtual time, at a simulated service with stale answers; a seed repeats them. */
import fc from "fast-check";

import type { JobInputs } from "../../../provider/core/arguments";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { finalizeRevision } from "../../../provider/core/finalization";
import type { JobOutputs } from "../../../provider/core/state";
import type { Operation } from "../../simulation/faults";
import type { HostOptions } from "../../simulation/host";
import { host, mortal } from "../../simulation/host";
import { dataSetId, revisionId, s3Export, s3Import, upload } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import type { StackRun } from "../faults/scenarios";
import type { Lag } from "../../simulation/lag";
import {
  perItem,
  alternatingReplicas,
  shiftingPages,
  staleJobs,
  combined,
  laggingSimulator,
  uniformLag,
} from "../../simulation/lag";
import type { LagScript } from "./lag-run";
import { LagRun, kinds } from "./lag-run";

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
    | { readonly how: "uninterrupted" }
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

  protected get mayRepeatExport(): boolean {
    return this.script.start.how !== "uninterrupted";
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
      this.verify(isShared || script.kind === "export", "two processes have two jobs");
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
      this.verify(job.state === "COMPLETED", "the revision was finalized before its job had ended");
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
    this.verify(service.finalized.has(revisionId), "the revision is not finalized");
  }

  private inputs(trigger: number): JobInputs {
    const more: Partial<JobInputs> = { triggers: [trigger], onDelete: "deleteAssets" };
    const { kind } = this.script;
    if (kind === "import") return s3Import(["a", "b", "c", "d"], more);
    return kind === "upload" ? upload("prices", more) : s3Export(["a"], more);
  }
}

const maxLag = 30_000;
const age = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: maxLag }));

const anyUniformLag = age.map(uniformLag);

/** Any kind of lag. */
const anyLag: fc.Arbitrary<Lag> = fc
  .record({
    listing: fc.oneof(
      anyUniformLag,
      fc.tuple(age, fc.string({ minLength: 1, maxLength: 4 })).map(([ms, seed]) => perItem(ms, seed)),
      fc.tuple(age, age).map(([one, other]) => alternatingReplicas(one, other)),
    ),
    pages: fc.option(fc.string({ minLength: 1, maxLength: 4 }).map(shiftingPages), { nil: undefined }),
    getJob: fc.option(age.map(staleJobs), { nil: undefined }),
  })
  .map(({ listing, pages, getJob }) => {
    const parts = [listing, pages, getJob].filter((part) => part !== undefined);
    return combined(parts.map(({ name }) => name).join(", "), ...parts);
  });

const common = {
  kind: fc.constantFrom(...kinds),
  maxLag: fc.constant(maxLag),
  duration: fc.constantFrom(0, 500, 5_000, 60_000),
  latency: fc.constantFrom(0, 20, 200),
  empty: fc.array(
    fc.record({
      operation: fc.constantFrom(
        ...(["createJob", "startJob", "getJob", "listJobs", "listRevisionAssets", "cancelJob"] as const),
      ),
      times: fc.integer({ min: 1, max: 3 }),
      skip: fc.nat(3),
      after: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
};

const oneMachine: fc.Arbitrary<VirtualScript["start"]> = fc.oneof(
  fc.constant({ how: "uninterrupted" as const }),
  fc.record({
    how: fc.constant("crash" as const),
    call: fc.integer({ min: 1, max: 14 }),
    takesEffect: fc.boolean(),
    later: fc.constantFrom(0, 100, 1_000, 10_000, 40_000),
  }),
  fc.record({
    how: fc.constant("pair" as const),
    later: fc.integer({ min: 0, max: 5_000 }),
    machines: fc.constant(1 as const),
  }),
);

/**
 * Two machines share no records, so each knows the other only by listings, which must be of one age. The second must begin
 * before the first has created its job, because an earlier job is not taken over.
 */
const twoMachines: fc.Arbitrary<VirtualScript> = common.latency.chain((latency) =>
  fc.record({
    ...common,
    latency: fc.constant(latency),
    empty: fc.constant([]),
    lag: anyUniformLag,
    start: fc.record({
      how: fc.constant("pair" as const),
      later: fc.integer({ min: 0, max: latency }),
      machines: fc.constant(2 as const),
    }),
  }),
);

export const virtualScripts: fc.Arbitrary<VirtualScript> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ...common, lag: anyLag, start: oneMachine }) },
  { weight: 1, arbitrary: twoMachines },
);
