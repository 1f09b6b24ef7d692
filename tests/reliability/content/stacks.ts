/** Stacks of the content suite: on the real engine and on host processes. */
import { Job } from "../../../index";
import { readOutputs } from "../../../provider/core/state";
import { withImpliedNames } from "../../../service-model/job";
import { running } from "../../harness/processes";
import type { EngineRun, TestStack } from "../../harness/stack";
import type { StackRun } from "../faults/scenarios";
import type { HostName } from "../../harness/host-differences";
import { Host, withoutMarks } from "../../harness/host";
import type { DeclaredJob } from "../host-stack";
import { HostStack } from "../host-stack";
import type { Boundary, InterceptingProxy } from "../proxy";

export interface Crash {
  /** The call of the run at which its host is killed, before or after its effect. */
  readonly call?: Omit<Boundary, "call">;
  /** How many resources the engine has created when it is killed before it stores the last one. */
  readonly killEngineAfter?: number;
}

interface JobInState {
  readonly id: string;
  readonly assets: readonly { readonly id: string; readonly name: string }[];
}

export interface UpOptions {
  /** Names of resources to replace. */
  readonly replace?: readonly string[];
  readonly crash?: Crash;
}

/** The stack under test: on host processes or on the real engine. */
export interface ContentStack {
  up(jobs: readonly DeclaredJob[], options: UpOptions): Promise<StackRun>;
  refresh(): Promise<StackRun>;
  /** The resources in state by their names, without those that wait for their deletion. */
  jobsInState(): Promise<ReadonlyMap<string, JobInState>>;
}

export class EngineContentStack implements ContentStack {
  constructor(
    private readonly stack: TestStack,
    private readonly proxy: InterceptingProxy,
  ) {}

  async up(jobs: readonly DeclaredJob[], { replace = [], crash }: UpOptions): Promise<StackRun> {
    const program = () => {
      for (const { name, args, deleteBeforeReplace } of jobs) new Job(name, args, { deleteBeforeReplace });
      return Promise.resolve();
    };
    const urns = (await this.stack.jobs()).map(({ urn }) => urn);
    const killsEngine = crash?.killEngineAfter !== undefined;
    let hasDied = false;
    killAt(this.proxy, killsEngine ? { nth: 5 * crash.killEngineAfter, side: "after" } : crash?.call, () => {
      const { host, engine } = running();
      hasDied = killsEngine;
      for (const pid of [killsEngine ? engine : undefined, host])
        if (pid !== undefined) process.kill(pid, "SIGKILL");
    });
    const replaced = urns.filter((urn) => replace.includes(nameOf(urn)));
    const run = await this.stack.up(program, { replace: replaced });
    this.proxy.between = {};
    if (hasDied) await this.stack.stack.cancel();
    return toStackRun(run);
  }

  async refresh(): Promise<StackRun> {
    return toStackRun(await this.stack.refresh());
  }

  async jobsInState(): Promise<ReadonlyMap<string, JobInState>> {
    const jobs = (await this.stack.jobs()).filter((job) => (job as { delete?: boolean }).delete !== true);
    return new Map(
      jobs.map(({ urn, id, outputs }) => {
        const assets = withImpliedNames(outputs, outputs.assets);
        return [nameOf(urn), { id, assets }];
      }),
    );
  }
}

const nameOf = (urn: string): string => urn.split("::").at(-1)!;

const toStackRun = ({ error, stderr, stdout }: EngineRun): StackRun =>
  error ? { error: stderr + stdout } : {};

/** Each operation has a new host, as on the real engine. */
export class HostContentStack extends HostStack implements ContentStack {
  constructor(
    private readonly folder: string,
    private readonly proxy: InterceptingProxy,
    private readonly kind: HostName,
  ) {
    super(folder);
  }

  async up(jobs: readonly DeclaredJob[], { replace, crash }: UpOptions): Promise<StackRun> {
    await using host = await this.startHost();
    this.host = host;
    killAt(this.proxy, crash?.call, () => process.kill(host.pid, "SIGKILL"));
    const run = await this.upAll(jobs, { replace, killEngineAfter: crash?.killEngineAfter });
    this.proxy.between = {};
    if (crash?.killEngineAfter === undefined) await host.cancel();
    return run;
  }

  override async refresh(): Promise<StackRun> {
    await using host = await this.startHost();
    this.host = host;
    const run = await super.refresh();
    await host.cancel();
    return run;
  }

  private startHost(): Promise<Host> {
    return Host.start(this.folder, { env: { AWS_ENDPOINT_URL: this.proxy.url }, kind: this.kind });
  }

  jobsInState(): Promise<ReadonlyMap<string, JobInState>> {
    const jobs = [...this.resources].map(([name, { id, outputs }]) => {
      return [name, { id, assets: readOutputs(withoutMarks(outputs)).assets }] as const;
    });
    return Promise.resolve(new Map(jobs));
  }
}

/** Runs `kill` at the call of the crash; neither it nor a later call is answered. */
function killAt(proxy: InterceptingProxy, call: Crash["call"], kill: () => void): void {
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
