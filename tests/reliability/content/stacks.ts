/** Stacks of the content suite: on the real engine and on host processes. */
import { Job } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import { withImpliedNames } from "../../../service-model/job";
import { running } from "../../harness/processes";
import type { RevisionIds, TestService } from "../../harness/service";
import type { TestStack } from "../../harness/stack";
import { Host, recordsVariable, withRecordsFolder } from "../host/host";
import { HostStack } from "../host/stack";
import type { InterceptingProxy } from "../proxy";
import { openInterceptingProxy } from "../proxy";
import { environment } from "../secrets/secrets";
import type { ContentStack, ContentStackRun, Crash, JobInState } from "./content-run";
import type { Program } from "./program";
import { argsOf } from "./program";

export class EngineContentStack implements ContentStack {
  constructor(
    private readonly stack: TestStack,
    private readonly proxy: InterceptingProxy,
    private readonly places: readonly RevisionIds[],
  ) {}

  async up(
    { specs, objects }: Program,
    { replace, crash }: Parameters<ContentStack["up"]>[1],
  ): Promise<ContentStackRun> {
    const program = () => {
      for (const spec of specs) {
        const { name, deleteBeforeReplace } = spec;
        new Job(name, argsOf(spec, objects, this.places), { deleteBeforeReplace });
      }
      return Promise.resolve();
    };
    const urns = (await this.stack.jobs()).map(({ urn }) => urn);
    const replaced = urns.filter((urn) => replace !== undefined && urn.endsWith(`::${replace}`));
    let hasDied = false;
    killAt(
      this.proxy,
      crash?.made === undefined ? crash : { call: { nth: 5 * crash.made, side: "after" } },
      () => {
        const { host, engine } = running();
        hasDied = crash?.made !== undefined;
        for (const pid of [hasDied ? engine : undefined, host])
          if (pid !== undefined) process.kill(pid, "SIGKILL");
      },
    );
    const run = await this.stack.up(program, { replace: replaced });
    this.proxy.between = {};
    if (hasDied) await this.stack.stack.cancel();
    return toRun(run);
  }

  async refresh(): Promise<ContentStackRun> {
    return toRun(await this.stack.refresh());
  }

  async jobsInState(): Promise<ReadonlyMap<string, JobInState>> {
    const jobs = (await this.stack.jobs()).filter((job) => (job as { delete?: boolean }).delete !== true);
    return new Map(
      jobs.map(({ urn, id, outputs }): [string, JobInState] => [
        urn.split("::").at(-1)!,
        { id, assets: withImpliedNames(outputs, outputs.assets) },
      ]),
    );
  }
}

const toRun = ({ error, stderr, stdout }: Awaited<ReturnType<TestStack["up"]>>): ContentStackRun =>
  error ? { error: stderr + stdout } : {};

export async function withHostStack<T>(
  service: TestService,
  places: readonly RevisionIds[],
  work: (stack: ContentStack) => Promise<T>,
): Promise<T> {
  const proxy = await openInterceptingProxy(service.local.endpoint);
  try {
    return await withRecordsFolder((records) => {
      const env = { ...environment, AWS_ENDPOINT_URL: proxy.url, [recordsVariable]: records };
      return work(new HostContentStack(new HostStack(records), env, proxy, places));
    });
  } finally {
    await proxy.close();
  }
}

class HostContentStack implements ContentStack {
  constructor(
    private readonly stack: HostStack,
    private readonly env: Readonly<Record<string, string>>,
    private readonly proxy: InterceptingProxy,
    private readonly places: readonly RevisionIds[],
  ) {}

  async up(
    { specs, objects }: Program,
    { replace, crash }: Parameters<ContentStack["up"]>[1],
  ): Promise<ContentStackRun> {
    const jobs = specs.map((spec) => ({ ...spec, args: argsOf(spec, objects, this.places) }));
    const options = { ...(replace !== undefined && { replace: [replace] }), dieAfter: crash?.made };
    const run = await this.withHost((host) => {
      killAt(this.proxy, crash, () => process.kill(host.pid, "SIGKILL"));
      return this.stack.upAll(jobs, options);
    });
    this.proxy.between = {};
    return run;
  }

  refresh(): Promise<ContentStackRun> {
    return this.withHost(() => this.stack.refresh());
  }

  /** Each run has a host of its own, as on the real engine. */
  private async withHost<T>(run: (host: Host) => Promise<T>): Promise<T> {
    const host = (this.stack.host = await Host.start(this.env));
    try {
      return await run(host);
    } finally {
      await host.stop();
    }
  }

  jobsInState(): Promise<ReadonlyMap<string, JobInState>> {
    const entries = [...this.stack.resources].map(([name, { id, outputs }]): [string, JobInState] => [
      name,
      { id, assets: readOutputs(outputs).assets },
    ]);
    return Promise.resolve(new Map(entries));
  }
}

/** Runs `kill` at the call of the crash; neither it nor a later call is answered. */
function killAt(proxy: InterceptingProxy, { call }: Crash = {}, kill: () => void): void {
  let calls = 0;
  let dead = false;
  const die = (): never => {
    if (!dead) kill();
    dead = true;
    throw new Error("The process has been killed.");
  };
  if (!call) return;
  proxy.between = {
    before() {
      calls += 1;
      return dead || (calls === call.nth && call.side === "before") ? die() : undefined;
    },
    after: (_, answer) => (calls >= call.nth ? die() : answer),
  };
}
