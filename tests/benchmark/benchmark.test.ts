/** The framework of `npm run bench`, and small contests and benchmarks. No assertion depends on time. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Measurement } from "./benchmark";
import { atMost, measureInPairs, median } from "./benchmark";
import { benchmarks } from "./benchmarks";
import { polling } from "./benchmarks/polling";
import { writePage } from "./page";
import { measure, resultsTable } from "./report";
import { findOrSkip } from "../harness/environment";
import { installPython } from "../../scripts/find-aws-cli";
import { findExecutable, foldersOnPath } from "../../scripts/run-program";
import type { Run } from "./contest/contest";
import { runContest, idealSeconds } from "./contest/contest";

const quiet = () => undefined;

describe("benchmarks", function () {
  this.timeout("5m");

  it("run pairs in alternating order and take the median", async () => {
    const order: string[] = [];
    const side = (name: string, values: number[]) => () => {
      order.push(name);
      return Promise.resolve(values.shift()!);
    };
    const runs = { ours: side("ours", [2, 30, 8]), theirs: side("theirs", [1, 10, 2]) };
    expect(await measureInPairs(3, runs, quiet)).to.deep.equal({
      ours: 8,
      theirs: 2,
      ratio: 3,
      spread: [2, 4],
    });
    expect(order).to.deep.equal(["theirs", "ours", "ours", "theirs", "theirs", "ours"]);
    expect(median([4, 1, 3, 2])).to.equal(2.5);
  });

  it("print each measurement with its comparison and goal, and why one failed", async () => {
    const values = { ours: "3.00 s", theirs: "2.00 s", ratio: 1.5 };
    const readings: Measurement[] = [{ of: "1 job", ...values, ...atMost(1.1, 1.5) }];
    const names = { name: "up", what: "`up`", against: "nothing" };
    const figure = { ...names, measure: () => Promise.resolve(readings) };
    const failing = { ...figure, measure: () => Promise.reject(new Error("no engine\nat line 1")) };
    const results = [await measure(figure, quiet), await measure(failing, quiet)];
    const [, , measured, failed] = resultsTable(results).replace(/ +/g, " ").split("\n");
    expect(measured).to.equal("| `up` | 1 job | 3.00 s | nothing | 2.00 s | 1.50 | | ≤ 1.1 | no |");
    expect(failed).to.contain("| `up` | | could not be measured: no engine |");
  });

  it("have one name each, and reject an unknown name", () => {
    const names = benchmarks.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, "main.js"), "speed"], {
      encoding: "utf8",
    });
    expect(status).to.equal(2);
    expect(stderr).to.contain(`Unknown name "speed".`).and.to.contain(names.join(", "));
  });

  it("count fewer calls to watch twenty jobs than one GetJob per job and poll", async () => {
    const [reading] = await polling({ jobs: 20, lasting: 2, spread: 0 }).measure(quiet, quiet);
    expect(reading!.ratio).to.be.within(1 / 1_000, 1);
  });

  it("write results between the marks of the page, those of the plugin apart, and draw the charts", async () => {
    const docs = await mkdtemp(join(tmpdir(), "bench-page-"));
    try {
      const marks = ["run", "figures", "runs", "plugin"].map(
        (name) => `<!-- ${name} -->old<!-- end of ${name} -->`,
      );
      await mkdir(join(docs, "results"));
      const path = join(docs, "results", "performance.md");
      await writeFile(path, `# Performance\n\n${marks.join("\n\n")}\n\nWhy.\n`);
      const counts = { calls: 6, s3Calls: 1, cpu: 1, memory: 50, operations: {} };
      const took = { ...counts, work: "publish", lasting: 20 };
      const runs = [
        { ...took, who: "ours", count: 100, ideal: 20, seconds: 24 },
        { ...took, who: "ours", count: 1_000, ideal: 20, seconds: 30 },
        { ...took, who: "B", count: 1_000, ideal: 20, seconds: 21 },
      ];
      const facts = { command: "npm run bench", date: "2026-01-05T12:00:00.000Z", machine: "2 × Any" };
      const figures = [{ name: "publish", what: "publish", against: "", readings: [], runs }];
      const results = join(docs, "results.json");
      await writeFile(results, JSON.stringify({ ...facts, figures }));
      await writePage([results], docs);
      const ofPlugin = {
        ...figures[0],
        name: "plugin",
        what: "the plugin",
        runs: undefined,
        error: "no engine",
      };
      const again = { ...facts, command: "npm run bench -- plugin", figures: [ofPlugin] };
      await writeFile(results, JSON.stringify(again));
      await writePage([results], docs);
      const page = await readFile(path, "utf8");
      expect(page).to.match(
        /`npm run bench -- plugin`, [^]*the plugin +\| +\| could not be measured: no engine/,
      );
      expect(page).to.contain("`npm run bench`, 2026-01-05; 2 × Any.").and.to.contain("Why.");
      expect(page)
        .to.match(/\| publish \| 1,000 +\| 20 .*\| B +\| 21\.0 /)
        .and.not.to.contain("old");
      const drawn = await readFile(join(docs, "images", "publish-seconds.svg"), "utf8");
      // Two decades across, from 100 to 1,000, and one mark for each run.
      expect(drawn.match(/<circle/g)).to.have.length(3);
      expect(drawn).to.contain(">1,000<").and.to.contain("boto3 script").and.not.to.contain("NaN");
    } finally {
      await rm(docs, { recursive: true });
    }
  });
});

const toolsOfShell = ["bash", "jq", "curl", "openssl", "xargs", "split"];

/** Python with both clients, and the programs that the shell script uses. */
async function findTools() {
  const missing = toolsOfShell.filter((tool) => !findExecutable(foldersOnPath(process.env), tool));
  if (missing.length > 0) return { because: `There is no ${missing.join(", ")} on this machine.` };
  return installPython().then(
    (command) => ({ command }),
    (error: Error) => ({ because: `boto3 and aws-cli could not be installed: ${error.message}.` }),
  );
}

