/** The lifecycle of one resource on virtual time, at a service with stale answers. */
import type { JobInputs } from "../../../provider/core/arguments";
import type { JobOutputs } from "../../../provider/core/state";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { finalizeRevision } from "../../../provider/core/finalization";
import type { Operation } from "../../provider/support/faults";
import { host, mortal } from "../../provider/support/host";
import { dataSetId, revisionId, s3Export, s3Import, upload } from "../../provider/support/samples";
import { Simulator } from "../../provider/support/simulator";
import type { Lag } from "./lag";
import { laggingSimulator } from "./lagging-services";

export interface VirtualScript {
  readonly kind: "import" | "upload" | "export";
  readonly behind: Lag;
  /** The longest that an answer is behind, in milliseconds. */
  readonly maxLag: number;
  readonly duration: number;
  /** Milliseconds that each call takes. */
  readonly latency: number;
  /** Answers without content, as the provider takes them: a failed call, which may have been taken. */
  readonly empty: readonly {
    readonly operation: Operation;
    readonly times: number;
    readonly skip: number;
    readonly after: boolean;
  }[];
  readonly start:
    | { readonly how: "undisturbed" }
    /** The process is killed at a call; so many milliseconds later comes the next `up`. */
    | { readonly how: "crash"; readonly call: number; readonly takesEffect: boolean; readonly later: number }
    /** Another process does the same, so many milliseconds later, on this machine or on another one. */
    | { readonly how: "pair"; readonly later: number; readonly machines: 1 | 2 };
}

interface Resource {
  readonly id: string;
  readonly outputs: JobOutputs;
}

const inputsOf = ({ kind }: VirtualScript, trigger: number): JobInputs => {
  const more: Partial<JobInputs> = { triggers: [trigger], onDelete: "deleteAssets" };
  if (kind === "import") return s3Import(["a", "b", "c", "d"], more);
  return kind === "upload" ? upload("prices", more) : s3Export(["a"], more);
};

const assetsOf = { import: 4, upload: 1, export: 0 } as const;
const urn = "urn:pulumi:prove::prove::pulumi-nodejs:dynamic/dataexchange:Job::job";
/** With shifting pages a third of the refreshes miss an asset, so this many in a row do not all miss it. */
const maxRefreshes = 40;
/** More failed runs in a row than this break a promise. */
const maxFailures = 3;

export async function runVirtualScript(script: VirtualScript): Promise<string[]> {
  const { latency, duration } = script;
  const service = new Simulator({ latency: [latency], duration, urlLifetime: 60_000 });
  for (const { operation, ...how } of script.empty) service.fail(operation, "unavailable", how);
  const life = new VirtualRun(script, service);
  await life.run();
  return life.broken;
}

class VirtualRun {
  readonly broken: string[] = [];
  private readonly seen: Simulator;

  constructor(
    private readonly script: VirtualScript,
    private readonly service: Simulator,
  ) {
    this.seen = laggingSimulator(service, script.behind);
  }

  private unless(kept: boolean, promise: string): void {
    if (!kept) this.broken.push(promise);
  }

  async run(): Promise<void> {
    const first = await this.begin();
    if (!first) return;
    const { kind, start } = this.script;
    const starts = this.service.effects().length;
    const mayRepeat = kind === "export" && start.how !== "undisturbed";
    this.unless(starts === 1 || (mayRepeat && starts === 2), `the work was begun ${starts} times`);
    this.checkAssets(first, "after the first up");
    const refreshed = await this.refreshed(first);
    if (!refreshed) return;
    this.checkAssets(refreshed, "after a refresh");
    const second = await this.replaced(refreshed);
    if (!second) return;
    this.checkAssets(second, "after a replacement");
    if (kind === "import") await this.finalized(second.id);
  }

  private async begin(): Promise<Resource | undefined> {
    const { start } = this.script;
    const inputs = inputsOf(this.script, 1);
    const { clock } = this.service;
    if (start.how === "crash") {
      void host(mortal(this.seen, start.call, start.takesEffect))
        .create(inputs, urn)
        .catch(() => undefined);
      await clock.pass(20 * this.script.latency + start.later);
    }
    if (start.how !== "pair") return this.up(inputs);
    const { machines, later } = start;
    const other = machines === 2 ? { machine: {} } : {};
    const [one, two] = await Promise.all([
      this.up(inputs),
      clock.pass(later).then(() => this.up(inputs, undefined, other)),
    ]);
    if (this.script.kind !== "export") this.unless(one?.id === two?.id, "two processes have two jobs");
    return one;
  }

