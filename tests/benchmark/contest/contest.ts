/** One piece of work done by ours and by rivals, in turn, at one local service with the service's own quotas. */
import type { Report } from "../benchmark";
import { ServiceProcess } from "../service-process";
import type { ProgramName } from "./programs";
import type { Task, WorkloadName } from "./workloads";
import { withWorkload } from "./workloads";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";
import { cleanEnvironment } from "../../clients/client";
import { temporaryWorkspace } from "../../../scripts/temporary-workspace";
import type { PulumiCli } from "../../../scripts/find-pulumi";
import { findPulumi } from "../../../scripts/find-pulumi";
import type { ChildOptions } from "./child";
import { awsPlugin } from "../../harness/stack";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ProcessTree } from "../processes";
import { installPython } from "../../../scripts/find-aws-cli";

/** Ours where it matters comes in two forms: a component or Jobs, and one JobSet. */
export type OwnName = "ours" | "JobSet";
export type Contestant = OwnName | RivalName;

/** The program of ours for a piece of work, if there is one in this form. */
const programOf = (who: OwnName, work: WorkloadName): ProgramName | undefined =>
  who === "ours" ? work : work === "independent" ? "independentSet" : undefined;

export const isOwnName = (who: Contestant): who is OwnName => who === "ours" || who === "JobSet";

/** What one contestant took for a piece of work, which has been found whole afterwards. */
export interface Run extends Measured {
  readonly work: WorkloadName;
  readonly who: Contestant;
  /** Objects, assets or files. */
  readonly count: number;
  /** Seconds that a job lasts, and that the quota of jobs at once takes by itself. */
  readonly lasting: number;
  readonly ideal: number;
  /** Bytes of Pulumi's state; rivals have none. */
  readonly state?: number;
}

export interface ContestOptions {
  readonly work: WorkloadName;
  readonly count: number;
  readonly lasting: number;
  readonly who: readonly Contestant[];
  /** What else is asked of our stack while it is there. */
  readonly afterwards?: (ours: OwnStack, service: ServiceProcess) => Promise<void>;
}

/** Objects that a job takes, and jobs of a type at once. Source: AWS Data Exchange User Guide, quotas. */
const perJob: Record<WorkloadName, number> = { publish: 100, export: 100, independent: 1, upload: 1 };
const quota = 10;

export const idealSeconds = ({
  work,
  count,
  lasting,
}: Pick<ContestOptions, "work" | "count" | "lasting">): number =>
  Math.ceil(Math.ceil(count / perJob[work]) / quota) * lasting;

