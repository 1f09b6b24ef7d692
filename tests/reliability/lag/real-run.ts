/** The lifecycle of one resource at a service with stale answers; each `up` has a new host process. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import { finalizationCode } from "../../../provider/state-contract";
import { downloadArgs, importArgs, uploadArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import type { StackRun } from "../faults/scenarios";
import { jobsOf } from "../faults/scenarios";
import type { Interceptor, InterceptingProxy } from "../proxy";
import { openInterceptingProxy } from "../proxy";
import { Host, recordsVariable, withRecordsFolder } from "../host/host";
import { SingleJobHostStack } from "../host/stack";
import { environment, seededSecrets } from "../secrets/secrets";

export const kinds = ["import", "upload", "export"] as const;
export const starts = ["undisturbed", "crash", "pair"] as const;

export interface RealScript {
  readonly name: string;
  readonly kind: (typeof kinds)[number];
  readonly start: (typeof starts)[number];
  readonly interceptorFor: (service: TestService) => Interceptor;
  /** Maximum age of an answer, in milliseconds. */
  readonly maxLag: number;
  /** By how much the clock of the processes is off, in milliseconds. */
  readonly clockShift?: number;
}

export const scriptName = ({ kind, start, name }: RealScript): string => `${kind}, ${start}: ${name}`;

export async function runRealScript(script: RealScript): Promise<string[]> {
  const service = await TestService.start({ jobDuration: "700ms" });
  const proxy = await openInterceptingProxy(service.local.endpoint);
  try {
    return await withRecordsFolder((records) =>
      runInService(new RealRun(script, service, proxy, records), service),
    );
  } finally {
    await proxy.close();
    await service.stop();
  }
}

async function runInService(life: RealRun, service: TestService): Promise<string[]> {
  try {
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    await service.createBucket("target");
    await life.run();
    return life.broken;
  } catch (error) {
    return [...life.broken, (error as Error).message];
  } finally {
    await life.stop();
  }
}

const keys = ["a.csv", "b.csv", "c.csv", "d.csv"];
const assetsOf = { import: 4, upload: 1, export: 0 } as const;
const maxFailures = 3;

class RealRun {
  readonly broken: string[] = [];
  private readonly hosts: Host[] = [];
  private revision!: RevisionIds;
  /** The asset that an export exports; its revision is not the one under test. */
  private exported?: RevisionIds & { assetId: string };

  constructor(
    private readonly script: RealScript,
    private readonly service: TestService,
    private readonly proxy: InterceptingProxy,
    private readonly records: string,
  ) {}

  async stop(): Promise<void> {
    for (const host of this.hosts) await host.stop();
  }

  private unless(kept: boolean, promise: string): void {
    if (!kept) this.broken.push(promise);
  }

  private async fresh(): Promise<Host> {
    const { clockShift } = this.script;
    const host = await Host.start({
      ...environment,
      AWS_ENDPOINT_URL: this.proxy.url,
      [recordsVariable]: this.records,
      ...(clockShift !== undefined && {
        NODE_OPTIONS: `--require ${JSON.stringify(require.resolve("./clock-shift"))}`,
        SHIFT_MS: String(clockShift),
      }),
    });
    this.hosts.push(host);
    return host;
  }

  async run(): Promise<void> {
    const { service, script } = this;
    this.revision = await service.createEmptyRevision();
    if (script.kind === "export") {
      const revisionId = await service.createRevision(this.revision.dataSetId);
      this.exported = await service.importAsset({ ...this.revision, revisionId }, "source", "a.csv");
    }
    this.proxy.between = script.interceptorFor(service);
    const stack = await this.begin();
    const mayRepeat = script.kind === "export" && script.start !== "undisturbed";
    const begun = this.starts();
    this.unless(begun === 1 || (mayRepeat && begun === 2), `the work was begun ${begun} times`);
    await this.check(stack, "after the first up");
    await this.refresh(stack);
    await this.check(stack, "after a refresh");
    await this.up(stack, 2);
    this.unless(this.starts() === begun + 1, "other triggers, and the job did not run once more");
    await this.check(stack, "after a replacement");
    if (script.kind === "import") await this.finalize(stack);
  }

  private starts(): number {
    const { service, revision } = this;
    return jobsOf({ service, revision }, this.args(1).type).reduce((sum, job) => sum + job.startCount, 0);
  }

