import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";

const cli = join(__dirname, "../../cli/main.js");

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
