/** The steps on the real engine, which is killed together with its host, or whose host is. */
import { Job } from "../../../index";
import { withImpliedNames } from "../../../service-model/job";
import { running } from "../../harness/processes";
import type { TestStack } from "../../harness/stack";
import type { Proxy } from "../frame/proxy";
import type { ContentStack, InState, Run } from "./life";
import { killAt } from "./on-hosts";
import type { Declared, Place } from "./program";
import { argsOf } from "./program";

export class OnEngine implements ContentStack {
  constructor(
    private readonly stack: TestStack,
    private readonly proxy: Proxy,
    private readonly places: readonly Place[],
  ) {}

  async up(
    { specs, objects }: Declared,
    { replace, crash }: Parameters<ContentStack["up"]>[1],
  ): Promise<Run> {
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
    return told(run);
  }

  async refresh(): Promise<Run> {
    return told(await this.stack.refresh());
  }

  async state(): Promise<ReadonlyMap<string, InState>> {
    const jobs = (await this.stack.jobs()).filter((job) => (job as { delete?: boolean }).delete !== true);
    return new Map(
      jobs.map(({ urn, id, outputs }): [string, InState] => [
        urn.split("::").at(-1)!,
        { id, assets: withImpliedNames(outputs, outputs.assets) },
      ]),
    );
  }
}

const told = ({ error, stderr, stdout }: Awaited<ReturnType<TestStack["up"]>>): Run =>
  error ? { error: stderr + stdout } : {};
