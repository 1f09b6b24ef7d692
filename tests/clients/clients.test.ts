import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator";
import { findAwsCli, findBoto3 } from "../../scripts/find-aws-cli";
import { findOrSkip } from "../harness/environment";
import { AwsCli, AwsCliProcess, environmentOf } from "./aws-cli";
import type { Callers } from "./client";
import { javaScriptClient, oddKey, ownerKeys, errorNameOf, startCallers } from "./client";
import { testScenarios } from "./scenarios";

describe("clients: the official JavaScript client", () => {
  let callers: Callers<ReturnType<typeof javaScriptClient>>;
  before(async () => (callers = await startCallers(javaScriptClient)));
  after(async () => {
    for (const client of [callers.owner, callers.subscriber]) client.close();
    await callers.local.stop();
  });

  testScenarios(() => callers);
});

describe("clients: aws-cli", function () {
  this.timeout(180_000);
  let process: AwsCliProcess | undefined;
  let callers: Callers<AwsCli> | undefined;
  before(async function () {
    process = await AwsCliProcess.start(await findOrSkip.call(this, findAwsCli));
    callers = await startCallers((endpoint, keys) => new AwsCli(process!, endpoint, keys));
  });
  after(() => Promise.all([callers?.local.stop(), process?.stop()]));

  testScenarios(() => callers!);

  it("lists objects and returns the account of the caller by signed requests", async () => {
    const aws = (...args: string[]) => callers!.owner.aws(args);
    expect(String(await aws("s3", "ls", "s3://source", "--recursive"))).to.contain(oddKey);
    const identity = String(await aws("sts", "get-caller-identity", "--output", "json"));
    expect(JSON.parse(identity)).to.include({ Account: ownerKeys.accountId });
  });

  it("presigns URLs that work until they are changed or expire", async () => {
    const presign = async (...options: string[]) =>
      String(await callers!.owner.aws(["s3", "presign", "s3://source/two.bin", ...options])).trim();
    const [url, short] = await Promise.all([presign(), presign("--expires-in", "1")]);
    expect((await fetch(url)).status).to.equal(200);
    const codeOf = async (changed: string, init?: RequestInit) => {
      const response = await fetch(changed, init);
      expect(response.status).to.equal(403);
      return /<Code>(\w+)/.exec(await response.text())?.[1];
    };
    expect(await codeOf(url.replace("/source/", "/other/"))).to.equal("SignatureDoesNotMatch");
    expect(await codeOf(url, { method: "DELETE" })).to.equal("SignatureDoesNotMatch");
    expect(await codeOf(url.replace("OWNER", "WRONG"))).to.equal("InvalidAccessKeyId");
    expect(await codeOf(url.replace(/Expires=\d/, "Expires=9"))).to.equal("SignatureDoesNotMatch");
    while ((await fetch(short)).ok) await sleep(50);
    expect(await codeOf(short)).to.equal("AccessDenied");
  });

  it("fails with the error of each service for a wrong secret or an unknown key", async () => {
    const wrongSecret = { ...ownerKeys, secretAccessKey: "guessed" };
    const unknownKey = { ...ownerKeys, accessKeyId: "AKIDUNKNOWN" };
    for (const [keys, ...errors] of [
      [wrongSecret, "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch"],
      [unknownKey, "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidClientTokenId"],
    ] as const) {
      const client = new AwsCli(process!, callers!.local.endpoint, keys);
      const calls = [
        client.send("ListJobs", {}),
        client.aws(["s3", "ls"]),
        client.aws(["sts", "get-caller-identity"]),
      ];
      expect(await Promise.all(calls.map(errorNameOf))).to.deep.equal(errors);
    }
  });
});

/** The first block of Python in this page is the script. */
const page = join(__dirname, "../../../docs/emulator.md");

describe("clients: boto3", () => {
  it("runs the script of docs/emulator.md unchanged", async function () {
    const python = await findOrSkip.call(this, findBoto3);
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
