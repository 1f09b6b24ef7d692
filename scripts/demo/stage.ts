import type { RecordedRequest } from "../../emulator";
import { ensurePulumi } from "../pulumi-cli";
import { expectEqual } from "./expect";
import type { EngineRun, Operation } from "./quickstart-stack";
import { QuickstartStack } from "./quickstart-stack";
import { sampleFiles } from "./sample-files";
import type { Screen } from "./terminal";
import { credentials, region, Service } from "./service";

export const sourceBucket = "demo-source";
export const copyBucket = "demo-copy";

export interface StageRun extends EngineRun {
  /** What the service was asked in the meantime. */
  requests: readonly RecordedRequest[];
}

export interface Expected {
  changes: Record<string, number>;
  fails?: boolean;
}

/** Where the demo plays: a service, a stack, and a screen on which both are seen. */
export class Stage {
  private constructor(
    readonly screen: Screen,
    readonly service: Service,
    readonly stack: QuickstartStack,
  ) {}

  /** The caller closes what `opened` was told of, in whatever state this ends. */
  static async open(screen: Screen, opened: (close: () => Promise<void>) => void): Promise<Stage> {
    const cli = await ensurePulumi();
    screen.say(`Pulumi CLI ${cli.version} (${cli.path})`);

    const service = await Service.start();
    opened(() => service.stop());
    screen.say(`Data Exchange and S3 at ${service.local.endpoint}, in this process`);

    await service.createBucket(sourceBucket);
    await service.createBucket(copyBucket);
    await service.put(sourceBucket, sampleFiles);
    const revision = await service.createRevision();
    screen.say(`A data set with an empty revision; and s3://${sourceBucket}, with files in it:`);
    const objects = await service.objects(sourceBucket);
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
    service.local.forgetRequests();
    return stage;
  }

  /** Changes the stack's config, as its user would. */
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

  /** Runs an operation of the engine, shows what it says, and makes sure that it came to what was expected. */
  async run(operation: Operation, expected: Expected, { diff = false } = {}): Promise<StageRun> {
    this.screen.command(`pulumi ${operation}${diff ? " --diff" : ""}`);
    const before = this.service.local.requests.length;
    const output = this.screen.engineOutput();
    const color = this.screen.colours ? "always" : "never";
    const run = await this.stack.run(operation, { onOutput: (text) => output.write(text), color, diff });
    output.end();
    if (run.error && !expected.fails) {
      throw new Error(`\`pulumi ${operation}\` failed; what the engine says of it stands above.`, {
        cause: run.error,
      });
    }
    if (expected.fails) expectEqual(`Whether \`pulumi ${operation}\` failed`, run.error !== undefined, true);
    expectEqual(`What \`pulumi ${operation}\` changed`, run.changes, expected.changes);
    return { ...run, requests: this.service.local.requests.slice(before) };
  }
}
