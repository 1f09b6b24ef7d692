/** The steps on real host processes. */
import { readOutputs } from "../../../provider/core/state";
import type { TestService } from "../../harness/service";
import type { Proxy } from "../frame/proxy";
import { openProxy } from "../frame/proxy";
import { recordsVariable, withRecords } from "../frame/records";
import { environment } from "../secrets/seeded-secrets";
import type { ContentStack, Crash, InState, Run } from "./life";
import type { Declared, Place } from "./program";
import { argsOf } from "./program";
import { ManyStack } from "./stack";

export async function withHosts<T>(
  service: TestService,
  places: readonly Place[],
  work: (stack: ContentStack) => Promise<T>,
): Promise<T> {
  const proxy = await openProxy(service.local.endpoint);
  try {
    return await withRecords((records) => {
      const env = { ...environment, AWS_ENDPOINT_URL: proxy.url, [recordsVariable]: records };
      return work(new OnHosts(new ManyStack(env, records), proxy, places));
    });
  } finally {
    await proxy.close();
  }
}

class OnHosts implements ContentStack {
  constructor(
    private readonly stack: ManyStack,
    private readonly proxy: Proxy,
    private readonly places: readonly Place[],
  ) {}

  async up(
    { specs, objects }: Declared,
    { replace, crash }: Parameters<ContentStack["up"]>[1],
  ): Promise<Run> {
    const goals = specs.map((spec) => ({
      name: spec.name,
      args: argsOf(spec, objects, this.places),
      deleteBeforeReplace: spec.deleteBeforeReplace,
    }));
    const options = {
      ...(replace !== undefined && { replace: [replace] }),
      ...(crash?.made !== undefined && { dieAfter: crash.made }),
    };
    const run = await this.stack.up(goals, options, (host) => {
      killAt(this.proxy, crash, () => process.kill(host.pid, "SIGKILL"));
    });
    this.proxy.between = {};
    return run;
  }

  refresh(): Promise<Run> {
    return this.stack.refresh();
  }

  state(): Promise<ReadonlyMap<string, InState>> {
    const entries = [...this.stack.resources].map(([name, { id, outputs }]): [string, InState] => [
      name,
      { id, assets: readOutputs(outputs).assets },
    ]);
    return Promise.resolve(new Map(entries));
  }
}

/** Kills at the crash's call, whose answer nobody gets. */
export function killAt(proxy: Proxy, { call }: Crash = {}, kill: () => void): void {
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
