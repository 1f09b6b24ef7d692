/** A stack on the real engine: the Automation API, an inline program and a file backend that goes with the test. */
import type { EngineEvent, OutputMap, ProjectSettings, PulumiFn, UpOptions } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import type { LocalDataExchangeOptions } from "../../emulator";
import type { AssetInState } from "../../service-model/made-assets";
import type { TemporaryWorkspace } from "../../scripts/automation/workspace";
import { temporaryWorkspace } from "../../scripts/automation/workspace";
import { ensurePulumi } from "../../scripts/pulumi-cli";
import type { KeptResource } from "./checkpoint";
import { Checkpoint } from "./checkpoint";
import { World, credentials, region } from "./world";

const project = "engine-test";
const lightHost = require.resolve("./lazy-host-modules");

export interface Run {
  stdout: string;
  stderr: string;
  events: EngineEvent[];
  /** How many resources had each operation: `create`, `same`, `replace`, … */
  changes: Record<string, number>;
  outputs: OutputMap;
  /** Present when the run failed; the tests look at what it says. */
  error?: Error;
}

/** The run, if it did not fail. */
export function ok(run: Run): Run {
  if (run.error) throw new Error(run.stderr || run.error.message);
  return run;
}

export class TestStack {
  program: PulumiFn = () => Promise.resolve();
  /** The last operation, for whoever has to find out why a test failed. */
  last?: Run;
  /** What the operation under way has printed so far. */
  heard = "";

  private constructor(
    readonly stack: Stack,
    private readonly temporary: TemporaryWorkspace,
    private readonly checkpoint: Checkpoint,
    private readonly empty: string,
  ) {
    // After an `up` the Automation API asks the CLI three times for what the state and the events say already.
    const ask = stack.outputs.bind(stack);
    stack.outputs = async () => (await checkpoint.plainOutputs()) ?? ask();
    stack.info = () => Promise.resolve(undefined);
  }

