/** Objects that the program writes in the run in which it lists their bucket. */
import * as s3 from "@pulumi/aws/s3";
import { ComponentResource, type Inputs, type Resource } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { setTimeout } from "node:timers/promises";

import { RevisionPublication } from "../../../components/revision-publication";
import { S3Import } from "../../../components/s3-import";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { useProgramEnvironment } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";

const text = ({ stdout, stderr }: EngineRun): string => stdout + stderr;

describe("objects of the same run", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: "20ms" }, awsPlugin);
  useProgramEnvironment(shared);
  let place: { dataSetId: string; revisionId: string };
  let bucketName: string;
  let count = 0;

  beforeEach(async () => {
    place = await shared.service.createEmptyRevision();
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
      dataSetId: place.dataSetId,
      contents: {
        tables: { s3: { bucket: typeof bucket === "string" ? bucket : bucket.bucket, prefix: "2026/" } },
      },
    });
    return { finalized, names: assets.apply((all) => all.map(({ name }) => name).sort()) };
  };
  const all = [...keys].sort();

  it("are all published without dependsOn, also where they are changed", async () => {
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
    expect(text(expectSuccess(await shared.stack.preview(second)))).to.contain("may be others");
    const changed = expectSuccess(await shared.stack.up(second));
    expect(changed.outputs.names!.value).to.deep.equal(all);
    expect(expectSuccess(await shared.stack.up()).changes).to.have.all.keys("same");
  });

  it("are waited for within a component that declares them late, and by their keys", async () => {
    /** Declares its objects when it has looked around. */
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
        const named = new S3Import("named", { ...place, bucket: bucketName, keys: ["2026/new.csv"] });
        return Promise.resolve({ ...publish(bucketName), named: named.states });
      }),
    );
    expect(outputs.names!.value).to.deep.equal(["2026/new.csv", "2026/old.csv"]);
    expect(outputs.named!.value).to.deep.equal(["COMPLETED"]);
  });

  it("are refused where they are declared later, and nothing is published", async () => {
    await shared.service.createBucket(bucketName, { "2026/old.csv": "1" });
    const program: PulumiFn = () => {
      const published = publish(bucketName);
      write(bucketName, "1", ["2026/new.csv"]);
      return Promise.resolve(published);
    };
    for (const run of [await shared.stack.preview(program), await shared.stack.up(program)]) {
      expect(run.error).to.be.an("error");
      expect(text(run)).to.contain(
        `contents.tables: s3://${bucketName}/2026/new.csv is meant, and the program writes`,
      );
    }
  });

  it("may come after an import whose outcome they hold, where it does not list them", async () => {
    await shared.service.createBucket(bucketName, { "2026/a.csv": "1" });
    const { outputs } = expectSuccess(
      await shared.stack.up(() => {
        const { assets, jobIds } = new S3Import("prices", { ...place, bucket: bucketName, prefix: "2026/" });
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
