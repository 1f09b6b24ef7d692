/** A stack on the real engine: the Automation API, an inline program and a temporary file backend. */
import { join } from "node:path";

import type {
  ConfigMap,
  EngineEvent,
  OutputMap,
  ProjectSettings,
  PulumiFn,
  UpOptions,
} from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import { codesIn } from "../../lib/message-code";
import type { TemporaryWorkspace } from "../../scripts/temporary-workspace";
import { temporaryWorkspace } from "../../scripts/temporary-workspace";
import { findPulumi } from "../../scripts/find-pulumi";
import type { AssetInState } from "../../service-model/job";
import type { StateResource } from "./checkpoint";
import { Checkpoint } from "./checkpoint";
import { serveKeys, withServedKey } from "./key-service";

/** Project settings that make the engine use the fake plugin for `@pulumi/aws`. `ProjectSettings` lacks `plugins`. */
export const awsPlugin = {
  plugins: { providers: [{ name: "aws", path: join(process.cwd(), "tests", "fake-aws-plugin") }] },
} satisfies Settings;

const preload = `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(require.resolve("./lazy-host-modules"))}`;

/** The engine ends before its garbage takes much memory. */
const fastEngine = { GOGC: "off", GOMEMLIMIT: "1GiB" };

export interface TestStackOptions {
  /** Added to the project's settings, for example `awsPlugin`. */
  readonly settings?: Partial<ProjectSettings>;
  readonly config?: ConfigMap;
  /** Environment of the engine and its hosts: a service's `env`, or one with another endpoint. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Whether the engine and its hosts save processor time: hosts preload `lazy-host-modules`, which saves two thirds of a host's
   * start, `key-service` has the key, and the engine collects no garbage. Off in benchmarks. Default: true.
   */
  readonly isFast?: boolean;
  /** Default: the Automation API of this process with an inline program. */
  readonly operate?: Operate;
}

/** Runs an operation of the CLI, and passes on its output and events by the functions of the options. */
export type Operate = (stack: Stack, operation: Operation, options: UpOptions) => Promise<object>;

export interface EngineRun {
  stdout: string;
  stderr: string;
  events: EngineEvent[];
  /** The number of resources by operation: `create`, `same`, `replace`, … */
  changes: Record<string, number>;
  outputs: OutputMap;
  /** Set if the run failed. */
  error?: Error;
}

export type Operation = "up" | "preview" | "refresh" | "destroy";

export type RunOptions = Pick<
  UpOptions,
  "parallel" | "replace" | "target" | "continueOnError" | "color" | "diff" | "onOutput" | "signal"
>;

/** The codes of the messages that the engine printed. */
export const messageCodes = ({ stdout, stderr }: EngineRun): string[] => codesIn(stdout + stderr);

/** The values of the stack's outputs. */
export const valuesOf = ({ outputs }: EngineRun): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));

/** Returns the run. If it failed, throws an error with the engine's output. */
export function expectSuccess(run: EngineRun): EngineRun {
  if (run.error) throw new Error(run.stderr || run.error.message);
  return run;
}

export class TestStack implements AsyncDisposable {
  program: PulumiFn = () => Promise.resolve();
  /** The last operation, which may still be running. It is printed when a test fails. */
  lastRun?: EngineRun;

  private constructor(
    readonly stack: Stack,
    private readonly temporary: TemporaryWorkspace,
    private readonly checkpoint: Checkpoint,
    private readonly empty: string,
    private readonly operate: Operate | undefined,
  ) {
    // After an `up` the Automation API starts the CLI three times for data that the state file and the events also have.
    const readOutputs = stack.outputs.bind(stack);
    stack.outputs = async () => (await checkpoint.plainOutputs()) ?? readOutputs();
    stack.info = () => Promise.resolve(undefined);
  }

