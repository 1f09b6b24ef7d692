import { expect } from "chai";
import { LocalDataExchange } from "../../emulator";
import { EmulatorService, jobRequest, rejection } from "./support";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

describe("emulator: start and stop", () => {
  it("stops with jobs in progress and connections open, and any number of times", async () => {
    const service = await EmulatorService.start({ jobDuration: "10m" });
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const id = await service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] }),
    );
    void service.finishJob(id).catch(() => undefined);
    while (service.local.jobs()[0]!.startCount === 0) await new Promise(setImmediate);
    await Promise.all([service.stop(), service.local.stop()]);
    await service.local.stop();
    await rejection(fetch(service.local.endpoint));
  });

  it("says that a port is taken", async () => {
    const first = await LocalDataExchange.start();
    const port = Number(new URL(first.endpoint).port);
    expect((await rejection(LocalDataExchange.start({ port }))).message).to.include("EADDRINUSE");
    await first.stop();
  });

  it("refuses options that make no sense before it starts anything", async () => {
    const wrong: [object, string, RegExp][] = [
      [{ accountId: "1" }, "wrong-format", /^accountId /],
      [{ port: 65_536 }, "too-large", /^port /],
      [{ s3Endpoint: "ftp://host" }, "not-a-url", /^s3Endpoint /],
      [
        { credentials: [{ accessKeyId: "", secretAccessKey: "s" }] },
        "empty-value",
        /^credentials\[0\]\.accessKeyId /,
      ],
      [{ quotas: { NONE: 1 } }, "unknown-member", /^quotas\.NONE /],
      [{ jobDuration: "soon" }, "not-a-duration", /^jobDuration /],
      [{ jobDuration: "25d" }, "too-large", /^jobDuration /],
      [{ jobDuration: { NONE: 1 } }, "unknown-member", /^jobDuration\.NONE /],
    ];
    for (const [options, code, path] of wrong) {
      const error = await rejection(LocalDataExchange.start(options), "OptionError");
      expect([error["code"], error.message], JSON.stringify(options)).to.satisfy(
        ([found, message]: [string, string]) => found === code && path.test(message),
      );
    }
  });
});

const cli = join(__dirname, "../../cli/main");

const run = (...args: string[]) =>
  spawn(process.execPath, [cli, "emulator", ...args], { stdio: ["ignore", "pipe", "pipe"] });

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let read = "";
  for await (const chunk of stdout!.setEncoding("utf8")) {
    read += String(chunk);
    if (read.includes("\n")) break;
  }
  return read;
}

describe("emulator: command", function () {
  // Starting a process and loading the SDK takes its time on a busy machine.
  this.timeout(60_000);

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`says when it is ready, logs what it answers, and ends on ${signal}`, async () => {
      const child = run("--", "--port", "0", "--job-duration", "1s", "--quota", "EXPORT_REVISIONS_TO_S3=2");
      const log = text(child.stderr);
      const line = await firstLine(child);
      expect(line).to.match(/^ready http:\/\/127\.0\.0\.1:\d+\n$/);
      const endpoint = line.trim().slice("ready ".length);
      expect((await fetch(`${endpoint}/v1/jobs?X-Amz-Signature=secret`)).status).to.equal(403);
      child.kill(signal);
      expect(await once(child, "exit")).to.deep.equal([0, null]);
      expect(await log)
        .to.match(/^\S+Z GET \/v1\/jobs 403 \d+ ms$/m)
        .and.not.to.include("secret");
    });
  }

  it("refuses what it does not know", async () => {
    for (const args of [
      ["--port", "x"],
      ["--quota", "NONE=1"],
    ]) {
      const child = run(...args);
      const complaint = text(child.stderr);
      const [code] = (await once(child, "exit")) as [number];
      expect(code).to.equal(1);
      expect(await complaint).to.match(/--port must be|quotas\.NONE is not known/);
    }
  });
});
