/** Every piece of work by everyone who can do it, small: a contest finds it whole, or fails. No clock decides. */
import { expect } from "chai";

import { need } from "../../clients/programs";
import { ownPython } from "../../../scripts/aws-cli";
import { findExecutable, foldersOnPath } from "../../../scripts/pulumi-cli/executables";
import type { Run } from "./contest";
import { contest, idealOf } from "./contest";

const toolsOfShell = ["bash", "jq", "curl", "openssl", "xargs", "split"];

/** Python with both clients, and what the shell scripts use. */
async function findTools() {
  const missing = toolsOfShell.filter((tool) => !findExecutable(foldersOnPath(process.env), tool));
  if (missing.length > 0) return { because: `There is no ${missing.join(", ")} on this machine.` };
  return ownPython().then(
    (command) => ({ command }),
    (error: Error) => ({ because: `boto3 and aws-cli could not be installed: ${error.message}.` }),
  );
}

describe("bench: contests", function () {
  this.timeout("10m");

  it("are done by ours and by each rival, whole, and each has its calls counted", async function () {
    await need.call(this, findTools);
    const runs: Run[] = [];
    const who = ["ours", "JobSet", "B", "C", "S", "R"] as const;
    const works = ["publish", "export", "independent", "upload"] as const;
    await Promise.all(
      works.map((work) =>
        contest(
          { work, count: work === "publish" ? 1 : 3, lasting: 0.1, who },
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
      expect(calls[`independent ${one}`], one).to.include({ CreateJob: 3, StartJob: 3 });
      expect(calls[`upload ${one}`], one).to.include({ CreateJob: 3, StartJob: 3, UploadBody: 3 });
    }
    expect(calls["independent JobSet"]).to.include({ CreateJob: 3, StartJob: 3 });
    for (const run of runs) {
      expect(run.calls, `${run.work} ${run.who}`).to.be.greaterThan(2);
      expect(run.cpu).to.be.greaterThan(0);
      expect(run.memory).to.be.greaterThan(0);
    }
  });

  it("compute their ideal from the quota of ten jobs at once", () => {
    const ideal = (work: Run["work"], count: number) => idealOf({ work, count, lasting: 20 });
    expect([1, 1_000, 1_001, 10_000].map((count) => ideal("publish", count))).to.deep.equal([
      20, 20, 40, 200,
    ]);
    expect(ideal("independent", 100)).to.equal(200);
    expect(ideal("upload", 11)).to.equal(40);
  });
});