describe("contests between this package and its alternatives", function () {
  this.timeout("10m");

  it("count the calls of every contestant, which completes every workload", async function () {
    await findOrSkip.call(this, findTools);
    const runs: Run[] = [];
    const who = ["ours", "JobSet", "B", "C", "S", "R"] as const;
    const works = ["publish", "export", "independent", "upload"] as const;
    await Promise.all(
      works.map((work) =>
        runContest(
          { work, count: work === "publish" ? 1 : 2, lasting: 0.1, who },
          () => undefined,
          (run) => runs.push(run),
        ),
      ),
    );
    const calls = Object.fromEntries(runs.map((run) => [`${run.work} ${run.who}`, run.operations]));
    for (const one of ["ours", "B", "C", "S", "R"])
      expect(calls[`publish ${one}`], one).to.include({ CreateJob: 1, StartJob: 1, UpdateRevision: 1 });
    for (const one of ["ours", "B", "S"]) {
      expect(calls[`export ${one}`], one).to.include({ CreateJob: 1, StartJob: 1 });
      expect(calls[`independent ${one}`], one).to.include({ CreateJob: 2, StartJob: 2 });
      expect(calls[`upload ${one}`], one).to.include({ CreateJob: 2, StartJob: 2, UploadBody: 2 });
    }
    expect(calls["independent JobSet"]).to.include({ CreateJob: 2, StartJob: 2 });
    for (const run of runs) {
      expect(run.calls, `${run.work} ${run.who}`).to.be.greaterThan(2);
      expect(run.cpu).to.be.greaterThan(0);
      expect(run.memory).to.be.greaterThan(0);
    }
  });

  it("compute the ideal time from the quota of ten concurrent jobs", () => {
    const counts = [1, 1_000, 1_001, 10_000];
    expect(counts.map((count) => idealSeconds("publish", count, 20))).to.deep.equal([20, 20, 40, 200]);
    expect(idealSeconds("independent", 100, 20)).to.equal(200);
    expect(idealSeconds("upload", 11, 20)).to.equal(40);
  });
});
