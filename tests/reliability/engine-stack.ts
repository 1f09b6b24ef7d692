/** A stack on the real engine whose output is searched for secrets. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../index";
import { declareJob } from "../harness/programs";
import { withPlugin } from "../harness/plugin-settings";
import type { HostName } from "../harness/host-differences";
import { setHost } from "../harness/hosts";
import type { EngineRun, JobInState } from "../harness/stack";
import { TestStack } from "../harness/stack";
import type { StackRun, SingleJobStack } from "./faults/scenarios";
import type { Leak, Secrets } from "../harness/secrets";
import { environment } from "../harness/secrets";

/** A stack whose resources belong to the host, as do all that this process declares from now on. */
export function createStack(host: HostName, env: Readonly<Record<string, string>>): Promise<TestStack> {
  setHost(host);
  return TestStack.create({ env, settings: host === "plugin" ? withPlugin({}) : {} });
}

/** Runs `work` with `count` stacks; their jobs must name an endpoint, because they outlive the services of single cases. */
export async function withSearchedStacks<T>(
  count: number,
  secrets: Secrets,
  host: HostName,
  work: (stacks: readonly SearchedStack[]) => Promise<T>,
): Promise<T> {
  const stacks: SearchedStack[] = [];
  try {
    while (stacks.length < count) {
      const test = await createStack(host, environment);
      stacks.push(new SearchedStack(test, secrets));
    }
    return await work(stacks);
  } finally {
    for (const { test } of stacks) await test.remove();
  }
}

export class SearchedStack implements SingleJobStack {
  private readonly written: [place: string, text: string][] = [];

  constructor(
    readonly test: TestStack,
    private readonly secrets: Secrets,
  ) {}

  up(args: JobArgs | undefined): Promise<StackRun> {
    return this.run(args ? declareJob(args) : () => Promise.resolve());
  }

  run(program: PulumiFn): Promise<StackRun> {
    return this.record(this.test.up(program));
  }

  refresh(): Promise<StackRun> {
    return this.record(this.test.refresh());
  }

  async job(): Promise<JobInState | undefined> {
    return (await this.test.jobs())[0];
  }

  async isEmpty(): Promise<boolean> {
    return (await this.test.jobStates()).length === 0;
  }

  async changes(args: JobArgs): Promise<boolean> {
    const run = await this.test.preview(declareJob(args));
    if ((await this.record(Promise.resolve(run))).error !== undefined) return true;
    return Object.keys(run.changes).some((operation) => operation !== "same");
  }

  loseState(): Promise<void> {
    return this.test.clearState();
  }

  private async record(running: Promise<EngineRun>): Promise<StackRun> {
    const { error, stdout, stderr, events } = await running;
    this.written.push(["display", stdout + stderr]);
    // The engine's debug events hold what the program registered; they are only in the program's log.
    const kept = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
    this.written.push(["engine events", JSON.stringify(kept)]);
    this.written.push(["state of the engine", await this.test.readState().catch(() => "")]);
    return error === undefined ? {} : { error: stderr + stdout };
  }

  /** Searches the output since the last search; every secret must have been added by now. */
  search(): Leak[] {
    return this.written.splice(0).flatMap(([place, text]) => this.secrets.search(place, text));
  }
}
