/** The service, the stack and the terminal of the demo. */
import { inspect, isDeepStrictEqual } from "node:util";

import { withImpliedNames } from "../../service-model/job";
import type { RevisionIds } from "../harness/service";
import { TestService, credentials } from "../harness/service";
import type { EngineRun, Operation, TestStackOptions } from "../harness/stack";
import { TestStack } from "../harness/stack";
import type { PulumiCli } from "../../scripts/find-pulumi";
import { findPulumi } from "../../scripts/find-pulumi";
import { readObjects, sampleFiles } from "./sample-files";
import type { Screen } from "./terminal";

export const sourceBucket = "demo-source";
export const copyBucket = "demo-copy";
/** The name that the harness gives a data set. */
export const dataSetName = "prices";

/** Long enough to show a job in progress. */
const jobDurationMs = 1_500;

/** A project, and how its program runs. */
export interface Production extends Pick<TestStackOptions, "settings" | "operate"> {
  /** Absent if `operate` runs the program. */
  readonly program?: () => Promise<Record<string, unknown>>;
  readonly stop?: () => void;
  /** Of the stack. */
  readonly config: (endpoint: string, revision: RevisionIds) => Readonly<Record<string, string>>;
}

export interface StageRun extends EngineRun {
  /** How often each operation of the service was called during the run. */
  calls: Record<string, number>;
  /** The properties that caused a replacement, by the resource's name. */
  replacedFor: Record<string, string[]>;
}

export interface Expected {
  /** The number of resources by kind of change: `create`, `same`, `replace`, … The stack itself counts as one. */
  changes: Record<string, number>;
  fails?: boolean;
}

export class Stage {
  private constructor(
    readonly screen: Screen,
    readonly service: TestService,
    readonly stack: TestStack,
    private readonly program: Production["program"],
  ) {}

  /** Passes to `defer` each function that the caller must call at the end, also if this fails. */
  static async open(
    screen: Screen,
    prepare: (cli: PulumiCli) => Promise<Production>,
    defer: (close: () => Promise<void>) => void,
  ): Promise<Stage> {
    const cli = await findPulumi();
    screen.say(`Pulumi CLI ${cli.version} (${cli.path})`);
    const { settings, operate, program, stop, config } = await prepare(cli);
    defer(() => Promise.resolve(stop?.()));

    const service = await TestService.start({ jobDuration: jobDurationMs });
    defer(() => service.stop());
    screen.say(`Data Exchange and S3 at ${service.local.endpoint}, in this process`);

    await service.createBucket(sourceBucket, sampleFiles);
    await service.createBucket(copyBucket);
    const revision = await service.createEmptyRevision();
    screen.say(`A data set with an empty revision, and s3://${sourceBucket} with these files:`);
    const objects = await readObjects(service, sourceBucket);
    screen.table(
      ["key", "bytes"],
      objects.map(({ key, size }) => [key, size]),
    );

    const stack = await TestStack.create({
      ...{ settings, operate },
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
      isFast: false,
    });
    defer(() => stack.remove());
    const stage = new Stage(screen, service, stack, program);
    screen.say("A stack, with its config:");
    await stage.configure(config(service.local.endpoint, revision));
    service.local.clearRequests();
    return stage;
  }

  /** Changes the stack's config. */
  async configure(entries: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(entries)) {
      this.screen.command(
        key.includes("[")
          ? `pulumi config set --path '${key}' ${value}`
          : `pulumi config set ${key} ${value}`,
      );
    }
    await this.stack.configure(entries);
  }

  /** Runs an operation of the engine, shows its output, and checks its result. */
  async run(operation: Operation, expected: Expected, { diff = false } = {}): Promise<StageRun> {
    this.screen.command(`pulumi ${operation}${diff ? " --diff" : ""}`);
    const before = this.service.local.requests.length;
    const output = this.screen.engineOutput();
    const color = this.screen.colours ? "always" : "never";
    const onOutput = (text: string) => output.write(text);
    const run = await this.stack.run(operation, this.program, { onOutput, color, diff });
    output.end();
    if (run.error && !expected.fails)
      throw new Error(`\`pulumi ${operation}\` failed; the output above shows why.`, { cause: run.error });
    if (expected.fails) expectEqual(`Failure of \`pulumi ${operation}\``, run.error !== undefined, true);
    expectEqual(`Changes of \`pulumi ${operation}\``, run.changes, expected.changes);
    const replaced = run.events.flatMap(({ resourcePreEvent }) => {
      const { op, urn, keys } = resourcePreEvent?.metadata ?? {};
      return op === "create-replacement" && urn && keys ? [[urn.split("::").pop()!, keys] as const] : [];
    });
    const replacedFor = Object.fromEntries(replaced);
    return { ...run, replacedFor, calls: this.service.countCalls(before) };
  }

  /** The import in the stack's state, with the names of its assets. */
  async job(): Promise<{ id: string; state: string; assets: string[] }> {
    const jobs = await this.stack.jobs();
    const { id, outputs } = jobs.find(({ urn }) => urn.endsWith("::prices"))!;
    const assets = withImpliedNames(outputs, outputs.assets).map(({ name }) => name);
    return { id, state: outputs.state, assets: assets.sort() };
  }
}

/** Throws unless the values are equal. The demo checks everything that it shows. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}: expected ${text(expected)}, found ${text(found)}.`);
}

const text = (value: unknown): string => inspect(value, { depth: 5, breakLength: Infinity });
