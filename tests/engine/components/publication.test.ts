import { GetRevisionCommand, ListDataSetRevisionsCommand } from "@aws-sdk/client-dataexchange";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import { asset, secret, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { RevisionPublicationArgs } from "../../../components/revision-publication";
import { RevisionPublication } from "../../../components/revision-publication";
import { finalizationToken } from "../../../provider/state-contract";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { previewAsJson } from "../../harness/review-result";
import { useProgramEnvironment } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";

const text = ({ stdout, stderr }: EngineRun): string => stdout + stderr;

describe("RevisionPublication on the engine", function () {
  this.timeout("10m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 120 }, (_, i) => `prices/${i}.csv`);

  let dataSetId: string;
  before(() =>
    shared.service.createBucket("prices-bucket", Object.fromEntries(keys.map((key) => [key, key]))),
  );
  beforeEach(async () => (dataSetId = await shared.service.createDataSet()));
  afterEach(async () => {
    shared.service.local.faults.clear();
    await shared.stack.clearState();
  });

  const everything = { files: { s3: { bucket: "prices-bucket", prefix: "prices/" } } };

  const outputsOf = (publication: RevisionPublication) => {
    const { revisionId, assets, finalized } = publication;
    return { revisionId, finalized, names: assets.apply((made) => made.map(({ name }) => name).sort()) };
  };

  const publishing =
    (args: Partial<RevisionPublicationArgs> = {}): PulumiFn =>
    () =>
      Promise.resolve(
        outputsOf(new RevisionPublication("prices", { dataSetId, contents: everything, ...args })),
      );

  /** The revisions of a data set, oldest first: how many assets each has, and whether it is finalized. */
  const revisions = async (of = dataSetId) => {
    const { service } = shared;
    const { Revisions = [] } = await service.dataExchange.send(
      new ListDataSetRevisionsCommand({ DataSetId: of }),
    );
    const oldestFirst = Revisions.sort((a, b) => Number(a.CreatedAt) - Number(b.CreatedAt));
    return Promise.all(
      oldestFirst.map(async ({ Id, Finalized }) => ({
        id: Id!,
        finalized: Finalized,
        assets: (await service.listAssetNames({ dataSetId: of, revisionId: Id! })).length,
      })),
    );
  };

  const change = (key: string) =>
    shared.service.putObject("prices-bucket", key, `changed at ${process.hrtime.bigint()}`);

  describe("of two data sets, one that keeps its former revisions and one that removes them", () => {
    let dataSets: { retain: string; delete: string };
    beforeEach(async () => {
      dataSets = { retain: dataSetId, delete: await shared.service.createDataSet() };
    });

    const both =
      (args: Partial<RevisionPublicationArgs> = {}): PulumiFn =>
      () => {
        const [retain, remove] = (["retain", "delete"] as const).map((previousRevisions) => {
          const dataSetId = dataSets[previousRevisions];
          const own = { dataSetId, contents: everything, previousRevisions, ...args };
          return outputsOf(new RevisionPublication(previousRevisions, own));
        });
        return Promise.resolve({ retain, delete: remove });
      };

    interface Made {
      revisionId: string;
      names: string[];
      finalized: boolean;
    }
    const made = ({ outputs }: EngineRun) => ({
      retain: outputs.retain!.value as Made,
      delete: outputs.delete!.value as Made,
    });

    const whole = (id: string) => ({ id, finalized: true, assets: 120 });

    it("previews, publishes, leaves alone, and makes a new revision of a change", async () => {
      const { stack, service } = shared;
      const requests = service.local.requests.length;
      // The stack, and of each: publication, revision, import, its set of jobs, finalization.
      expect(expectSuccess(await stack.preview(both())).changes).to.deep.equal({ create: 11 });
      expect(service.countCalls(requests)).to.not.have.any.keys(
        "CreateRevision",
        "CreateJob",
        "UpdateRevision",
      );

      const first = made(expectSuccess(await stack.up(both())));
      for (const name of ["retain", "delete"] as const) {
        expect(first[name].names).to.deep.equal([...keys].sort());
        expect(first[name].finalized).to.equal(true);
        expect(await revisions(dataSets[name])).to.deep.equal([whole(first[name].revisionId)]);
      }
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 11 });

      await change(keys[7]!);
      expect(expectSuccess(await stack.preview()).changes).to.deep.equal({ replace: 4, update: 2, same: 5 });
      const second = made(expectSuccess(await stack.up()));
      expect(await revisions(dataSets.retain)).to.deep.equal(
        [first, second].map(({ retain }) => whole(retain.revisionId)),
      );
      expect(await revisions(dataSets.delete)).to.deep.equal([whole(second.delete.revisionId)]);

      // Triggers and tags are no changes of what a former revision holds: its jobs stay as they ran.
      const again = expectSuccess(await stack.up(both({ triggers: ["again"], tags: { team: "market" } })));
      expect(again.changes).to.deep.equal({ replace: 4, update: 2, same: 5 });
      expect((await revisions(dataSets.retain)).map(({ finalized }) => finalized)).to.deep.equal([
        true,
        true,
        true,
      ]);
    });

    it("never finalizes after a failed job; the next up heals", async () => {
      const { stack, service } = shared;
      const first = made(expectSuccess(await stack.up(both())));
      await change(keys[3]!);
      // Two jobs of each publication: whichever fail, both publications lack one at least.
      const fault = { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION", times: 3 };
      service.local.faults.add(fault);
      const requests = service.local.requests.length;
      const failed = await stack.up(undefined, { continueOnError: true });
      expect(failed.error).to.be.an("error");
      expect(text(failed)).to.match(/Job \w+ \(IMPORT_ASSETS_FROM_S3\) ended in ERROR: INTERNAL_SERVER/);
      expect(service.countCalls(requests)).to.not.have.any.keys("UpdateRevision");
      const between = { retain: await revisions(dataSets.retain), delete: await revisions(dataSets.delete) };
      for (const name of ["retain", "delete"] as const) {
        expect(between[name].map(({ finalized }) => finalized)).to.deep.equal([true, false]);
        expect(between[name][0]).to.deep.equal(whole(first[name].revisionId));
      }

      const healed = made(expectSuccess(await stack.up()));
      expect(healed.retain.revisionId).to.equal(between.retain[1]!.id);
      expect(await revisions(dataSets.retain)).to.deep.equal(between.retain.map(({ id }) => whole(id)));
      expect(await revisions(dataSets.delete)).to.deep.equal([whole(between.delete[1]!.id)]);
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 11 });
    });
  });

  it("finalizes nothing when the very first job fails, and all when it is run again", async () => {
    const { stack, service } = shared;
    service.local.faults.add({ operation: "RunJob", error: "ACCESS_DENIED_EXCEPTION", times: 1 });
    expect((await stack.up(publishing())).error).to.be.an("error");
    expect((await revisions()).map(({ finalized }) => finalized)).to.deep.equal([false]);
    expect(await stack.resources(finalizationToken)).to.have.length(0);
    expectSuccess(await stack.up());
    expect((await revisions()).map(({ finalized, assets }) => [finalized, assets])).to.deep.equal([
      [true, 120],
    ]);
  });

  it("holds each asset once when a job that failed in part is run again", async () => {
    const { stack, service } = shared;
    await service.createBucket("in-part", { "a.csv": "1" });
    const contents = { tables: { s3: { bucket: "in-part", keys: ["a.csv", "b.csv"] } } };
    const failed = await stack.up(publishing({ contents }));
    expect(text(failed)).to.contain("ended in ERROR");
    await service.putObject("in-part", "b.csv", "2");
    const { outputs } = expectSuccess(await stack.up());
    expect(outputs.finalized!.value).to.equal(true);
    const revision = { dataSetId, revisionId: outputs.revisionId!.value as string };
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv", "b.csv"]);
  });

  it("is previewed as JSON whatever in it is secret, and changes with the secret and with what an asset holds", async () => {
    const { stack } = shared;
    const folder = await mkdtemp(join(tmpdir(), "trigger-"));
    const file = join(folder, "trigger.txt");
    const program = (version: string): PulumiFn =>
      publishing({
        triggers: [secret(version), new asset.FileAsset(file)],
        tags: { team: secret("market") },
        region: secret("us-east-1"),
        contents: {
          one: { s3: { bucket: "prices-bucket", keys: [keys[0]!] } },
          two: { s3: { bucket: "prices-bucket", keys: [keys[1]!], triggers: [secret("part")] } },
        },
      });
    await writeFile(file, "1");
    expect(await previewAsJson(stack, program("first"))).to.contain("RevisionFinalization");
    const { outputs: first } = expectSuccess(await stack.up(program("first")));
    expect(expectSuccess(await stack.up()).changes).to.have.all.keys("same");
    const { outputs: second } = expectSuccess(await stack.up(program("second")));
    expect(second.revisionId!.value).to.not.equal(first.revisionId!.value);
    await writeFile(file, "2");
    const { outputs: third } = expectSuccess(await stack.up());
    expect(third.revisionId!.value).to.not.equal(second.revisionId!.value);
    await rm(folder, { recursive: true });
  });

  it("finalizes again what somebody opened, after a refresh", async () => {
    const { stack, service } = shared;
    const { outputs } = expectSuccess(await stack.up(publishing()));
    const revision = { dataSetId, revisionId: outputs.revisionId!.value as string };
    await service.reopenRevision(revision);
    expectSuccess(await stack.refresh());
    expect(expectSuccess(await stack.preview()).changes).to.deep.equal({ update: 1, same: 5 });
    expectSuccess(await stack.up());
    const { Finalized } = await service.dataExchange.send(
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
            previousRevisions: "delete",
          },
          { dependsOn: objects },
        );
        return Promise.resolve({
          revisionId,
          finalized,
          names: assets.apply((all) => all.map((one) => one.name)),
        });
      };
    const previewed = expectSuccess(await stack.preview(program("1")));
    expect(text(previewed)).to.contain("contents.tables: ").and.to.contain("is decided then");
    const { outputs } = expectSuccess(await stack.up());
    expect((outputs.names!.value as string[]).sort()).to.deep.equal(["in/a.csv", "in/b.csv"]);
    expect(outputs.finalized!.value).to.equal(true);
    expect(expectSuccess(await stack.up()).changes).to.not.have.any.keys(
      "create",
      "update",
      "replace",
      "delete",
    );
    const changed = expectSuccess(await stack.up(program("2")));
    expect(changed.outputs.revisionId!.value).to.not.equal(outputs.revisionId!.value);
  });

  it("publishes objects and local files in one revision, datashares in another, and is what it was by another name", async () => {
    const { stack, service } = shared;
    const shares = await service.createDataSet("REDSHIFT_DATA_SHARE");
    const share =
      "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";
    const program =
      (mixedName: string, opts: ComponentResourceOptions = {}): PulumiFn =>
      () => {
        const objects = { bucket: "prices-bucket", keys: keys.slice(0, 2) };
        const mixed = new RevisionPublication(
          mixedName,
          {
            dataSetId,
            contents: { two: { s3: objects }, notes: { files: { paths: ["README.md", "LICENSE"] } } },
          },
          opts,
        );
        const contents = { sales: { redshift: { dataShareArns: [share] } } };
        const licensed = new RevisionPublication("licensed", { dataSetId: shares, contents });
        return Promise.resolve({ mixed: outputsOf(mixed), licensed: outputsOf(licensed) });
      };
    const { outputs } = expectSuccess(await stack.up(program("mixed")));
    const { mixed, licensed } = {
      mixed: outputs.mixed!.value as Record<string, unknown>,
      licensed: outputs.licensed!.value as Record<string, unknown>,
    };
    const names = [...keys.slice(0, 2), "LICENSE", "README.md"].sort();
    expect(mixed).to.deep.include({ names, finalized: true });
    expect(await service.listAssetNames({ dataSetId, revisionId: mixed.revisionId as string })).to.deep.equal(
      names,
    );
    expect(licensed.names).to.have.length(1);
    expect(licensed.finalized).to.equal(true);
    const renamed = expectSuccess(await stack.up(program("renamed", { aliases: [{ name: "mixed" }] })));
    expect(renamed.changes).to.have.all.keys("same");
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
    "the id of a Revision for that of a data set": [
      { dataSetId: `${"d".repeat(32)}:${"e".repeat(32)}` },
      "dataSetId looks like the id of an aws.dataexchange.Revision",
    ],
    "an ARN for a bucket": [
      { contents: { tables: { s3: { bucket: "arn:aws:s3:::prices-bucket", prefix: "in/" } } } },
      "contents.tables: bucket must be the name of a bucket, not its ARN",
    ],
    "a key that is too long": [
      { contents: { tables: { s3: { bucket: "prices-bucket", keys: ["a", "é".repeat(513)] } } } },
      "contents.tables: keys[1] must be at most 1024 bytes long in UTF-8, not 1026",
    ],
    "a pattern that takes back": [
      { contents: { tables: { files: { path: "docs", exclude: ["*.md", "!a.md"] } } } },
      'contents.tables: exclude[1] is "!a.md", which matches nothing',
    ],
    "keys beside a prefix": [
      { contents: { both: { s3: { bucket: "prices-bucket", keys: ["a.csv"], prefix: "a" } } } },
      "contents.both: takes either keys, or prefix, include and exclude, not both",
    ],
  };
  it("refuses in one preview all that cannot be published, each in a sentence", async () => {
    const refused = await shared.stack.preview(() => {
      for (const [what, [args]] of Object.entries(refusals)) {
        new RevisionPublication(what, { dataSetId, contents: everything, ...args });
      }
      return Promise.resolve();
    });
    expect(refused.error).to.be.an("error");
    for (const [what, [, sentence]] of Object.entries(refusals)) {
      expect(text(refused)).to.contain(`RevisionPublication "${what}": ${sentence}`);
    }
    expect(text(refused)).to.not.match(/\n\s+at /);
  });

  it("refuses a bucket that is not there when it runs, and only tells of it in a preview", async () => {
    const program = publishing({ contents: { gone: { s3: { bucket: "no-such-bucket" } } } });
    const previewed = expectSuccess(await shared.stack.preview(program));
    expect(text(previewed)).to.contain("There is no bucket no-such-bucket yet");
    const refused = await shared.stack.up(program);
    expect(text(refused)).to.contain("contents.gone: there is no bucket no-such-bucket");
  });

  it("goes on from a key that is gone from the bucket with a new revision", async () => {
    const { stack, service } = shared;
    await service.putObject("prices-bucket", "prices/extra.csv", "extra");
    expectSuccess(await stack.up(publishing()));
    await service.s3.send(new DeleteObjectCommand({ Bucket: "prices-bucket", Key: "prices/extra.csv" }));
    const { outputs } = expectSuccess(await stack.up());
    expect(outputs.names!.value).to.have.length(120);
  });
});
