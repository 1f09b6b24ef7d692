import { expect } from "chai";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { LocalDataExchange } from "../../emulator";
import { codesIn } from "../../lib/message-code";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

describe("emulator: start and stop", () => {
  it("stops with jobs in progress and connections open, and accepts further stops", async () => {
    const service = await EmulatorService.start({ jobDuration: "10m" });
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const RevisionDestinations = [{ RevisionId, Bucket: "b" }];
    const id = await service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }),
    );
    void service.finishJob(id).catch(() => undefined);
    while (service.local.jobs()[0]!.startCount === 0) await new Promise(setImmediate);
    await Promise.all([service.stop(), service.local.stop()]);
    await service.local.stop();
    await rejection(fetch(service.endpoint));
  });

  it("rejects a port that is in use", async () => {
    const first = await LocalDataExchange.start();
    const port = Number(new URL(first.endpoint).port);
    const error = await rejection(LocalDataExchange.start({ port }), "OptionError");
    expect(error["code"]).to.equal("port-in-use");
    await first.stop();
  });

  it("rejects invalid options before it starts anything", async () => {
    const wrong: [object, string, RegExp][] = [
      [{ accountId: "1" }, "wrong-format", /^accountId /],
      [{ port: 65_536 }, "too-large", /^port /],
      [{ s3Endpoint: "ftp://host" }, "not-a-url", /^s3Endpoint /],
      [{ credentials: [{ accessKeyId: "" }] }, "empty-value", /^credentials\[0\]\.accessKeyId /],
      [{ quotas: { NONE: 1 } }, "unknown-member", /^quotas\.NONE /],
      [{ jobDuration: "soon" }, "not-a-duration", /^jobDuration /],
      [{ jobDuration: "25d" }, "too-large", /^jobDuration /],
      [{ jobDuration: { NONE: 1 } }, "unknown-member", /^jobDuration\.NONE /],
      [{ requestsPerSecond: { default: NaN } }, "wrong-type", /^requestsPerSecond\.default .* not NaN\./],
      [{ host: "192.0.2.1" }, "address-not-available", /^host 192\.0\.2\.1 /],
      [{ s3Endpoint: "http://127.0.0.1:1" }, "unusable-s3-endpoint", /^s3Endpoint http:/],
    ];
    for (const [options, code, path] of wrong) {
      const error = await rejection(LocalDataExchange.start(options), "OptionError");
      expect(error["code"], JSON.stringify(options)).to.equal(code);
      expect(error.message).to.match(path);
    }
  });
});

const cli = join(__dirname, "../../cli/main");

const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [cli, "emulator", ...args], { stdio: ["ignore", "pipe", "pipe"] });

describe("emulator: command", function () {
  this.timeout(60_000);

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints its URL, logs each request, and ends on ${signal}`, async () => {
      const child = run("--", "--port", "0", "--job-duration", "1s", "--quota", "EXPORT_REVISIONS_TO_S3=2");
      const log = text(child.stderr!);
      const [line] = (await once(createInterface(child.stdout!), "line")) as [string];
      expect(line).to.match(/^ready http:\/\/127\.0\.0\.1:\d+$/);
      const answer = await fetch(`${line.slice("ready ".length)}/v1/jobs?X-Amz-Signature=secret`);
      expect(answer.status).to.equal(403);
      child.kill(signal);
      expect(await once(child, "exit")).to.deep.equal([0, null]);
      expect(await log).to.match(/^\S+Z GET \/v1\/jobs 403 \d+ ms$/m);
      expect(await log).not.to.include("secret");
    });
  }

  it("exits with 1 for an invalid option, which it names with a code", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const invalid: [string[], string, string][] = [
      [["--port", "x"], "--port must be", "invalid-value"],
      [["--port", "65536"], "--port must be", "too-large"],
      [["--port", port], `--port ${port} `, "port-in-use"],
      [["--host", "192.0.2.1"], "--host 192.0.2.1 ", "address-not-available"],
      [["--account", "1"], "--account must be", "wrong-format"],
      [["--quota", "NONE=1"], "--quota NONE is not a job type; use one of ", "unknown-member"],
      [["--limit", "NONE=1"], "--limit NONE is not a limit;", "unknown-member"],
      [["--job-duration", "soon"], "--job-duration must be", "not-a-duration"],
      [["--job-duration", "NONE=1"], "--job-duration NONE is not a job type;", "unknown-member"],
      [["--requests-per-second", "x"], "--requests-per-second must be a number", "invalid-value"],
      [
        ["--requests-per-second", "NONE=1"],
        "--requests-per-second NONE is not an operation;",
        "unknown-member",
      ],
      [["--s3-endpoint", "host"], "--s3-endpoint must be", "not-a-url"],
      [["--api", "id=host"], "--api id must be", "not-a-url"],
      [["--credentials", "/missing/file"], "/missing/file cannot be read", "unreadable-file"],
      [["--credentials", __dirname], `${__dirname} cannot be read`, "unreadable-file"],
      [["--credentials", __filename], `${__filename} has no profile`, "no-credentials"],
    ];
    for (const [args, start, code] of invalid) {
      const child = run(...args);
      const complaint = text(child.stderr!);
      expect(((await once(child, "exit")) as [number])[0]).to.equal(1);
      expect((await complaint).slice(0, start.length)).to.equal(start);
      expect(codesIn(await complaint)).to.deep.equal([code]);
    }
    server.close();
  });
});
