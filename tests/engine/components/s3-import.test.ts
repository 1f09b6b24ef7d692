import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { Inputs, Output, Resource } from "@pulumi/pulumi";
import { ComponentResource, output, secret, unknown } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import type { S3ImportArgs } from "../../../components/s3-import";
import { S3Import } from "../../../components/s3-import";
import { useProgramEnvironment } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { awsPlugin, expectSuccess, messageCodes, useStack } from "../../harness/stack";
import * as s3 from "@pulumi/aws/s3";
import { setTimeout } from "node:timers/promises";
import { RevisionPublication } from "../../../components/revision-publication";

const text = ({ stdout, stderr }: EngineRun): string => stdout + stderr;

describe("S3Import on the engine", function () {
  this.timeout("5m");
  const shared = useStack();
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 260 }, (_, i) => `2026/${i}.csv`);
  let revision: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("tables", Object.fromEntries(keys.map((key) => [key, key]))));
  beforeEach(async () => (revision = await shared.service.createEmptyRevision()));
  afterEach(async () => {
    await shared.stack.clearState();
  });

  const importing =
    (args: Partial<S3ImportArgs> = {}): PulumiFn =>
    () => {
      const { jobIds, states, assets, objects } = new S3Import("tables", {
        ...revision,
        bucket: "tables",
        prefix: "2026/",
        ...args,
      });
      const [names, found] = [assets.apply((made) => made.map(({ name }) => name)), objects.length];
      return Promise.resolve({ jobIds, states, names, objects: found });
    };

  it("imports each object once, and runs one job for one more object or other bytes", async () => {
    const { stack, service } = shared;
    const first = expectSuccess(await stack.up(importing()));
    expect(first.outputs.jobIds!.value).to.have.length(3);
    expect(first.outputs.objects!.value).to.equal(260);
    expect([...(first.outputs.names!.value as string[])].sort()).to.deep.equal([...keys].sort());
    expect(new Set(first.outputs.states!.value as string[])).to.deep.equal(new Set(["COMPLETED"]));
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

    await service.putObject("tables", "2026/one more.csv", "1");
    const calls = service.local.requests.length;
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 2, update: 1 });
    expect(service.countCalls(calls).CreateJob).to.equal(1);

    await service.putObject("tables", keys[0]!, "other bytes");
    const previewed = expectSuccess(await stack.preview());
    expect(previewed.changes).to.deep.equal({ same: 2, update: 1 });
    // The preview names the changed object.
    expect(text(previewed)).to.contain(keys[0]);
    const before = service.local.requests.length;
    const last = expectSuccess(await stack.up());
    expect(last.changes).to.deep.equal({ same: 2, update: 1 });
    expect(service.countCalls(before).CreateJob).to.equal(1);
    expect([...(last.outputs.names!.value as string[])].sort()).to.deep.equal(
      [...keys, "2026/one more.csv"].sort(),
    );

    await service.s3.send(new DeleteObjectCommand({ Bucket: "tables", Key: "2026/one more.csv" }));
    expectSuccess(await stack.up());
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
  });

  it("takes secret keys, a bucket that a preview does not know, and triggers", async () => {
    const { stack, service } = shared;
    const args = { keys: secret(keys.slice(0, 3)), prefix: undefined };
    const bucket = output(unknown) as unknown as Output<string>;
    expect(expectSuccess(await stack.preview(importing({ ...args, bucket }))).changes).to.deep.equal({
      create: 3,
    });
    const first = expectSuccess(await stack.up(importing(args)));
    expect(first.changes).to.deep.equal({ create: 3 });
    expect(first.outputs.jobIds!.secret).to.equal(false);
    expect(await stack.readState()).to.not.contain(keys[0]);
    expect(await service.listAssetNames(revision)).to.deep.equal(keys.slice(0, 3).sort());
    const again = expectSuccess(await stack.up(importing({ ...args, triggers: ["again"] })));
    expect(again.changes).to.deep.equal({ same: 2, update: 1 });
    expect(await service.listAssetNames(revision)).to.deep.equal(keys.slice(0, 3).sort());
  });
});

/** Objects that the program writes in the run in which it lists their bucket. */

