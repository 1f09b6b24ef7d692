import { text as readText } from "node:stream/consumers";
import { spawn } from "node:child_process";

import { expect } from "chai";

describe("the demo", function () {
  this.timeout("5m");

  it("plays to its end, and finds that each job ran once", async () => {
    const demo = spawn(process.execPath, ["--no-warnings", "dist/scripts/demo/main.js"], {
      cwd: process.cwd(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => demo.once("close", resolve));
    const [stdout, stderr] = await Promise.all([readText(demo.stdout), readText(demo.stderr)]);
    const code = await ended;
    // Lines are wrapped to the terminal's width.
    const told = stdout.replaceAll(/\s+/g, " ");
    expect({ code, stderr }, stdout.slice(-2_000)).to.deep.equal({ code: 0, stderr: "" });
    const [, jobs] = /(\d+) jobs for what was declared, each made once and run once\./.exec(told) ?? [];
    expect(Number(jobs)).to.be.greaterThan(1);
    expect(told.match(/ (COMPLETED|ERROR|CANCELLED|TIMED_OUT) once\b/g)).to.have.length(Number(jobs));
    expect(told).to.contain("Nothing is left behind.");
  });
});
