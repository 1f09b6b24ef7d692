/** A stack on the real engine whose output is searched for secrets. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../index";
import { declareJob } from "../harness/programs";
import type { EngineRun as EngineRun } from "../harness/stack";
import { TestStack } from "../harness/stack";
import { TestService } from "../harness/service";
import type { StackRun, SingleJobStack } from "./faults/scenarios";
import type { Secrets } from "./secrets/secrets";

export class SearchedStack implements SingleJobStack {
  private constructor(
    readonly test: TestStack,
    private readonly service: TestService,
    private readonly secrets: Secrets,
  ) {}

  /** Jobs must name their endpoint, because the stack outlives the services of single cases. */
  static async open(secrets: Secrets): Promise<SearchedStack> {
    const service = await TestService.start();
    return new SearchedStack(await TestStack.create({ env: service.env }), service, secrets);
  }

  async close(): Promise<void> {
    await this.test.remove();
    await this.service.stop();
  }

  up(args: JobArgs | undefined): Promise<StackRun> {
    return this.run(args ? declareJob(args) : () => Promise.resolve());
  }

  run(program: PulumiFn): Promise<StackRun> {
    return this.record(this.test.up(program));
  }

  refresh(): Promise<StackRun> {
    return this.record(this.test.refresh());
  }

  async job(): Promise<{ id: string; outputs: Record<string, unknown> } | undefined> {
    const [job] = await this.test.jobs();
    return job;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.jobStates()).length === 0;
  }

  jobStates(): Promise<{ id: string; state: string }[]> {
    return this.test.jobStates();
  }

  async changes(args: JobArgs): Promise<boolean> {
    const run = await this.test.preview(declareJob(args));
    if ((await this.record(Promise.resolve(run))).error !== undefined) return true;
    return Object.keys(run.changes).some((operation) => operation !== "same");
  }

  loseState(): Promise<void> {
    return this.test.stack.importStack({ version: 3, deployment: {} });
  }

  /** Removes the lock of a killed engine. */
  unlock(): Promise<void> {
    return this.test.stack.cancel();
  }

  private async record(running: Promise<EngineRun>): Promise<StackRun> {
    const { error, stdout, stderr, events } = await running;
    this.written.push(["display", stdout + stderr]);
    // The engine's debug events hold what the program registered; they are only for the program's log.
    const kept = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
    this.written.push(["engine events", JSON.stringify(kept)]);
    this.written.push(["state of the engine", await this.test.readState().catch(() => "")]);
    return error === undefined ? {} : { error: stderr + stdout };
  }

  private readonly written: [place: string, text: string][] = [];

  /** Searches what was written since the last time; every secret must have been planted by now. */
  search(): ReturnType<Secrets["search"]> {
    return this.written.splice(0).flatMap(([place, text]) => this.secrets.search(place, text));
  }
}