  static async create(options: TestStackOptions): Promise<TestStack> {
    const { settings, config = {}, env, isFast = true, operate } = options;
    const project = { name: "engine-test", runtime: "nodejs", main: process.cwd(), ...settings };
    const temporary = await temporaryWorkspace(await findPulumi(), {
      project,
      ...(isFast && { stacks: { test: withServedKey } }),
      env: { ...env, ...(isFast && { ...fastEngine, ...(await serveKeys()), NODE_OPTIONS: preload }) },
    });
    const { folder, workspace } = temporary;
    const checkpoint = new Checkpoint(folder, project.name, "test");
    if (isFast) workspace.createStack = () => checkpoint.init();
    const stack = await Stack.create("test", workspace);
    if (Object.keys(config).length > 0) await stack.setAllConfig(config);
    return new TestStack(stack, temporary, checkpoint, await checkpoint.text(), operate);
  }

  up(program?: PulumiFn, options?: RunOptions): Promise<EngineRun> {
    return this.run("up", program, options);
  }

  preview(program?: PulumiFn): Promise<EngineRun> {
    return this.run("preview", program, { diff: true });
  }

  refresh(): Promise<EngineRun> {
    return this.run("refresh");
  }

  destroy(): Promise<EngineRun> {
    return this.run("destroy");
  }

  /** Runs an operation of the engine; `program` replaces that of the last run. */
  async run(operation: Operation, program = this.program, options: RunOptions = {}): Promise<EngineRun> {
    this.program = program;
    const run: EngineRun = { stdout: "", stderr: "", events: [], changes: {}, outputs: {} };
    this.lastRun = run;
    const runsProgram = operation === "up" || operation === "preview";
    const all = {
      ...options,
      ...(runsProgram && !this.operate && { program }),
      onEvent: (event: EngineEvent) => void run.events.push(event),
      onOutput(text: string) {
        run.stdout += text;
        options.onOutput?.(text);
      },
      onError: (text: string) => void (run.stderr += text),
    };
    try {
      const done = await (this.operate?.(this.stack, operation, all) ?? this.stack[operation](all));
      if ("outputs" in done) run.outputs = done.outputs as OutputMap;
    } catch (error) {
      run.error = error as Error;
    }
    run.changes = { ...run.events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges };
    if (runsProgram && !run.error) assertReachedEngine(run);
    return run;
  }

  /** Sets keys of the stack's config, given as paths such as `keys[0]`. */
  async configure(entries: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(entries).map(([key, value]) => [key, { value }] as const);
    await this.stack.setAllConfig(Object.fromEntries(values), true);
  }

  /** Empties the state without running the engine, so the stack's jobs and assets stay in the service. */
  clearState(): Promise<void> {
    return this.checkpoint.restore(this.empty);
  }

  /** The only Job in state. */
  async job(): Promise<JobInState> {
    const jobs = await this.jobs();
    if (jobs.length !== 1) throw new Error(`The state holds ${jobs.length} jobs, not one.`);
    return jobs[0]!;
  }

  /** The resources in state whose type token ends with `type`. */
  async resources(type: string): Promise<StateResource[]> {
    return (await this.checkpoint.resources()).filter((resource) => resource.type.endsWith(type));
  }

  async jobs(): Promise<JobInState[]> {
    return (await this.resources(":Job")) as JobInState[];
  }

  /** All jobs in state, including those of job sets. */
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

  async listJobIds(): Promise<string[]> {
    return (await this.jobStates()).map(({ id }) => id).sort();
  }

  /** The state file, to search it for secrets. */
  readState(): Promise<string> {
    return this.checkpoint.text();
  }

  remove(): Promise<void> {
    return this.temporary.remove();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.remove();
}

/** Throws if the inline program never reached the engine. The SDK then reports success, as for an empty program. */
function assertReachedEngine({ events, stdout }: EngineRun): void {
  const declared = events.some(({ resourcePreEvent, resOutputsEvent }) => {
    const { type, op } = (resourcePreEvent ?? resOutputsEvent)?.metadata ?? {};
    return type === "pulumi:pulumi:Stack" && op !== "delete";
  });
  if (!declared) throw new Error(`The program did not declare its stack. ${stdout}`);
}

export interface JobInState extends StateResource {
  outputs: Record<string, unknown> & {
    type: string;
    details: unknown;
    state: string;
    assets: AssetInState[];
  };
}

/** Settings of a project with `plugins`, which `ProjectSettings` lacks. */
export type Settings = Partial<ProjectSettings> & {
  readonly plugins?: { readonly providers: readonly object[] };
};
