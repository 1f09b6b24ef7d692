/** The service, the stack and the terminal of the demo. */
import { resolve } from "node:path";
import { inspect, isDeepStrictEqual } from "node:util";

import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import type { RecordedRequest } from "../../emulator";
import quickstart from "../../examples/quickstart";
import type { AssetInState } from "../../service-model/job";
import { withImpliedNames } from "../../service-model/job";
import type { PulumiCli } from "../find-pulumi";
import { findPulumi } from "../find-pulumi";
import type { TemporaryWorkspace } from "../temporary-workspace";
import { projectSettingsIn, temporaryWorkspace } from "../temporary-workspace";
import { TestService, credentials, region } from "../../tests/harness/service";
import { readObjects, sampleFiles } from "./sample-files";
import type { Screen } from "./terminal";

export const sourceBucket = "demo-source";
export const copyBucket = "demo-copy";

/** Long enough to see a job in progress. */
const jobDurationMs = 1_500;

export interface StageRun extends EngineRun {
  /** The requests that the service received during the run. */
  requests: readonly RecordedRequest[];
}

export interface Expected {
  changes: Record<string, number>;
  fails?: boolean;
}

export class Stage {
  private constructor(
    readonly screen: Screen,
    readonly service: TestService,
    readonly stack: QuickstartStack,
  ) {}

  /** Calls `opened` for each thing that the caller has to close, also if this fails. */
  static async open(screen: Screen, opened: (close: () => Promise<void>) => void): Promise<Stage> {
    const cli = await findPulumi();
    screen.say(`Pulumi CLI ${cli.version} (${cli.path})`);

    const service = await TestService.start({ jobDuration: jobDurationMs });
    opened(() => service.stop());
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

    const stack = await QuickstartStack.create(cli, {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    });
    opened(() => stack.remove());
    const stage = new Stage(screen, service, stack);
    screen.say("A stack, with its config:");
    await stage.configure({
      "aws:region": region,
      "aws:endpoints[0].dataexchange": service.local.endpoint,
      ...revision,
      bucket: sourceBucket,
      "keys[0]": "2026/prices.csv",
      "keys[1]": "2026/instruments.json",
    });
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
    const run = await this.stack.run(operation, { onOutput: (text) => output.write(text), color, diff });
    output.end();
    if (run.error && !expected.fails) {
      throw new Error(`\`pulumi ${operation}\` failed; the output above says why.`, {
        cause: run.error,
      });
    }
    if (expected.fails) expectEqual(`Whether \`pulumi ${operation}\` failed`, run.error !== undefined, true);
    expectEqual(`What \`pulumi ${operation}\` changed`, run.changes, expected.changes);
    return { ...run, requests: this.service.local.requests.slice(before) };
  }
}

/** The demo checks everything that it shows. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}: expected ${text(expected)}, found ${text(found)}.`);
}

const text = (value: unknown): string => inspect(value, { depth: 5, breakLength: Infinity });

/** How often each operation was called. */
export function countCalls(requests: readonly RecordedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of requests) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** The result of an operation of the engine. */
export interface EngineRun {
  /** The number of resources by kind of change: `create`, `same`, `replace`, … The stack itself counts as one. */
  changes: Record<string, number>;
  /** The properties that caused a replacement, by the resource's name. */
  replacedFor: Record<string, string[]>;
  error?: Error;
}

export interface JobInState {
  id: string;
  state: string;
  assets: string[];
}

/** A stack of the repository's own project, in a temporary folder. */
class QuickstartStack {
  private constructor(
    private readonly stack: Stack,
    private readonly temporary: TemporaryWorkspace,
  ) {}

  static async create(cli: PulumiCli, env: Readonly<Record<string, string>>): Promise<QuickstartStack> {
    const project = await projectSettingsIn(process.cwd(), cli);
    // `main` is relative to the repository, but the settings are copied to another folder.
    const main = resolve(project.main ?? ".");
    const temporary = await temporaryWorkspace(cli, { project: { ...project, main }, env });
    temporary.workspace.program = () => Promise.resolve(quickstart());
    try {
      return new QuickstartStack(await Stack.create("demo", temporary.workspace), temporary);
    } catch (error) {
      await temporary.remove();
      throw error;
    }
  }

  /** Sets keys of the stack's config, given as paths such as `keys[0]`. */
  async configure(entries: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(entries).map(([key, value]) => [key, { value }] as const);
    await this.stack.setAllConfig(Object.fromEntries(values), true);
  }

  async run(
    operation: Operation,
    { onOutput, color, diff }: { onOutput: (text: string) => void; color: "always" | "never"; diff: boolean },
  ): Promise<EngineRun> {
    const run: EngineRun = { changes: {}, replacedFor: {} };
    const onEvent = (event: EngineEvent) => note(event, run);
    const options = { onOutput, onError: onOutput, onEvent, color };
    try {
      await (operation === "preview"
        ? this.stack.preview({ ...options, diff })
        : this.stack[operation](options));
    } catch (error) {
      run.error = error as Error;
    }
    return run;
  }

  /** A job in the stack's state, by its name in the program. */
  async job(name: string): Promise<JobInState> {
    const { resources = [] } = (await this.stack.exportStack()).deployment as { resources?: StateResource[] };
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`The stack's state has no ${name}.`);
    const { outputs } = found;
    const assets = withImpliedNames(outputs, outputs.assets).map((asset) => asset.name);
    return { id: found.id, state: outputs.state, assets: assets.sort() };
  }

  remove(): Promise<void> {
    return this.temporary.remove();
  }
}

interface StateResource {
  urn: string;
  id: string;
  outputs: { type: string; details: unknown; state: string; assets: AssetInState[] };
}

function note({ summaryEvent, resourcePreEvent }: EngineEvent, run: EngineRun): void {
  if (summaryEvent) run.changes = { ...summaryEvent.resourceChanges };
  const { op, urn, keys } = resourcePreEvent?.metadata ?? {};
  if (op === "create-replacement" && urn && keys) run.replacedFor[urn.split("::").pop()!] = keys;
}