describe("objects that the same program writes", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: "20ms" }, awsPlugin);
  useProgramEnvironment(shared);
  let revision: { dataSetId: string; revisionId: string };
  let bucketName: string;
  let count = 0;

  beforeEach(async () => {
    revision = await shared.service.createEmptyRevision();
    bucketName = `same-run-${count++}`;
  });
  afterEach(() => shared.stack.clearState());

  const keys = Array.from({ length: 41 }, (_, i) => `2026/${i}.csv`);
  const write = (bucket: s3.Bucket | string, content = "1", names = keys): Resource[] =>
    names.map(
      (key) =>
        new s3.BucketObjectv2(key, {
          bucket: typeof bucket === "string" ? bucket : bucket.bucket,
          key,
          content,
        }),
    );
  const publish = (bucket: s3.Bucket | string) => {
    const { assets, finalized } = new RevisionPublication("prices", {
      dataSetId: revision.dataSetId,
      contents: {
        tables: { s3: { bucket: typeof bucket === "string" ? bucket : bucket.bucket, prefix: "2026/" } },
      },
    });
    return { finalized, names: assets.apply((all) => all.map(({ name }) => name).sort()) };
  };
  const all = [...keys].sort();

  it("are all published without dependsOn, when they are created and when they are changed", async () => {
    const program =
      (content: string): PulumiFn =>
      () => {
        const bucket = new s3.Bucket("made", { bucket: bucketName, forceDestroy: true });
        write(bucket, content);
        return Promise.resolve(publish(bucket));
      };
    const first = expectSuccess(await shared.stack.up(program("1")));
    expect(first.outputs.names!.value).to.deep.equal(all);
    // A bucket that is there, by its name alone, whose objects get other bytes in this run.
    const second: PulumiFn = () => {
      const bucket = new s3.Bucket("made", { bucket: bucketName, forceDestroy: true });
      write(bucket, "2");
      return Promise.resolve(publish(bucketName));
    };
    expect(text(expectSuccess(await shared.stack.preview(second)))).to.contain("[objects-may-differ]");
    const changed = expectSuccess(await shared.stack.up(second));
    expect(changed.outputs.names!.value).to.deep.equal(all);
    expect(expectSuccess(await shared.stack.up()).changes).to.have.all.keys("same");
  });

  it("are waited for if another component declares them late, and if they are given by their keys", async () => {
    /** Declares its objects only after it has been initialized. */
    class Folder extends ComponentResource {
      constructor(name: string, bucket: string) {
        super("test:index:Folder", name, { bucket });
      }
      protected override async initialize({ bucket }: Inputs): Promise<void> {
        await setTimeout(100);
        const opts = { parent: this };
        new s3.BucketObjectv2("new", { bucket: bucket as string, key: "2026/new.csv", content: "1" }, opts);
        new s3.BucketObjectv2("old", { bucket: bucket as string, key: "2026/old.csv", content: "1" }, opts);
      }
    }
    await shared.service.createBucket(bucketName, { "other/a.csv": "1" });
    const { outputs } = expectSuccess(
      await shared.stack.up(() => {
        new Folder("folder", bucketName);
        const named = new S3Import("named", { ...revision, bucket: bucketName, keys: ["2026/new.csv"] });
        return Promise.resolve({ ...publish(bucketName), named: named.states });
      }),
    );
    expect(outputs.names!.value).to.deep.equal(["2026/new.csv", "2026/old.csv"]);
    expect(outputs.named!.value).to.deep.equal(["COMPLETED"]);
  });

  it("are rejected if they are declared after the publication, and nothing is published", async () => {
    await shared.service.createBucket(bucketName, { "2026/old.csv": "1" });
    const program: PulumiFn = () => {
      const published = publish(bucketName);
      write(bucketName, "1", ["2026/new.csv"]);
      return Promise.resolve(published);
    };
    for (const run of [await shared.stack.preview(program), await shared.stack.up(program)]) {
      expect(run.error).to.be.an("error");
      expect(messageCodes(run)).to.include("object-written-later");
      expect(text(run)).to.contain(`s3://${bucketName}/2026/new.csv`);
    }
  });

  it("may depend on an import that does not select them", async () => {
    await shared.service.createBucket(bucketName, { "2026/a.csv": "1" });
    const { outputs } = expectSuccess(
      await shared.stack.up(() => {
        const { assets, jobIds } = new S3Import("prices", {
          ...revision,
          bucket: bucketName,
          prefix: "2026/",
        });
        new s3.BucketObjectv2("manifest", {
          bucket: bucketName,
          key: "manifest.json",
          content: jobIds.apply((ids) => JSON.stringify(ids)),
        });
        new s3.BucketObjectv2("by-id", {
          bucket: bucketName,
          key: jobIds.apply(([id]) => `2026/${id}`),
          content: "1",
        });
        return Promise.resolve({ names: assets.apply((made) => made.map(({ name }) => name)) });
      }),
    );
    expect(outputs.names!.value).to.deep.equal(["2026/a.csv"]);
  });
});
