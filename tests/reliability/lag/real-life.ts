/** One resource's life in real host processes, each `up` in one of its own, at a service whose answers are behind. */
import { setTimeout as sleep } from "node:timers/promises";

import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import { finalizationCode } from "../../../provider/state-contract";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import { jobsOf } from "../faults/fixture";
import type { Between, Proxy } from "../frame/proxy";
import { openProxy } from "../frame/proxy";
import { recordsVariable, withRecords } from "../frame/records";
import { Host } from "../host/host";
import type { Run } from "../host/stack";
import { HostStack } from "../host/stack";
import { environment, planted } from "../secrets/seeded-secrets";

export const kinds = ["import", "upload", "export"] as const;
export const starts = ["undisturbed", "crash", "pair"] as const;

export interface RealScript {
  readonly name: string;
  readonly kind: (typeof kinds)[number];
  readonly start: (typeof starts)[number];
  readonly between: (service: TestService) => Between;
  /** The longest that an answer is behind, in milliseconds. */
  readonly longest: number;
  /** By how much the clock of the processes is off, in milliseconds. */
  readonly shift?: number;
}

export const nameOf = ({ kind, start, name }: RealScript): string => `${kind}, ${start}: ${name}`;

export async function liveReally(script: RealScript): Promise<string[]> {
  const service = await TestService.start({ jobDuration: "700ms" });
  const proxy = await openProxy(service.local.endpoint);
  try {
    return await withRecords((records) => liveIn(new RealLife(script, service, proxy, records), service));
  } finally {
    await proxy.close();
    await service.stop();
  }
}

async function liveIn(life: RealLife, service: TestService): Promise<string[]> {
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
const mostFailures = 3;

type Place = RevisionIds;

class RealLife {
  readonly broken: string[] = [];
  private readonly hosts: Host[] = [];
  private place!: Place;
  /** What an export exports; it is in another revision than what the job makes. */
  private exported?: RevisionIds & { assetId: string };

  constructor(
    private readonly script: RealScript,
    private readonly service: TestService,
    private readonly proxy: Proxy,
    private readonly records: string,
  ) {}

  async stop(): Promise<void> {
    for (const host of this.hosts) await host.stop();
  }

  private unless(kept: boolean, promise: string): void {
    if (!kept) this.broken.push(promise);
  }

  private async fresh(): Promise<Host> {
    const { shift } = this.script;
    const host = await Host.start({
      ...environment,
      AWS_ENDPOINT_URL: this.proxy.url,
      [recordsVariable]: this.records,
      ...(shift !== undefined && {
        NODE_OPTIONS: `--require ${JSON.stringify(require.resolve("./shift"))}`,
        SHIFT_MS: String(shift),
      }),
    });
    this.hosts.push(host);
    return host;
  }

  async run(): Promise<void> {
    const { service, script } = this;
    this.place = await service.createEmptyRevision();
    if (script.kind === "export") {
      const revisionId = await service.createRevision(this.place.dataSetId);
      this.exported = await service.importAsset({ ...this.place, revisionId }, "source", "a.csv");
    }
    this.proxy.between = script.between(service);
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
    const { service, place } = this;
    return jobsOf({ service, place }, this.args(1).type).reduce((sum, job) => sum + job.startCount, 0);
  }

  private args(trigger: number): JobArgs {
    const { kind } = this.script;
    const common = { triggers: [trigger], onDelete: "deleteAssets" as const };
    const { place, exported } = this;
    if (kind === "import") {
      const assetSources = keys.map((key) => ({ bucket: "source", key }));
      return {
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...place, assetSources } },
        ...common,
      };
    }
    if (kind === "upload") {
      return {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...place, assetName: "upload.txt" } },
        upload: new asset.StringAsset(planted.body),
        ...common,
      };
    }
    return {
      type: "EXPORT_ASSET_TO_SIGNED_URL",
      details: { exportAssetToSignedUrl: exported! },
      triggers: [trigger],
    };
  }

  private async begin(): Promise<HostStack> {
    const { start } = this.script;
    const stack = new HostStack(await this.fresh());
    if (start === "pair") {
      const other = new HostStack(await this.fresh());
      await Promise.all([this.up(stack, 1, true), this.up(other, 1, true)]);
      if (this.script.kind !== "export")
        this.unless(stack.resource?.id === other.resource?.id, "two processes have two jobs");
    } else if (start === "crash") {
      const { host } = stack;
      void stack.up(this.args(1)).catch(() => undefined);
      while (this.starts() === 0) await sleep(20);
      await host.stop();
      stack.loseState();
      await this.up(stack, 1);
    } else await this.up(stack, 1, true);
    return stack;
  }

  /** Runs until one goes well; each has a process of its own. */
  private async up(stack: HostStack, trigger: number, isFresh = false): Promise<void> {
    for (let failures = 0; ; failures++) {
      if (!isFresh || failures > 0) stack.host = await this.fresh();
      const { error } = await stack.up(this.args(trigger));
      if (error === undefined) return;
      this.unless(
        /run `pulumi up` again|next `pulumi up`/i.test(error),
        `the message says nothing to do: ${error}`,
      );
      if (failures === mostFailures) throw new Error(`${failures + 1} runs failed: ${error}`);
    }
  }

  private async refresh(stack: HostStack): Promise<void> {
    stack.host = await this.fresh();
    await need(stack.refresh());
    await sleep(this.script.longest);
    const isOpen = () =>
      ["__incomplete", "__unlisted"].some((name) => stack.resource?.outputs[name] !== undefined);
    for (let times = 0; times === 0 || (isOpen() && times < 10); times++) await need(stack.refresh());
  }

  private async check(stack: HostStack, when: string): Promise<void> {
    const outputs = stack.resource?.outputs;
    this.unless(outputs?.state === "COMPLETED", `${when} the job in state is ${String(outputs?.state)}`);
    const named = readOutputs(outputs ?? {})
      .assets.map(({ name }) => name)
      .sort();
    const there = await this.service.listAssetNames(this.place);
    const all = assetsOf[this.script.kind];
    this.unless(named.length === all, `${when} the state names ${named.length} of ${all} assets`);
    this.unless(
      named.join() === there.join(),
      `${when} the revision holds ${there.join()}, the state ${named.join()}`,
    );
  }

  /** The revision is to be finalized while another import into it runs. */
  private async finalize(stack: HostStack): Promise<void> {
    const release = this.service.local.pauseJobs();
    const slow = new HostStack(await this.fresh(), "slow");
    const args: JobArgs = { ...this.args(3), timeouts: { run: "1s" } };
    await slow.up(args);
    const jobs = [stack.resource!.id, slow.resource!.id];
    const host = await this.fresh();
    const inputs = { ...this.place, jobs, __provider: finalizationCode };
    const run = (): Promise<Run> =>
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
      if (failures === mostFailures) throw new Error(`not finalized in the end: ${error}`);
      await sleep(this.script.longest);
    }
  }
}

async function need(run: Promise<Run>): Promise<void> {
  const { error } = await run;
  if (error !== undefined) throw new Error(`a refresh failed: ${error}`);
}
