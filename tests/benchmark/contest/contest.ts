/** The same work by this package and by its alternatives, in turn, on one local service with the quotas of AWS. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import type { ConfigMap, ProjectSettings } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import { installPython } from "../../../scripts/find-aws-cli";
import type { PulumiCli } from "../../../scripts/find-pulumi";
import { findPulumi } from "../../../scripts/find-pulumi";
import { temporaryWorkspace } from "../../../scripts/temporary-workspace";
import { cleanEnvironment } from "../../harness/environment";
import type { HostName } from "../../harness/host-differences";
import { withPlugin } from "../../harness/plugin-settings";
import { awsPlugin } from "../../harness/stack";
import { ProcessTree } from "../processes";
import { ServiceProcess } from "../service-process";
import type { ChildOptions } from "./child";
import type { ProgramName } from "./programs";
import type { Task, WorkloadName } from "./workloads";
import { withWorkload } from "./workloads";

/** `ours` is a component or Jobs; `JobSet` is one JobSet of this package. */
export type OwnName = "ours" | "JobSet";
export type Contestant = OwnName | AlternativeName;

/** The program of this package for a workload; independent jobs alone can also be one JobSet. */
const programOf = (who: OwnName, work: WorkloadName): ProgramName | undefined =>
  who === "ours" ? work : work === "independent" ? "independentSet" : undefined;

export const isOwnName = (who: Contestant): who is OwnName => who === "ours" || who === "JobSet";

/** A complete run of one contestant; incomplete work is an error. */
export interface Run extends Measured {
  readonly work: WorkloadName;
  readonly who: Contestant;
  /** Objects, assets or files. */
  readonly count: number;
  /** Duration of a job, and the least time that the quota of concurrent jobs allows; seconds. */
  readonly lasting: number;
  readonly ideal: number;
  /** Bytes of Pulumi's state; alternatives have none. */
  readonly state?: number;
}

export interface ContestOptions {
  readonly work: WorkloadName;
  readonly count: number;
  readonly lasting: number;
  readonly who: readonly Contestant[];
  /** Called with the stack of this package before it is removed. */
  readonly afterwards?: (ours: OwnStack, service: ServiceProcess) => Promise<void>;
}

/** Objects in a job, and concurrent jobs of a type. Source: AWS Data Exchange User Guide, quotas. */
const perJob: Record<WorkloadName, number> = { publish: 100, export: 100, independent: 1, upload: 1 };
const quota = 10;

export const idealSeconds = (work: WorkloadName, count: number, lasting: number): number =>
  Math.ceil(Math.ceil(count / perJob[work]) / quota) * lasting;

export const runContest = (
  given: ContestOptions,
  say: (text: string) => void,
  record: (run: Run) => void,
): Promise<Run[]> =>
  ServiceProcess.with([], (service) => {
    const { work, count, lasting, who } = given;
    say(`preparing to ${work} ${count}`);
    return withWorkload(service, work, count, async (nextTask) => {
      await service.changeSettings({ jobDuration: lasting * 1_000 });
      const ideal = idealSeconds(work, count, lasting);
      const runs: Run[] = [];
      for (const one of who) {
        const program = isOwnName(one) ? programOf(one, work) : undefined;
        if (!program && (isOwnName(one) || !(alternatives[one].isGeneral || work === "publish"))) continue;
        say(`${one}: ${work} ${count}, at least ${ideal} s`);
        const task = await nextTask();
        const took = isOwnName(one)
          ? await runOurs(service, given, program!, task)
          : await runAlternative(service, one, work, task.args);
        await task.check();
        const run = { work, who: one, count, lasting, ideal, ...took };
        runs.push(run);
        record(run);
      }
      return runs;
    });
  });

const runOurs = (service: ServiceProcess, { afterwards }: ContestOptions, program: ProgramName, task: Task) =>
  OwnStack.with(service, program, task.args, async (ours) => {
    const took = { ...(await ours.run("up")), state: await ours.stateSize() };
    if (afterwards) {
      await task.check();
      await afterwards(ours, service);
    }
    return took;
  });

/**
 * The project of every program. The fake plugin for `@pulumi/aws` creates data sets and revisions in the local service. The
 * engine starts the plugin of this package only for programs that use it.
 */
const project = {
  ...{ name: "bench", runtime: "nodejs", main: process.cwd() },
  ...withPlugin(awsPlugin),
} as ProjectSettings;

