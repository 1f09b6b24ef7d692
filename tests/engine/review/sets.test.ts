/** Reviews of previews by the real engine, of sets of jobs, compared with what `pulumi up` then does. */
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobSetArgs, S3ImportArgs } from "../../../index";
import { JobSet, S3Export, S3Import } from "../../../index";
import { toPlainText } from "../../../review/rich-text";
import {
  findJob,
  previewAsJson,
  reasonKinds,
  reasonsOf,
  reviewPreview,
  warningsOf,
} from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";

describe("review: sets of jobs on the engine", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: "20ms" });
  useProgramEnvironment(shared);
  let place: { dataSetId: string; revisionId: string };

  before(async () => {
    await shared.service.createBucket("source", { "a.csv": "1", "b.csv": "1", "c.csv": "1" });
    await shared.service.createBucket("target");
  });
  beforeEach(async () => {
    await shared.stack.clearState();
    place = await shared.service.createEmptyRevision();
  });

  const nothing: PulumiFn = () => Promise.resolve();
  const setOf =
    (keys: Record<string, string[]>, settings: Partial<JobSetArgs> = {}, triggers?: unknown[]): PulumiFn =>
    () => {
      const jobs = Object.entries(keys).map(([name, some]) => [name, importArgs(place, some, { triggers })]);
      new JobSet("prices", { jobs: Object.fromEntries(jobs) as JobSetArgs["jobs"], ...settings });
      return Promise.resolve();
    };
  const deletion = (cause: string, assets: string[], isAfterSet: boolean) => ({
    ...{ kind: "deleted-assets", cause, assets, isAfterSet },
  });
  const jobsRun = async (run: () => Promise<unknown>): Promise<number> => {
    const before = shared.service.local.jobs().length;
    await run();
    return shared.service.local.jobs().length - before;
  };

  it("runs one job because of an added, a changed and a removed object", async () => {
    const { stack, service } = shared;
    const program = (args: Partial<S3ImportArgs> = {}): PulumiFn => {
      return () => {
        new S3Import("daily", { ...place, bucket: "source", prefix: "day/", ...args });
        return Promise.resolve();
      };
    };
    for (const key of ["day/a.csv", "day/b.csv"]) await service.putObject("source", key, "1");
    const created = reviewPreview(await previewAsJson(stack, program()));
    expect(created.headline).to.equal("1 new job will run");
    const job = findJob(created, "daily[1]");
    expect(job.action).to.equal("new");
    expect(toPlainText(job.does)).to.match(
      /^imports 2 objects of source into revision \w+… of data set \w+…$/,
    );
    expect(created.review.others).to.deep.equal({ create: 1 });
    expectSuccess(await stack.up(program()));
    expect(reviewPreview(await previewAsJson(stack, program())).headline).to.match(/are affected, 1 stays$/);

    await service.putObject("source", "day/a.csv", "2");
    await service.putObject("source", "day/c.csv", "1");
    const changed = reviewPreview(await previewAsJson(stack, program({ exclude: ["b.csv"] })));
    expect(changed.headline).to.equal("1 job runs again");
    expect(reasonsOf(changed)).to.containSubset([
      { kind: "items-changed", added: ["s3://source/day/c.csv"], removed: ["s3://source/day/b.csv"] },
      { kind: "content-changed", names: ["s3://source/day/a.csv"] },
    ]);
    expect(warningsOf(changed)).to.deep.equal([deletion("last-run", ["day/a.csv", "day/b.csv"], true)]);
    expect(
      await jobsRun(async () => expectSuccess(await stack.up(program({ exclude: ["b.csv"] })))),
    ).to.equal(1);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal(["day/a.csv", "day/c.csv"]);
    const gone = reviewPreview(await previewAsJson(stack, nothing));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.review.idle[0]!.effect).to.containSubset({ kind: "deleted", assets: { fate: "deleted" } });
  });

  it("knows which jobs of a set run, are deleted and stay", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(setOf({ a: ["a.csv"], b: ["b.csv"] }, {}, ["one"])));
    const after = setOf({ b: ["b.csv"], c: ["c.csv", "b.csv"] }, { triggers: ["two"] }, ["one"]);
    const result = reviewPreview(await previewAsJson(stack, after));
    expect(result.headline).to.equal("1 new job will run, 1 runs again, 1 is deleted");
    expect(reasonsOf(result, "prices[b]")).to.containSubset([{ changes: [{ trigger: "1", to: "two" }] }]);
    expect(warningsOf(result, "prices[c]")).to.containSubset([
      { cause: "left-by-kept", jobs: ["prices[b]"] },
    ]);
    expect(await jobsRun(async () => expectSuccess(await stack.up(after)))).to.equal(2);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal([
      "a.csv",
      "b.csv",
      "b.csv",
      "b.csv",
      "c.csv",
    ]);
    const inPlace = setOf(
      { b: ["b.csv"], c: ["c.csv", "b.csv"] },
      { triggers: ["two"], onDelete: "deleteAssets" },
      ["one"],
    );
    expect(reviewPreview(await previewAsJson(stack, inPlace)).headline).to.equal(
      "2 jobs are updated in place",
    );
    expect(await jobsRun(async () => expectSuccess(await stack.up(inPlace)))).to.equal(0);
  });

  it("runs only the failed job of a set again", async () => {
    const { stack, service } = shared;
    const settings = { onDelete: "deleteAssets" } as const;
    expectSuccess(await stack.up(setOf({ a: ["a.csv"], b: ["b.csv"] }, settings)));
    const broken = setOf({ a: ["a.csv", "c.csv"], b: ["b.csv", "missing.csv"] }, settings);
    expect((await stack.up(broken)).error).to.be.an("error");
    const result = reviewPreview(await previewAsJson(stack, broken));
    expect(result.headline).to.equal("1 job runs again, 1 is deleted, 1 stays");
    expect(result.text).to.match(/its last run ended in ERROR: .* \(s3:\/\/source\/missing\.csv\)\n/);
    expect(warningsOf(result)).to.deep.equal([
      // The assets of a failed run are deleted before its job runs again.
      deletion("last-run", ["b.csv"], false),
      deletion("earlier-run", ["b.csv"], true),
    ]);
    expect(result.review.idle.map(({ urn, effect }) => [urn.name, effect])).to.deep.equal([
      ["prices[a]", { kind: "former-deleted", assets: { names: ["a.csv"], fate: "deleted" } }],
    ]);
    await service.putObject("source", "missing.csv", "1");
    expect(await jobsRun(async () => expectSuccess(await stack.up(broken)))).to.equal(1);
    expect((await service.listAssetNames(place)).sort()).to.deep.equal([
      "a.csv",
      "b.csv",
      "c.csv",
      "missing.csv",
    ]);
  });

  it("shows no secret of a set, and that its jobs may run", async () => {
    const { stack } = shared;
    const program =
      (keys: string[], timeouts?: S3ImportArgs["timeouts"]): PulumiFn =>
      () => {
        new S3Import("daily", { ...place, bucket: "source", keys: secret(keys), timeouts });
        return Promise.resolve();
      };
    expectSuccess(await stack.up(program(["a.csv"])));
    const changed = reviewPreview(await previewAsJson(stack, program(["b.csv"])));
    expect(changed.headline).to.equal("1 job may run again");
    expect(reasonKinds(changed)).to.deep.equal(["hidden"]);
    expect(changed.text + changed.markdown + JSON.stringify(changed.json)).not.to.contain(".csv");
    expect(reviewPreview(await previewAsJson(stack, program(["a.csv"]))).headline).to.match(
      /are affected, 1 stays$/,
    );
    const inPlace = reviewPreview(await previewAsJson(stack, program(["a.csv"], { run: "1h" })));
    expect(inPlace.headline).to.equal("1 job is updated in place");
    const gone = reviewPreview(await previewAsJson(stack, nothing));
    expect(gone.review.idle.map(({ effect }) => effect)).to.deep.equal([
      { kind: "deleted", assets: { names: undefined, fate: "deleted" } },
    ]);
  });

  it("defers the jobs of an export whose assets do not exist yet", async () => {
    const { stack } = shared;
    const program =
      (keys: string[]): PulumiFn =>
      () => {
        const { assets } = new S3Import("daily", { ...place, bucket: "source", keys });
        new S3Export("copies", { ...place, bucket: "target", assets });
        return Promise.resolve();
      };
    const created = reviewPreview(await previewAsJson(stack, program(["a.csv"])));
    expect(created.headline).to.equal("1 new job will run, 1 component decides more later");
    expect(created.review.deferred.map(({ urn }) => urn.name)).to.deep.equal(["copies"]);
    expectSuccess(await stack.up(program(["a.csv"])));
    expect(reviewPreview(await previewAsJson(stack, program(["a.csv"]))).headline).to.match(
      /are affected, 2 stay$/,
    );
    const changed = reviewPreview(await previewAsJson(stack, program(["b.csv"])));
    expect(changed.headline).to.equal("1 job runs again, 1 may run again, 1 component decides more later");
    expect(findJob(changed, "copies-export[1]").action).to.equal("possibleRerun");
    expect(reasonsOf(changed, "copies-export[1]")).to.containSubset([
      { kind: "not-known-yet", until: [{ urn: { name: "daily" }, op: "update" }] },
    ]);
  });
});
