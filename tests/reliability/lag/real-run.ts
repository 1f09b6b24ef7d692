/** A run in real processes over HTTP; each `up` has a new host process. */
import { setTimeout as sleep } from "node:timers/promises";

import type { JobArgs } from "../../../index";
import { codesIn } from "../../../lib/message-code";
import { finalizationCode, finalizationToken } from "../../../provider/resources/state-contract";
import { downloadArgs, importArgs, uploadArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import type { StackRun } from "../faults/scenarios";
import { jobsOf } from "../faults/scenarios";
import type { HostName } from "../../harness/host-differences";
import { Host, createRecordsFolder, declareResource } from "../../harness/host";
import { SingleJobHostStack } from "../host-stack";
import type { Interceptor, InterceptingProxy } from "../proxy";
import { openInterceptingProxy } from "../proxy";
import { seededSecrets } from "../../harness/secrets";
import type { LagScript } from "./lag-run";
import { LagRun } from "./lag-run";

export const starts = ["uninterrupted", "crash", "pair"] as const;

export interface RealScript extends LagScript {
  readonly name: string;
  readonly start: (typeof starts)[number];
  readonly interceptorFor: (service: TestService) => Interceptor;
  /** By how much the clock of the processes is wrong, in milliseconds. */
  readonly clockShift?: number;
}

export const scriptName = ({ kind, start, name }: RealScript): string => `${kind}, ${start}: ${name}`;

export async function runRealScript(
  script: RealScript,
  hostKind: HostName = "dynamic",
): Promise<readonly string[]> {
  await using service = await TestService.start({ jobDuration: "700ms" });
  await using proxy = await openInterceptingProxy(service.endpoint);
  await using records = await createRecordsFolder();
  await using run = new RealRun(script, service, proxy, records.path, hostKind);
  return await run.run();
}

const keys = ["a.csv", "b.csv", "c.csv", "d.csv"];

class RealRun extends LagRun<SingleJobHostStack> implements AsyncDisposable {
  private readonly hosts: Host[] = [];
  private revision!: RevisionIds;
  /** The asset that an export exports; its revision is not the one under test. */
  private exported?: RevisionIds & { assetId: string };

  constructor(
    protected readonly script: RealScript,
    private readonly service: TestService,
    private readonly proxy: InterceptingProxy,
    private readonly records: string,
    private readonly hostKind: HostName,
  ) {
    super();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.hosts) await host[Symbol.asyncDispose]();
  }

  protected get mayRepeatExport(): boolean {
    return this.script.start !== "uninterrupted";
  }

  protected async begin(): Promise<SingleJobHostStack> {
    const { service, script } = this;
    const { kind, start } = script;
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
    this.revision = await service.createEmptyRevision();
    if (kind === "export") {
      const revisionId = await service.createRevision(this.revision.dataSetId);
      this.exported = await service.importAsset({ ...this.revision, revisionId }, "source", "a.csv");
    }
    this.proxy.between = script.interceptorFor(service);
    const stack = new SingleJobHostStack();
    if (start === "pair") {
      const other = new SingleJobHostStack();
      await Promise.all([this.up(stack, 1), this.up(other, 1)]);
      const isShared = stack.resource?.id === other.resource?.id;
      this.verify(isShared || kind === "export", "two processes have two jobs");
      return stack;
    }
    if (start === "crash") {
      await this.restart(stack);
      void this.upOnce(stack, 1);
      while (this.starts() === 0) await sleep(20);
      await stack.host[Symbol.asyncDispose]();
      await stack.loseState();
    }
    await this.up(stack, 1);
    return stack;
  }

  protected async restart(stack: SingleJobHostStack): Promise<void> {
    stack.host = await this.startHost();
  }

  protected upOnce(stack: SingleJobHostStack, trigger: number): Promise<StackRun> {
    return stack.up(this.args(trigger));
  }

  protected jobs() {
    const { service, revision } = this;
    return jobsOf({ service, revision }, this.args(1).type);
  }

  protected async assetIds(): Promise<string[]> {
    return (await this.service.assetsIn(this.revision)).map(({ id }) => id);
  }

  protected wait(ms: number): Promise<unknown> {
    return sleep(ms);
  }

  protected async finalize({ resource }: SingleJobHostStack): Promise<void> {
    const release = this.service.local.pauseJobs();
    const slow = new SingleJobHostStack("slow");
    await this.restart(slow);
    await slow.up({ ...this.args(3), timeouts: { run: "1s" } });
    const host = await this.startHost();
    const jobs = [resource!.id, slow.resource!.id];
    const type = { token: finalizationToken, code: finalizationCode };
    const { urn, inputs } = declareResource(host.kind, type, "january", { ...this.revision, jobs });
    const run = (): Promise<StackRun> =>
      host.create(urn, inputs).then(
        () => ({}),
        (error: Error & { details?: string }) => ({ error: error.details ?? error.message }),
      );
    const { error = "" } = await run();
    const isRefused = codesIn(error).includes("revision-jobs-unfinished");
    this.verify(isRefused, `the revision was finalized before its job had ended: ${error}`);
    release();
    await this.up(slow, 3);
    await this.repeat(run, this.script.maxLag);
  }

  private args(trigger: number): JobArgs {
    const { revision, exported } = this;
    const common = { triggers: [trigger], onDelete: "deleteAssets" as const };
    switch (this.script.kind) {
      case "import":
        return importArgs(revision, keys, common);
      case "upload":
        return uploadArgs(revision, "upload.txt", seededSecrets.body, common);
      case "export":
        return downloadArgs(exported!, { triggers: [trigger] });
    }
  }

  private async startHost(): Promise<Host> {
    const { clockShift } = this.script;
    const env = {
      AWS_ENDPOINT_URL: this.proxy.url,
      ...(clockShift !== undefined && {
        NODE_OPTIONS: `--require ${JSON.stringify(require.resolve("./clock-shift"))}`,
        SHIFT_MS: String(clockShift),
      }),
    };
    const host = await Host.start(this.records, { env, kind: this.hostKind });
    this.hosts.push(host);
    return host;
  }
}