export const runContest = (given: ContestOptions, say: Report, record: (run: Run) => void): Promise<Run[]> =>
  ServiceProcess.with([], (service) => {
    const { work, count, lasting, who } = given;
    say(`preparing to ${work} ${count}`);
    return withWorkload(service, work, count, async (nextTask) => {
      await service.changeSettings({ jobDuration: lasting * 1_000 });
      const runs: Run[] = [];
      for (const one of who) {
        const program = isOwnName(one) ? programOf(one, work) : undefined;
        if (!program && (isOwnName(one) || !hasProgram(one, work))) continue;
        say(`${one}: ${work} ${count}, at least ${idealSeconds(given)} s`);
        const task = await nextTask();
        const took = isOwnName(one)
          ? await runOurs(service, given, program!, task)
          : await runRival(service, one, work, task.args);
        await task.check();
        const run = { work, who: one, count, lasting, ideal: idealSeconds(given), ...took };
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

/** The project of every program: the fake plugin for `@pulumi/aws` makes data sets and revisions at the local service. */
const project: ProjectSettings = { name: "bench", runtime: "nodejs", main: process.cwd(), ...awsPlugin };

/** A stack of this package's programs, each operation measured with all its processes. */
export class OwnStack {
  private constructor(
    private readonly service: ServiceProcess,
    private readonly cli: PulumiCli,
    private readonly folder: string,
    private readonly program: ProgramName,
    private readonly args: readonly string[],
  ) {}

  /** Lends an empty stack of one program; everything of it goes when it is given back. */
  static async with<T>(
    service: ServiceProcess,
    program: ProgramName,
    args: readonly string[],
    use: (ours: OwnStack) => Promise<T>,
  ): Promise<T> {
    const cli = await findPulumi();
    const temporary = await temporaryWorkspace(cli, { project });
    try {
      await Stack.create("bench", temporary.workspace);
      return await use(new OwnStack(service, cli, temporary.folder, program, args));
    } finally {
      await temporary.remove();
    }
  }

  run(operation: ChildOptions["operation"]): Promise<Measured> {
    const { cli, folder, program, args } = this;
    const options: ChildOptions = { cli, folder, project, operation, program, args };
    return measureProcess(this.service, {
      command: process.execPath,
      args: ["--no-warnings", join(__dirname, "child.js"), JSON.stringify(options)],
      env: { ...cleanEnvironment(), ...this.service.env },
    });
  }

  /** Bytes of the state, as the file backend keeps it. */
  async stateSize(): Promise<number> {
    return (await stat(join(this.folder, ".pulumi", "stacks", project.name, "bench.json"))).size;
  }
}

/** One program run to its end, and what it took: time, processor, memory, calls. */

export interface Measured {
  readonly seconds: number;
  /** Requests to Data Exchange, and to S3. */
  readonly calls: number;
  readonly s3Calls: number;
  /** Seconds of processor time of the program and all that it started; the local service is apart. */
  readonly cpu: number;
  /** Megabytes at the peak in all these processes together; what they share counts once (PSS). */
  readonly memory: number;
  /** By operation. */
  readonly operations: Readonly<Record<string, number>>;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function measureProcess(service: ServiceProcess, { command, args, env }: Command): Promise<Measured> {
  await service.resetCalls();
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  if (child.pid === undefined) throw new Error(`${command} cannot be started.`);
  const tree = new ProcessTree(child.pid);
  const end = () => tree.kill();
  process.once("exit", end);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-10_000)));
  }
  const [code] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  const used = tree.stop();
  process.removeListener("exit", end);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ").slice(0, 300)} failed: ${said}`);
  const operations = await service.countCalls();
  const count = (ofS3: boolean) =>
    Object.entries(operations).reduce(
      (sum, [name, calls]) => (name.startsWith("S3 ") === ofS3 ? sum + calls : sum),
      0,
    );
  return { seconds, calls: count(false), s3Calls: count(true), ...used, operations };
}

/** The programs in tests/benchmark/rivals, and how each is started. */

export type RivalName = "B" | "C" | "S" | "R";

/** What a rival is in a table. */
export const rivalNames: Record<RivalName, string> = {
  B: "a boto3 script with threads",
  C: "the Step Functions coordinator's algorithm",
  S: "a shell script with aws-cli",
  R: "the algorithm of Terraform's revision_assets",
};

const folder = join(process.cwd(), "tests", "benchmark", "rivals");

const rivalFiles: Record<RivalName, string> = {
  B: "boto3_threads.py",
  C: "coordinator.py",
  S: "aws-cli.sh",
  R: "terraform.py",
};

/** Those whose first argument is the workload; the others can only publish. */
const isGeneral = (rival: RivalName): boolean => rival === "B" || rival === "S";

const hasProgram = (rival: RivalName, work: WorkloadName): boolean => isGeneral(rival) || work === "publish";

async function runRival(
  service: ServiceProcess,
  rival: RivalName,
  work: WorkloadName,
  args: readonly string[],
): Promise<Measured> {
  const file = rivalFiles[rival];
  const python = await installPython();
  const env = { ...cleanEnvironment(), ...service.env, PYTHON: python };
  return measureProcess(service, {
    command: file.endsWith(".py") ? python : "bash",
    args: [join(folder, file), ...(isGeneral(rival) ? [work] : []), ...args],
    env: { ...env, PYTHONDONTWRITEBYTECODE: "1" },
  });
}