/** A stack of one program of this package. Each operation is measured with all its processes. */
export class OwnStack {
  private constructor(
    private readonly service: ServiceProcess,
    private readonly cli: PulumiCli,
    private readonly folder: string,
    private readonly program: ProgramName,
    private readonly args: readonly string[],
    private readonly host: HostName,
  ) {}

  /** Runs `use` with an empty stack, which is removed afterwards. */
  static async with<T>(
    service: ServiceProcess,
    program: ProgramName,
    args: readonly string[],
    use: (ours: OwnStack) => Promise<T>,
    { host = "dynamic", config = {} }: { host?: HostName; config?: ConfigMap } = {},
  ): Promise<T> {
    const cli = await findPulumi();
    const temporary = await temporaryWorkspace(cli, { project });
    try {
      const stack = await Stack.create("bench", temporary.workspace);
      if (Object.keys(config).length > 0) await stack.setAllConfig(config);
      return await use(new OwnStack(service, cli, temporary.folder, program, args, host));
    } finally {
      await temporary.remove();
    }
  }

  run(operation: ChildOptions["operation"]): Promise<Measured> {
    const { cli, folder, program, args, host } = this;
    const options: ChildOptions = { cli, folder, project, operation, program, args, host };
    const child = ["--no-warnings", join(__dirname, "child.js"), JSON.stringify(options)];
    return measureProcess(this.service, process.execPath, child);
  }

  /** Size of the state file in bytes. */
  async stateSize(): Promise<number> {
    return (await stat(join(this.folder, ".pulumi", "stacks", project.name, "bench.json"))).size;
  }
}

/** The cost of one program from its start to its end. */
export interface Measured {
  readonly seconds: number;
  /** Requests to Data Exchange, and to S3. */
  readonly calls: number;
  readonly s3Calls: number;
  /** Seconds of processor time of the program and its child processes, without the local service. */
  readonly cpu: number;
  /** Peak memory of these processes together in megabytes; shared pages count once (PSS). */
  readonly memory: number;
  /** Calls by operation. */
  readonly operations: Readonly<Record<string, number>>;
}

async function measureProcess(
  service: ServiceProcess,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  await service.resetCalls();
  const began = performance.now();
  const child = spawn(command, args, {
    env: { ...cleanEnvironment(), ...service.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid === undefined) throw new Error(`${command} cannot be started.`);
  const tree = new ProcessTree(child.pid);
  const end = () => tree.kill();
  process.once("exit", end);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-10_000)));
  }
  const [code] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  const used = tree.stop();
  process.removeListener("exit", end);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ").slice(0, 300)} failed: ${output}`);
  const operations = await service.countCalls();
  const count = (ofS3: boolean) =>
    Object.entries(operations).reduce(
      (sum, [name, calls]) => (name.startsWith("S3 ") === ofS3 ? sum + calls : sum),
      0,
    );
  return { seconds, calls: count(false), s3Calls: count(true), ...used, operations };
}

export type AlternativeName = "B" | "C" | "S" | "R";

interface Alternative {
  /** Its name in a table. */
  readonly name: string;
  /** Its program in tests/benchmark/alternatives. */
  readonly file: string;
  /** Whether it can do every workload, which is its first argument. Other alternatives can only publish. */
  readonly isGeneral?: boolean;
}

export const alternatives: Record<AlternativeName, Alternative> = {
  B: { name: "a boto3 script with threads", file: "boto3_threads.py", isGeneral: true },
  C: { name: "the Step Functions coordinator's algorithm", file: "coordinator.py" },
  S: { name: "a shell script with aws-cli", file: "aws-cli.sh", isGeneral: true },
  R: { name: "the algorithm of Terraform's revision_assets", file: "terraform.py" },
};

async function runAlternative(
  service: ServiceProcess,
  alternative: AlternativeName,
  work: WorkloadName,
  args: readonly string[],
): Promise<Measured> {
  const { file, isGeneral } = alternatives[alternative];
  const python = await installPython();
  const program = join(process.cwd(), "tests", "benchmark", "alternatives", file);
  const given = [program, ...(isGeneral ? [work] : []), ...args];
  const env = { PYTHON: python, PYTHONDONTWRITEBYTECODE: "1" };
  return measureProcess(service, file.endsWith(".py") ? python : "bash", given, env);
}
