import { GetRevisionCommand, ListDataSetRevisionsCommand } from "@aws-sdk/client-dataexchange";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { RevisionPublicationArgs } from "../../../components/revision-publication";
import { RevisionPublication } from "../../../components/revision-publication";
import { finalizationToken } from "../../../provider/pulumi/contract";
import { awsPlugin } from "../../support/aws";
import { useProgramEnvironment } from "../../support/program-environment";
import type { Run } from "../../support/stack";
import { ok, useStack } from "../../support/stack";

const text = ({ stdout, stderr }: Run): string => stdout + stderr;

describe("RevisionPublication on the engine", function () {
  this.timeout("10m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 120 }, (_, i) => `prices/${i}.csv`);

  let dataSetId: string;
  before(() => shared.world.bucket("prices-bucket", Object.fromEntries(keys.map((key) => [key, key]))));
  beforeEach(async () => (dataSetId = await shared.world.dataSet()));
  afterEach(async () => {
    shared.world.local.faults.clear();
    ok(await shared.stack.destroy());
  });

  const publishing =
    (args: Partial<RevisionPublicationArgs> = {}): PulumiFn =>
    () => {
      const { revisionId, revisionArn, jobIds, assets, finalized } = new RevisionPublication("prices", {
        dataSetId,
        contents: { files: { s3: { bucket: "prices-bucket", prefix: "prices/" } } },
        ...args,
      });
      const names = assets.apply((made) => made.map(({ name }) => name).sort());
      return Promise.resolve({ revisionId, revisionArn, jobIds, names, finalized });
    };

  /** The revisions of the data set, oldest first: how many assets each has, and whether it is finalized. */
  const revisions = async () => {
    const { world } = shared;
    const { Revisions = [] } = await world.service.send(
      new ListDataSetRevisionsCommand({ DataSetId: dataSetId }),
    );
    const oldestFirst = Revisions.sort((a, b) => Number(a.CreatedAt) - Number(b.CreatedAt));
    return Promise.all(
      oldestFirst.map(async ({ Id, Finalized }) => ({
        id: Id!,
        finalized: Finalized,
        assets: (await world.assetNames({ dataSetId, revisionId: Id! })).length,
      })),
    );
  };

  const finalizations = async () => {
    const exported = await shared.stack.stack.exportStack();
    const { resources = [] } = exported.deployment as { resources?: { type: string }[] };
    return resources.filter(({ type }) => type === finalizationToken);
  };

  const change = (key: string) =>
    shared.world.put("prices-bucket", key, `changed at ${process.hrtime.bigint()}`);

  for (const formerRevisions of ["keep", "remove"] as const) {
    it(`previews, publishes, leaves alone, and makes a new revision of a change (${formerRevisions})`, async () => {
      const { stack, world } = shared;
      const program = publishing({ formerRevisions });
      const requests = world.local.requests.length;
      // Stack, publication, revision, import, two jobs, finalization.
      expect(ok(await stack.preview(program)).changes).to.deep.equal({ create: 7 });
      expect(world.calls(requests)).to.not.have.any.keys("CreateRevision", "CreateJob", "UpdateRevision");

      const first = ok(await stack.up(program));
      expect(first.outputs.names!.value).to.deep.equal([...keys].sort());
      expect(first.outputs.finalized!.value).to.equal(true);
      expect(await revisions()).to.deep.equal([
        { id: first.outputs.revisionId!.value as string, finalized: true, assets: 120 },
      ]);
      expect(ok(await stack.preview(program)).changes).to.deep.equal({ same: 7 });
      expect(ok(await stack.up(program)).changes).to.deep.equal({ same: 7 });

      await change(keys[7]!);
      const previewed = ok(await stack.preview(program));
      expect(previewed.changes).to.deep.equal({ replace: 4, same: 3 });
      const second = ok(await stack.up(program));
      expect(second.outputs.revisionId!.value).to.not.equal(first.outputs.revisionId!.value);
      expect(await revisions()).to.deep.equal([
        ...(formerRevisions === "keep"
          ? [{ id: first.outputs.revisionId!.value as string, finalized: true, assets: 120 }]
          : []),
        { id: second.outputs.revisionId!.value as string, finalized: true, assets: 120 },
      ]);
      expect(ok(await stack.up(program)).changes).to.deep.equal({ same: 7 });
    });

    it(`never finalizes after a failed job; the next up heals (${formerRevisions})`, async () => {
      const { stack, world } = shared;
      const program = publishing({ formerRevisions });
      const first = ok(await stack.up(program)).outputs.revisionId!.value as string;
      await change(keys[3]!);
      world.local.faults.add({ operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION", times: 1 });
      const requests = world.local.requests.length;
      const failed = await stack.up(program);
      expect(failed.error).to.be.an("error");
      expect(text(failed)).to.match(/Job \w+ \(IMPORT_ASSETS_FROM_S3\) ended in ERROR: INTERNAL_SERVER/);
      expect(world.calls(requests)).to.not.have.any.keys("UpdateRevision");
      const between = await revisions();
      expect(between.map(({ finalized }) => finalized)).to.deep.equal([true, false]);
      expect(between[0]!.id).to.equal(first);

      const healed = ok(await stack.up(program));
      const last = { id: between[1]!.id, finalized: true, assets: 120 };
      expect(healed.outputs.revisionId!.value).to.equal(last.id);
      expect(await revisions()).to.deep.equal(
        formerRevisions === "keep" ? [{ id: first, finalized: true, assets: 120 }, last] : [last],
      );
      expect(ok(await stack.up(program)).changes).to.deep.equal({ same: 7 });
    });
  }

  it("finalizes nothing when the very first job fails, and all when it is run again", async () => {
    const { stack, world } = shared;
    world.local.faults.add({ operation: "RunJob", error: "ACCESS_DENIED_EXCEPTION", times: 1 });
    expect((await stack.up(publishing())).error).to.be.an("error");
    expect((await revisions()).map(({ finalized }) => finalized)).to.deep.equal([false]);
    expect(await finalizations()).to.have.length(0);
    ok(await stack.up());
    expect((await revisions()).map(({ finalized, assets }) => [finalized, assets])).to.deep.equal([
      [true, 120],
    ]);
  });

  it("finalizes again what somebody opened, after a refresh", async () => {
    const { stack, world } = shared;
    const { outputs } = ok(await stack.up(publishing()));
    const revision = { dataSetId, revisionId: outputs.revisionId!.value as string };
    await world.open(revision);
    ok(await stack.refresh());
    expect(ok(await stack.preview()).changes).to.deep.equal({ update: 1, same: 6 });
    ok(await stack.up());
    const { Finalized } = await world.service.send(
      new GetRevisionCommand({ DataSetId: dataSetId, RevisionId: revision.revisionId }),
    );
    expect(Finalized).to.equal(true);
  });

  it("waits for objects of its own program, and says in a preview what it decides later", async () => {
    const { stack } = shared;
    const program =
      (content: string): PulumiFn =>
      () => {
        const bucket = new s3.Bucket("made", { bucket: "made-here", forceDestroy: true });
        const objects = ["a.csv", "b.csv", "notes.txt"].map(
          (key) => new s3.BucketObjectv2(key, { bucket: bucket.bucket, key: `in/${key}`, content }),
        );
        const dataSet = new dataexchange.DataSet("made", {
          assetType: "S3_SNAPSHOT",
          description: "made here",
        });
        const { revisionId, finalized, assets } = new RevisionPublication(
          "made",
          {
            dataSetId: dataSet.id,
            comment: "made here",
            tags: { owner: "tests" },
            contents: { tables: { s3: { bucket: bucket.bucket, prefix: "in/", include: ["*.csv"] } } },
            formerRevisions: "remove",
          },
          { dependsOn: objects },
        );
        return Promise.resolve({
          revisionId,
          finalized,
          names: assets.apply((all) => all.map((one) => one.name)),
        });
      };
    const previewed = ok(await stack.preview(program("1")));
    expect(text(previewed)).to.contain("contents.tables: ").and.to.contain("is decided then");
    const { outputs } = ok(await stack.up());
    expect((outputs.names!.value as string[]).sort()).to.deep.equal(["in/a.csv", "in/b.csv"]);
    expect(outputs.finalized!.value).to.equal(true);
    expect(ok(await stack.up()).changes).to.not.have.any.keys("create", "update", "replace", "delete");
    const changed = ok(await stack.up(program("2")));
    expect(changed.outputs.revisionId!.value).to.not.equal(outputs.revisionId!.value);
  });

  it("publishes objects and local files in one revision", async () => {
    const { stack, world } = shared;
    const program = publishing({
      contents: {
        two: { s3: { bucket: "prices-bucket", keys: keys.slice(0, 2) } },
        notes: { files: { paths: ["README.md", "LICENSE"] } },
      },
    });
    const { outputs } = ok(await stack.up(program));
    const names = [...keys.slice(0, 2), "LICENSE", "README.md"].sort();
    expect(outputs.names!.value).to.deep.equal(names);
    const revisionId = outputs.revisionId!.value as string;
    expect(await world.assetNames({ dataSetId, revisionId })).to.deep.equal(names);
    expect(outputs.finalized!.value).to.equal(true);
    expect(ok(await stack.up(program)).changes).to.have.all.keys("same");
  });

  it("publishes datashares", async () => {
    const { stack, world } = shared;
    dataSetId = await world.dataSet("REDSHIFT_DATA_SHARE");
    const share =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const program = publishing({ contents: { sales: { redshift: { dataShareArns: [share] } } } });
    const { outputs } = ok(await stack.up(program));
    expect(outputs.names!.value).to.have.length(1);
    expect(outputs.finalized!.value).to.equal(true);
  });

  it("runs nothing of a former revision again when triggers or tags change, but makes a new one", async () => {
    const { stack } = shared;
    ok(await stack.up(publishing()));
    const again = ok(await stack.up(publishing({ triggers: ["again"] })));
    expect(again.changes).to.deep.equal({ same: 3, replace: 4 });
    const tagged = ok(await stack.up(publishing({ triggers: ["again"], tags: { team: "market" } })));
    expect(tagged.changes).to.deep.equal({ same: 3, replace: 4 });
    expect((await revisions()).map(({ finalized }) => finalized)).to.deep.equal([true, true, true]);
  });

  const refusals: Record<string, [Partial<RevisionPublicationArgs>, string]> = {
    "no contents": [{ contents: {} }, "needs contents, with at least one member"],
    "a prefix of nothing": [
      { contents: { none: { s3: { bucket: "prices-bucket", prefix: "none/" } } } },
      "contents.none: s3://prices-bucket/none/ holds no object that is meant",
    ],
    "more than a revision takes": [
      {
        contents: { many: { s3: { bucket: "prices-bucket", keys: Array.from({ length: 10_001 }, String) } } },
      },
      "contents.many: keys holds 10001 objects that are meant; a revision takes at most 10000 assets",
    ],
    "two parts with one key": [
      {
        contents: {
          one: { s3: { bucket: "prices-bucket", keys: ["a.csv"] } },
          two: { s3: { bucket: "prices-bucket", keys: ["a.csv"] } },
        },
      },
      'contents: "a.csv" is named twice',
    ],
    "two types of assets": [
      {
        contents: {
          one: { s3: { bucket: "prices-bucket" } },
          two: { redshift: { dataShareArns: ["arn"] } },
        },
      },
      "contents.one (s3) and contents.two (redshift) make assets of different types",
    ],
    "keys beside a prefix": [
      { contents: { both: { s3: { bucket: "prices-bucket", keys: ["a.csv"], prefix: "a" } } } },
      "contents.both: takes either keys, or prefix, include and exclude, not both",
    ],
  };
  for (const [what, [args, sentence]] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      const refused = await shared.stack.preview(publishing(args));
      expect(refused.error).to.be.an("error");
      expect(text(refused)).to.contain(`RevisionPublication "prices": ${sentence}`);
      expect(text(refused)).to.not.match(/\n\s+at /);
    });
  }

  it("refuses a bucket that is not there when it runs, and only tells of it in a preview", async () => {
    const program = publishing({ contents: { gone: { s3: { bucket: "no-such-bucket" } } } });
    const previewed = ok(await shared.stack.preview(program));
    expect(text(previewed)).to.contain("There is no bucket no-such-bucket yet");
    const refused = await shared.stack.up(program);
    expect(text(refused)).to.contain("contents.gone: there is no bucket no-such-bucket");
  });

  it("goes on from a key that is gone from the bucket with a new revision", async () => {
    const { stack, world } = shared;
    await world.put("prices-bucket", "prices/extra.csv", "extra");
    ok(await stack.up(publishing()));
    await world.s3.send(new DeleteObjectCommand({ Bucket: "prices-bucket", Key: "prices/extra.csv" }));
    const { outputs } = ok(await stack.up());
    expect(outputs.names!.value).to.have.length(120);
  });
});