  private args(trigger: number): JobArgs {
    const { kind } = this.script;
    const common = { triggers: [trigger], onDelete: "deleteAssets" as const };
    const { revision, exported } = this;
    if (kind === "import") return importArgs(revision, keys, common);
    if (kind === "upload") return uploadArgs(revision, "upload.txt", seededSecrets.body, common);
    return downloadArgs(exported!, { triggers: [trigger] });
  }

  private async begin(): Promise<SingleJobHostStack> {
    const { start } = this.script;
    const stack = new SingleJobHostStack(await this.fresh());
    if (start === "pair") {
      const other = new SingleJobHostStack(await this.fresh());
      await Promise.all([this.up(stack, 1, true), this.up(other, 1, true)]);
      if (this.script.kind !== "export")
        this.unless(stack.resource?.id === other.resource?.id, "two processes have two jobs");
    } else if (start === "crash") {
      const { host } = stack;
      void stack.up(this.args(1)).catch(() => undefined);
      while (this.starts() === 0) await sleep(20);
      await host.stop();
      await stack.loseState();
      await this.up(stack, 1);
    } else await this.up(stack, 1, true);
    return stack;
  }

  /** Repeats `up` in new processes until one succeeds. */
  private async up(stack: SingleJobHostStack, trigger: number, isFresh = false): Promise<void> {
    for (let failures = 0; ; failures++) {
      if (!isFresh || failures > 0) stack.host = await this.fresh();
      const { error } = await stack.up(this.args(trigger));
      if (error === undefined) return;
      this.unless(
        /run `pulumi up` again|next `pulumi up`/i.test(error),
        `the message says nothing to do: ${error}`,
      );
      if (failures === maxFailures) throw new Error(`${failures + 1} runs failed: ${error}`);
    }
  }

  private async refresh(stack: SingleJobHostStack): Promise<void> {
    stack.host = await this.fresh();
    await need(stack.refresh());
    await sleep(this.script.maxLag);
    const isOpen = () =>
      ["__incomplete", "__unlisted"].some((name) => stack.resource?.outputs[name] !== undefined);
    for (let times = 0; times === 0 || (isOpen() && times < 10); times++) await need(stack.refresh());
  }

  private async check(stack: SingleJobHostStack, when: string): Promise<void> {
    const outputs = stack.resource?.outputs;
    this.unless(outputs?.state === "COMPLETED", `${when} the job in state is ${String(outputs?.state)}`);
    const named = readOutputs(outputs ?? {})
      .assets.map(({ name }) => name)
      .sort();
    const there = await this.service.listAssetNames(this.revision);
    const all = assetsOf[this.script.kind];
    this.unless(named.length === all, `${when} the state names ${named.length} of ${all} assets`);
    this.unless(
      named.join() === there.join(),
      `${when} the revision holds ${there.join()}, the state ${named.join()}`,
    );
  }

  /** Finalizes the revision while another import into it runs. */
  private async finalize(stack: SingleJobHostStack): Promise<void> {
    const release = this.service.local.pauseJobs();
    const slow = new SingleJobHostStack(await this.fresh(), "slow");
    const args: JobArgs = { ...this.args(3), timeouts: { run: "1s" } };
    await slow.up(args);
    const jobs = [stack.resource!.id, slow.resource!.id];
    const host = await this.fresh();
    const inputs = { ...this.revision, jobs, __provider: finalizationCode };
    const run = (): Promise<StackRun> =>
      host.create(inputs).then(
        () => ({}),
        (error: Error & { details?: string }) => ({ error: error.details ?? error.message }),
      );
    const early = await run();
    this.unless(
      /is not finalized/.test(early.error ?? ""),
      `a revision was finalized early: ${early.error ?? "no error"}`,
    );
    release();
    await this.up(slow, 3);
    for (let failures = 0; ; failures++) {
      const { error } = await run();
      if (error === undefined) return;
      if (failures === maxFailures) throw new Error(`not finalized in the end: ${error}`);
      await sleep(this.script.maxLag);
    }
  }
}

async function need(run: Promise<StackRun>): Promise<void> {
  const { error } = await run;
  if (error !== undefined) throw new Error(`a refresh failed: ${error}`);
}
