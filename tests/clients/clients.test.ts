import { LocalDataExchange } from "../../emulator";
import { javaScriptClient, need } from "./client";
import type { Walkers } from "./full-scenario";
import { forTheWalk, walksThrough } from "./full-scenario";
import { findAwsCli, findBoto3 } from "../../scripts/find-aws-cli";
import { AwsCli, AwsCliProcess, environmentOf } from "./aws-cli";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";

describe("clients: the official JavaScript client", () => {
  let walkers: Walkers;
  before(async () => {
    const local = await LocalDataExchange.start(forTheWalk);
    const clientOf = (accessKeyId: string) =>
      javaScriptClient(local.endpoint, { accessKeyId, secretAccessKey: "any" });
    walkers = { local, owner: clientOf("111111111111"), subscriber: clientOf("222222222222") };
  });
  after(async () => {
    await Promise.all([walkers.owner.close(), walkers.subscriber.close()]);
    await walkers.local.stop();
  });

  walksThrough(() => walkers);
});

describe("clients: aws-cli", function () {
  this.timeout(180_000);
  let aws: AwsCliProcess | undefined;
  let walkers: Walkers | undefined;
  before(async function () {
    aws = await AwsCliProcess.start(await need.call(this, findAwsCli));
    const local = await LocalDataExchange.start(forTheWalk);
    const clientOf = (accessKeyId: string) =>
      new AwsCli(aws!, local.endpoint, { accessKeyId, secretAccessKey: "any" });
    walkers = { local, owner: clientOf("111111111111"), subscriber: clientOf("222222222222") };
  });
  after(() => Promise.all([walkers?.local.stop(), aws?.stop()]));

  walksThrough(() => walkers!);
});

/** Where the script stands; the first block of Python in it is the script. */
const page = join(__dirname, "../../../docs/emulator.md");

describe("clients: boto3", () => {
  it("runs the script of the documentation as it is printed", async function () {
    const python = await need.call(this, findBoto3);
    const [, script = ""] = /^```python\n([^]*?)^```$/m.exec(await readFile(page, "utf8")) ?? [];
    const local = await LocalDataExchange.start();
    try {
      const env = environmentOf(local.endpoint, { accessKeyId: "any", secretAccessKey: "any" });
      const printed = await promisify(execFile)(python.command, ["-c", script], { env });
      expect(printed.stdout).to.equal("new/2026/june.csv 15 bytes\nnew/2026/may.csv 15 bytes\n");
      const states = local.jobs().map(({ type, state }) => `${type} ${state}`);
      expect(states).to.deep.equal(["IMPORT_ASSETS_FROM_S3 COMPLETED", "EXPORT_REVISIONS_TO_S3 COMPLETED"]);
    } finally {
      await local.stop();
    }
  });
});
