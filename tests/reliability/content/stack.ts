/**
 * A stack of several Jobs, whose engine is these few lines: what it does with states is what Pulumi's does, one resource
 * after the other, and all else are real host processes.
 */
import type { JobArgs } from "../../../index";
import { forgetRegisteredJob } from "../../../provider/dynamic/job-records";
import { Host, InitFailedError } from "../host/host";
import type { Props } from "../host/host";
import type { Resource, Run } from "../host/stack";
import { checkedBy } from "../host/stack";

export interface Goal {
  readonly name: string;
  readonly args: JobArgs;
  readonly deleteBeforeReplace: boolean;
}

export interface UpOptions {
  /** Names of resources that are replaced whatever has changed. */
  readonly replace?: readonly string[];
  /** The engine is killed when so many resources of the run have been made, before it has written the last one down. */
  readonly dieAfter?: number;
}

/** The engine was killed. */
class Died extends Error {}

export class ManyStack {
  readonly resources = new Map<string, Resource>();
  private condemned: Resource[] = [];
  private made = 0;
  private options: UpOptions = {};

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly records: string,
  ) {}

  /** One `up`, with a host of its own, which `onHost` is told of. */
  up(
    goals: readonly Goal[],
    options: UpOptions = {},
    onHost: (host: Host) => void = () => undefined,
  ): Promise<Run> {
    this.options = options;
    this.made = 0;
    return this.run(async (host) => {
      for (const goal of goals) await this.bringAbout(host, goal);
      const names = new Set(goals.map(({ name }) => name));
      for (const [name, resource] of this.resources) {
        if (names.has(name)) continue;
        this.resources.delete(name);
        this.condemned.push(resource);
      }
      for (const old of [...this.condemned]) {
        await host.delete(old.id, old.outputs);
        this.condemned = this.condemned.filter((other) => other !== old);
      }
    }, onHost);
  }

  refresh(): Promise<Run> {
    return this.run(async (host) => {
      for (const [name, old] of this.resources) {
        const outputs = await host.read(old.id, old.outputs);
        if (outputs) this.resources.set(name, { ...old, outputs });
        else this.resources.delete(name);
      }
    });
  }

  private async run(
    work: (host: Host) => Promise<void>,
    onHost: (host: Host) => void = () => undefined,
  ): Promise<Run> {
    const host = await Host.start(this.env);
    onHost(host);
    try {
      await work(host);
      return {};
    } catch (error) {
      const { details, message } = error as Error & { details?: string };
      return { error: details ?? message };
    } finally {
      await host.stop();
    }
  }

  private async bringAbout(host: Host, { name, args, deleteBeforeReplace }: Goal): Promise<void> {
    const old = this.resources.get(name);
    const inputs = await checkedBy(host, name, args, old);
    if (!old) return this.create(host, name, inputs);
    // The engine asks for no diff of what is to be replaced anyway.
    const isForced = this.options.replace?.includes(name) === true;
    const { changes, replaces } = isForced
      ? { changes: true, replaces: ["id"] }
      : await host.diff(old.id, old.outputs, inputs);
    if (replaces.length > 0) {
      if (!deleteBeforeReplace) return this.create(host, name, inputs, () => this.condemned.push(old));
      await host.delete(old.id, old.outputs);
      this.resources.delete(name);
      return this.create(host, name, inputs);
    }
    if (!changes && (old.initErrors ?? []).length === 0) {
      this.resources.set(name, { ...old, inputs });
      return;
    }
    await this.keep(name, inputs, async () => ({
      id: old.id,
      properties: await host.update(old.id, old.outputs, inputs),
    }));
  }

  private create(host: Host, name: string, inputs: Props, onMade = (): unknown => undefined): Promise<void> {
    return this.keep(name, inputs, () => host.create(inputs), onMade);
  }

  /** Keeps in state what came of it, also when it came to be and failed. */
  private async keep(
    name: string,
    inputs: Props,
    work: () => Promise<{ id: string; properties: Props }>,
    onMade = (): unknown => undefined,
  ): Promise<void> {
    try {
      const { id, properties } = await work();
      this.made += 1;
      if (this.made === this.options.dieAfter) throw new Died("the engine was killed");
      this.resources.set(name, { id, inputs, outputs: properties });
      onMade();
      // The program hears that the engine has registered it.
      forgetRegisteredJob(id, this.records);
    } catch (error) {
      if (error instanceof InitFailedError) {
        const { id, properties: outputs, message } = error;
        this.resources.set(name, { id, inputs, outputs, initErrors: [message] });
        onMade();
      }
      throw error;
    }
  }
}