  /** Repeats `up` in new processes until one succeeds. */
  private async up(
    inputs: JobInputs,
    known?: Resource,
    options: Parameters<typeof host>[1] = {},
  ): Promise<Resource | undefined> {
    let resource = known;
    for (let failures = 0; ; failures++) {
      const process = host(this.seen, options);
      try {
        if (!resource) {
          const made = await process.create(inputs, urn);
          return { id: made.id, outputs: made.outputs };
        }
        const { replaces } = process.diff(resource.id, resource.outputs, inputs, urn);
        if (replaces.length === 0)
          return { id: resource.id, outputs: await process.update(resource.id, resource.outputs, inputs) };
        const old: Resource = resource;
        resource = { ...(await process.create(inputs, urn)) };
        await process.delete(old.id, old.outputs);
        return resource;
      } catch (error) {
        if (error instanceof UnfinishedJobError) resource = { id: error.id, outputs: error.outputs };
        const { message } = error as Error;
        this.unless(
          /run `pulumi up` again|next `pulumi up`/.test(message),
          `the message says nothing to do: ${message}`,
        );
        if (failures < maxFailures) continue;
        this.broken.push(`${failures + 1} runs failed: ${message}`);
        return undefined;
      }
    }
  }

  /** Refreshed at once and, when nothing is behind any more, once again. */
  private async refreshed({ id, outputs }: Resource): Promise<Resource | undefined> {
    let now = await host(this.seen).read(id, outputs);
    await this.service.clock.pass(this.script.maxLag + 1_000);
    // A page may shift in any refresh; one that has missed something is known to be repeated.
    const isOpen = () => now?.__incomplete ?? now?.__unlisted;
    for (let times = 1; now && (times === 1 || (isOpen() && times < maxRefreshes)); times++)
      now = await host(this.seen).read(id, now);
    this.unless(now !== undefined, "a refresh lost the job");
    return now && { id, outputs: now };
  }

  private async replaced(old: Resource): Promise<Resource | undefined> {
    const asked = Math.floor(this.service.clock.now());
    const made = await this.up(inputsOf(this.script, 2), old);
    if (!made) return undefined;
    this.unless(made.id !== old.id, "other triggers, and the job did not run");
    const startedAt = this.service.calls.find(
      ({ operation, subject }) => operation === "startJob" && subject === made.id,
    )?.at;
    this.unless((startedAt ?? 0) >= asked, "the job was started before it was asked for");
    return made;
  }

  private checkAssets({ id, outputs }: Resource, when: string): void {
    this.unless(outputs.state === "COMPLETED", `${when} the job in state is ${outputs.state}`);
    const job = this.service.jobs.find((each) => each.id === id);
    this.unless(job?.runs === 1, `${when} the job in state was begun ${job?.runs} times`);
    const named = outputs.assets.map((asset) => asset.id).sort();
    const there = this.service.assets.map((asset) => asset.id).sort();
    const all = assetsOf[this.script.kind];
    this.unless(named.length === all, `${when} the state names ${named.length} of ${all} assets`);
    this.unless(
      named.join() === there.join(),
      `${when} the revision holds ${there.length} assets, the state ${named.length}`,
    );
  }

  /** A job is under way while the revision is to be finalized. */
  private async finalized(done: string): Promise<void> {
    const job = this.service.newJob({ ...inputsOf(this.script, 3) });
    this.service.run(job);
    const isOver = () => job.state === "COMPLETED";
    const setFinalized = this.seen.setFinalized.bind(this.seen);
    this.seen.setFinalized = (...args) => {
      this.service.advance();
      this.unless(isOver(), "the revision was finalized before its job had ended");
      return setFinalized(...args);
    };
    for (let failures = 0; ; failures++) {
      const { session } = host(this.seen);
      const reporter = { status: () => 0, note: () => undefined, warn: () => undefined };
      try {
        await finalizeRevision({ dataSetId, revisionId, jobs: [done, job.id] }, { session, reporter });
        return this.unless(this.service.finalized.has(revisionId), "the revision is not finalized");
      } catch (error) {
        const { message } = error as Error;
        this.unless(/`pulumi up`/.test(message), `the message says nothing to do: ${message}`);
        if (failures > maxFailures) return void this.broken.push(`not finalized in the end: ${message}`);
        await this.service.clock.pass(this.script.maxLag + this.script.duration);
      }
    }
  }
}
