/** Reviews of the real engine's previews of job sets, compared with the result of `pulumi up`. */
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobSetArgs, S3ImportArgs } from "../../../index";
import { JobSet, S3Export, S3Import } from "../../../index";
import { toPlainText } from "../../../review/rich-text";
import { forEachHost } from "../../harness/hosts";
import { importArgs } from "../../harness/programs";
import { deletion, reviewProgram } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import { useProgramEnvironment } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";

const [a, b, c] = ["a.csv", "b.csv", "c.csv"] as const;
const onDelete = "deleteAssets" as const;

forEachHost("review of job sets on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ jobDuration: "20ms" });
  useProgramEnvironment(shared);
  let revision: RevisionIds;

  before(async () => {
    await shared.service.createBucket("source", { [a]: "1", [b]: "1", [c]: "1" });
    await shared.service.createBucket("target");
  });
  beforeEach(async () => {
    await shared.stack.clearState();
    revision = await shared.service.createEmptyRevision();
  });

  const review = (program: PulumiFn) => reviewProgram(shared.stack, program);
  /** Returns the number of jobs that ran. */
  const up = async (program: PulumiFn): Promise<number> => {
    const { stack, service } = shared;
    const before = service.local.jobs().length;
    expectSuccess(await stack.up(program));
    return service.local.jobs().length - before;
  };
  const assetNames = async () => (await shared.service.listAssetNames(revision)).sort();

  const nothing: PulumiFn = () => Promise.resolve();
  const setOf =
    (keys: Record<string, string[]>, settings: Partial<JobSetArgs> = {}): PulumiFn =>
    () => {
      const jobs = Object.entries(keys).map(([name, some]) => [name, importArgs(revision, some)]);
      new JobSet("prices", { jobs: Object.fromEntries(jobs) as JobSetArgs["jobs"], ...settings });
      return Promise.resolve();
    };
  const imports =
    (args: Partial<S3ImportArgs>): PulumiFn =>
    () => {
      new S3Import("daily", { ...revision, bucket: "source", ...args });
      return Promise.resolve();
    };

  it("shows one run because of an added, a changed and a removed object", async () => {
    const { service } = shared;
    const [before, after] = [imports({ prefix: "day/" }), imports({ prefix: "day/", exclude: [b] })];
    for (const name of [a, b]) await service.putObject("source", `day/${name}`, "1");
    const created = await review(before);
    expect(created.headline).to.equal("1 new job will run");
    const { action, summary } = created.job("daily[1]");
    expect(action).to.equal("new");
    expect(toPlainText(summary)).to.match(
      /^imports 2 objects of source into revision \w+… of data set \w+…$/,
    );
    expect(created.review.others).to.deep.equal({ create: 1 });
    await up(before);
    expect((await review(before)).headline).to.match(/are affected, 1 stays$/);

    await service.putObject("source", "day/a.csv", "2");
    await service.putObject("source", "day/c.csv", "1");
    const changed = await review(after);
    expect(changed.headline).to.equal("1 job runs again");
    expect(changed.reasons()).to.containSubset([
      { kind: "items-changed", added: ["s3://source/day/c.csv"], removed: ["s3://source/day/b.csv"] },
      { kind: "content-changed", names: ["s3://source/day/a.csv"] },
    ]);
    expect(changed.warnings()).to.deep.equal([deletion("last-run", ["day/a.csv", "day/b.csv"])]);
    expect(await up(after)).to.equal(1);
    expect(await assetNames()).to.deep.equal(["day/a.csv", "day/c.csv"]);
    const gone = await review(nothing);
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.effect("daily[1]")).to.containSubset({ kind: "deleted", assets: { outcome: "deleted" } });
  });

  it("names the jobs that `pulumi up` runs, deletes and keeps", async () => {
    await up(setOf({ a: [a], b: [b] }));
    const jobs = { b: [b], c: [c, b] };
    const after = setOf(jobs, { triggers: ["two"] });
    const result = await review(after);
    expect(result.headline).to.equal("1 new job will run, 1 runs again, 1 is deleted");
    expect(result.reasons("prices[b]")).to.containSubset([{ changes: [{ trigger: "1", to: "two" }] }]);
    const leftByKept = { cause: "left-by-kept", jobs: ["prices[b]"] };
    expect(result.warnings("prices[c]")).to.containSubset([leftByKept]);
    expect(await up(after)).to.equal(2);
    expect(await assetNames()).to.deep.equal([a, b, b, b, c]);
    const inPlace = setOf(jobs, { triggers: ["two"], onDelete });
    expect((await review(inPlace)).headline).to.equal("2 jobs are updated in place");
    expect(await up(inPlace)).to.equal(0);
  });

  it("shows a rerun of the failed job only", async () => {
    const { stack, service } = shared;
    await up(setOf({ a: [a], b: [b] }, { onDelete }));
    const broken = setOf({ a: [a, c], b: [b, "missing.csv"] }, { onDelete });
    expect((await stack.up(broken)).error).to.be.an("error");
    const result = await review(broken);
    expect(result.headline).to.equal("1 job runs again, 1 is deleted, 1 stays");
    expect(result.printed).to.match(/its last run ended in ERROR: .* \(s3:\/\/source\/missing\.csv\)\n/);
    expect(result.warnings()).to.deep.equal([
      // The assets of a failed run are deleted before its job runs again.
      deletion("last-run", [b], false),
      deletion("earlier-run", [b]),
    ]);
    const former = { kind: "former-deleted", assets: { names: [a], outcome: "deleted" } };
    expect(result.effect("prices[a]")).to.deep.equal(former);
    await service.putObject("source", "missing.csv", "1");
    expect(await up(broken)).to.equal(1);
    expect(stack.lastRun!.stdout).to.contain("so they run again or continue: b (ERROR). [jobs-incomplete]");
    expect(await assetNames()).to.deep.equal([a, b, c, "missing.csv"]);
  });

  it("shows that jobs with secrets may run again, without the secrets", async () => {
    const before = imports({ keys: secret([a]) });
    await up(before);
    const changed = await review(imports({ keys: secret([b]) }));
    expect(changed.headline).to.equal("1 job may run again");
    expect(changed.reasonKinds()).to.deep.equal(["hidden"]);
    expect(changed.printed).not.to.contain(".csv");
    expect((await review(before)).headline).to.match(/are affected, 1 stays$/);
    const inPlace = await review(imports({ keys: secret([a]), timeouts: { run: "1h" } }));
    expect(inPlace.headline).to.equal("1 job is updated in place");
    const deleted = { kind: "deleted", assets: { names: undefined, outcome: "deleted" } };
    expect((await review(nothing)).effect("daily[1]")).to.deep.equal(deleted);
  });

  it("defers the jobs of an export of assets that do not exist yet", async () => {
    const program =
      (keys: string[]): PulumiFn =>
      () => {
        const { assets } = new S3Import("daily", { ...revision, bucket: "source", keys });
        new S3Export("copies", { ...revision, bucket: "target", assets });
        return Promise.resolve();
      };
    const created = await review(program([a]));
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(created.review.deferred.map(({ urn }) => urn.name)).to.deep.equal(["copies"]);
    await up(program([a]));
    expect((await review(program([a]))).headline).to.match(/are affected, 2 stay$/);
    const changed = await review(program([b]));
    expect(changed.headline).to.equal("1 job runs again, 1 may run again, 1 component decides more later");
    expect(changed.job("copies-export[1]").action).to.equal("possibleRerun");
    const notKnown = { kind: "not-known-yet", until: [{ urn: { name: "daily" }, op: "update" }] };
    expect(changed.reasons("copies-export[1]")).to.containSubset([notKnown]);
  });
});
