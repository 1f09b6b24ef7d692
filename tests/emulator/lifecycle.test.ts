import { expect } from "chai";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { LocalDataExchange } from "../../emulator";
import { EmulatorService, jobRequest, rejection } from "./support";

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
    expect((await rejection(LocalDataExchange.start({ port }))).message).to.include("EADDRINUSE");
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

  it("exits with 1 for invalid options", async () => {
    const invalid: [string[], RegExp][] = [
      [["--port", "x"], /--port must be/],
      [["--quota", "NONE=1"], /quotas\.NONE is not a member/],
    ];
    for (const [args, message] of invalid) {
      const child = run(...args);
      const complaint = text(child.stderr!);
      expect(((await once(child, "exit")) as [number])[0]).to.equal(1);
      expect(await complaint).to.match(message);
    }
  });
});
