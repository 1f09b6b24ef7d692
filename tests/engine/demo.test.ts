import { text as readText } from "node:stream/consumers";
import { spawn } from "node:child_process";

import { expect } from "chai";

describe("the demo", function () {
  this.timeout("5m");

  it("runs to its end and finds that each job ran once", async () => {
    const demo = spawn(process.execPath, ["--no-warnings", "dist/scripts/demo/main.js"], {
      cwd: process.cwd(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => demo.once("close", resolve));
    const [stdout, stderr] = await Promise.all([readText(demo.stdout), readText(demo.stderr)]);
    const code = await ended;
    // Lines are wrapped to the terminal's width.
    const output = stdout.replaceAll(/\s+/g, " ");
    expect({ code, stderr }, stdout.slice(-2_000)).to.deep.equal({ code: 0, stderr: "" });
    const [, jobs] = /(\d+) jobs, each created once and run once\./.exec(output) ?? [];
    expect(Number(jobs)).to.be.greaterThan(1);
    expect(output.match(/ (COMPLETED|ERROR|CANCELLED|TIMED_OUT) once\b/g)).to.have.length(Number(jobs));
    expect(output).to.contain("Everything was removed.");
  });
});