  /** `settings` are added to the project's, for example `awsPlugin`. The stack reaches the service at `endpoint`. */
  static async create(
    world: World,
    settings: Partial<ProjectSettings> = {},
    endpoint = world.local.endpoint,
  ): Promise<TestStack> {
    const temporary = await temporaryWorkspace(await ensurePulumi(), {
      project: { name: project, runtime: "nodejs", main: process.cwd(), ...settings },
      env: {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_ENDPOINT_URL: endpoint,
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(lightHost)}`,
      },
    });
    const checkpoint = new Checkpoint(temporary.folder, project, "test");
    const stack = await Stack.create("test", temporary.workspace);
    return new TestStack(stack, temporary, checkpoint, await checkpoint.text());
  }

  up(
    program?: PulumiFn,
    options: Pick<UpOptions, "parallel" | "replace" | "continueOnError"> = {},
  ): Promise<Run> {
    return this.run(
      (onEvent, onOutput, onError) =>
        this.stack.up({ program: this.use(program), onEvent, onOutput, onError, ...options }),
      reachedEngine,
    );
  }

  preview(program?: PulumiFn): Promise<Run> {
    return this.run(async (onEvent, onOutput, onError) => {
      const { stdout, stderr } = await this.stack.preview({
        program: this.use(program),
        onEvent,
        onOutput,
        onError,
        diff: true,
      });
      return { stdout, stderr };
    }, reachedEngine);
  }

  refresh(): Promise<Run> {
    return this.run((onEvent, onOutput, onError) => this.stack.refresh({ onEvent, onOutput, onError }));
  }

  destroy(): Promise<Run> {
    return this.run((onEvent, onOutput, onError) => this.stack.destroy({ onEvent, onOutput, onError }));
  }

  /** Empties the stack without a run of the engine, for tests that do not care what becomes of what they made. */
  forget(): Promise<void> {
    return this.checkpoint.restore(this.empty);
  }

  /** The one Job in state. */
  async job(): Promise<StateResource> {
    const [job, ...others] = await this.jobs();
    if (!job || others.length > 0)
      throw new Error(`The state holds ${others.length + (job ? 1 : 0)} jobs, not one.`);
    return job;
  }

  /** The resources in state whose type ends so. */
  async resources(type: string): Promise<KeptResource[]> {
    return (await this.checkpoint.resources()).filter((resource) => resource.type.endsWith(type));
  }

  async jobs(): Promise<StateResource[]> {
    return (await this.resources(":Job")) as StateResource[];
  }

  /** All jobs in state, those of sets too. */
  async jobStates(): Promise<{ id: string; state: string }[]> {
    const single = (await this.jobs()).map(({ id, outputs: { state } }) => ({ id, state: String(state) }));
    const sets = await this.resources(":JobSet");
    return [
      ...single,
      ...sets.flatMap(({ outputs }) =>
        Object.values(outputs.results as Record<string, { id: string; state: string }>),
      ),
    ];
  }

  async jobIds(): Promise<string[]> {
    return (await this.jobStates()).map(({ id }) => id).sort();
  }

  /** Every byte that the backend holds, to look for what must not be there. */
  stateText(): Promise<string> {
    return this.checkpoint.text();
  }

  remove(): Promise<void> {
    return this.temporary.remove();
  }

  private use(program: PulumiFn | undefined): PulumiFn {
    this.program = program ?? this.program;
    return this.program;
  }

  private async run(operation: Operation, inspect?: (run: Run) => void): Promise<Run> {
    this.heard = "";
    this.last = await runOf(operation, (text) => (this.heard += text));
    if (!this.last.error) inspect?.(this.last);
    return this.last;
  }
}

/** The SDK lets an inline program end well that could not reach its engine, and the engine takes it for an empty one. */
function reachedEngine({ events, stdout }: Run): void {
  const declared = events.map(({ resourcePreEvent, resOutputsEvent }) => resourcePreEvent ?? resOutputsEvent);
  if (
    declared.some((event) => event?.metadata.type === "pulumi:pulumi:Stack" && event.metadata.op !== "delete")
  )
    return;
  throw new Error(`The program declared nothing, not even its stack. ${stdout}`);
}

type Operation = (
  onEvent: (event: EngineEvent) => void,
  onOutput: (text: string) => void,
  onError: (text: string) => void,
) => Promise<{ stdout: string; stderr: string; outputs?: OutputMap }>;

async function runOf(operation: Operation, hear: (text: string) => void): Promise<Run> {
  const events: EngineEvent[] = [];
  let [stdout, stderr] = ["", ""];
  try {
    const done = await operation(
      (event) => events.push(event),
      (text) => {
        stdout += text;
        hear(text);
      },
      (text) => (stderr += text),
    );
    const changes = { ...events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges };
    return { stdout, stderr, events, changes, outputs: done.outputs ?? {} };
  } catch (error) {
    return { stdout, stderr, events, changes: {}, outputs: {}, error: error as Error };
  }
}

export interface StateResource extends KeptResource {
  outputs: Record<string, unknown> & {
    type: string;
    details: unknown;
    state: string;
    assets: AssetInState[];
  };
}

/** Hooks for a suite that shares one world and one stack. */
export function useStack(
  options: LocalDataExchangeOptions = {},
  settings: Partial<ProjectSettings> = {},
): {
  readonly world: World;
  readonly stack: TestStack;
} {
  const shared = {} as { world: World; stack: TestStack };
  before(async function () {
    // A first run may have to build the Pulumi CLI.
    this.timeout("15m");
    shared.world = await World.start(options);
    shared.stack = await TestStack.create(shared.world, settings);
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") console.error(story(shared.world, shared.stack));
  });
  after(async () => {
    await shared.stack?.remove();
    await shared.world?.stop();
  });
  return shared;
}

/** What the engine said last, and what the service was asked before. */
function story({ local }: World, { last }: TestStack): string {
  const calls = local.requests.slice(-30).map(({ operation, status }) => `${operation} ${status}`);
  return [last?.stdout, last?.stderr, `The last calls: ${calls.join(", ")}`].join("\n");
}
