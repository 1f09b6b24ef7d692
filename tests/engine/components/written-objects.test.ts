/** Objects that the program writes in the run in which it lists their bucket. */
import { setTimeout as sleep } from "node:timers/promises";

import * as s3 from "@pulumi/aws/s3";
import type { Input, Inputs } from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { Job } from "../../../index";
import { RevisionPublication } from "../../../components/revision-publication";
import { S3Import } from "../../../components/s3-import";
import { forEachHost } from "../../harness/hosts";
import { PluginJob, PluginJobSet } from "../../harness/attached-plugin";
import { withPlugin } from "../../harness/plugin-settings";
import { jobArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { useProgramEnvironment } from "../../harness/service";
import { awsPlugin, expectSuccess, messageCodes } from "../../harness/stack";

/** Declares its objects only after it has been initialized. */
class Folder extends ComponentResource {
  constructor(name: string, bucket: string) {
    super("test:index:Folder", name, { bucket });
  }

  protected override async initialize({ bucket }: Inputs): Promise<void> {
    await sleep(100);
    for (const name of ["new", "old"])
      new s3.BucketObjectv2(
        name,
        { bucket: bucket as string, key: `2026/${name}.csv`, content: "1" },
        { parent: this },
      );
  }
}

forEachHost("objects that the program writes", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ jobDuration: "20ms" }, withPlugin(awsPlugin));
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 41 }, (_, i) => `2026/${i}.csv`).sort();
  let revision: RevisionIds;
  let bucketName: string;
  let buckets = 0;

  beforeEach(async () => {
    revision = await shared.service.createEmptyRevision();
    bucketName = `same-run-${++buckets}`;
  });
  afterEach(() => shared.stack.clearState());

  const write = (bucket: Input<string>, key: Input<string>, content: Input<string>, name?: string) =>
    new s3.BucketObjectv2(name ?? (key as string), { bucket, key, content });

  const publish = (bucket: Input<string>) => {
    const contents = { tables: { s3: { bucket, prefix: "2026/" } } };
    const args = { dataSetId: revision.dataSetId, contents };
    const { assets, finalized } = new RevisionPublication("prices", args);
    return { finalized, names: assets.apply((all) => all.map(({ name }) => name).sort()) };
  };

  it("are all published without dependsOn, when they are created and when they are changed", async () => {
    const { stack } = shared;
    const program =
      (content: string, knownName?: string): PulumiFn =>
      () => {
        const { bucket } = new s3.Bucket("made", { bucket: bucketName, forceDestroy: true });
        for (const key of keys) write(bucket, key, content);
        return Promise.resolve(publish(knownName ?? bucket));
      };
    expect(expectSuccess(await stack.up(program("1"))).outputs.names!.value).to.deep.equal(keys);
    // The bucket exists and is given by its name alone. Its objects get other bytes in this run.
    const preview = expectSuccess(await stack.preview(program("2", bucketName)));
    // The publication shows the note of its content, and the import in it does not.
    expect(messageCodes(preview).filter((code) => code === "objects-may-differ")).to.have.length(1);
    expect(preview.stdout + preview.stderr).to.contain("contents.tables: ");
    expect(expectSuccess(await stack.up()).outputs.names!.value).to.deep.equal(keys);
    expect(expectSuccess(await stack.up()).changes).to.have.all.keys("same");
  });

  it("are waited for if another component declares them late, and if they are given by their keys", async () => {
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
    const { stack, service } = shared;
    await service.createBucket(bucketName, { "2026/old.csv": "1" });
    const program: PulumiFn = () => {
      const published = publish(bucketName);
      write(bucketName, "2026/new.csv", "1");
      return Promise.resolve(published);
    };
    for (const run of [await stack.preview(program), await stack.up(program)]) {
      expect(run.error).to.be.an("error");
      expect(messageCodes(run)).to.include("object-written-later");
      expect(run.stdout + run.stderr).to.contain(`s3://${bucketName}/2026/new.csv`);
    }
  });

  it("are rejected if a Job or a JobSet of the plugin exports them after the listing", async () => {
    const { stack, service } = shared;
    await service.createBucket(bucketName, { "2026/old.csv": "1" });
    const destination = { assetId: "f".repeat(32), bucket: bucketName, key: "2026/new.csv" };
    const args = jobArgs("EXPORT_ASSETS_TO_S3", { ...revision, assetDestinations: [destination] });
    const exporters = [
      () => new PluginJob("export", args),
      () => new PluginJobSet("exports", { jobs: { a: args } }),
    ];
    for (const declare of exporters) {
      const run = await stack.preview(() => {
        const published = publish(bucketName);
        declare();
        return Promise.resolve(published);
      });
      expect(messageCodes(run)).to.include("object-written-later");
    }
  });

  for (const [host, AnyJob] of [
    ["the dynamic provider", Job],
    ["the plugin", PluginJob],
  ] as const) {
    it(`are waited for if a Job of ${host} exports them before the listing`, async () => {
      const { stack, service } = shared;
      await service.createBucket(bucketName, { "2026/old.csv": "1" });
      const { assetId, ...from } = await service.importAsset(revision, bucketName, "2026/old.csv");
      const destination = { assetId, bucket: bucketName, key: "2026/new.csv" };
      const args = jobArgs("EXPORT_ASSETS_TO_S3", { ...from, assetDestinations: [destination] });
      const program: PulumiFn = () => {
        new AnyJob("export", args);
        return Promise.resolve(publish(bucketName));
      };
      expect(messageCodes(expectSuccess(await stack.preview(program)))).to.include("objects-may-differ");
      const { outputs } = expectSuccess(await stack.up(program));
      expect(outputs.names!.value).to.deep.equal(["2026/new.csv", "2026/old.csv"]);
    });
  }

  it("may depend on an import that does not select them", async () => {
    await shared.service.createBucket(bucketName, { "2026/a.csv": "1" });
    const { outputs } = expectSuccess(
      await shared.stack.up(() => {
        const selection = { bucket: bucketName, prefix: "2026/" };
        const { assets, jobIds } = new S3Import("prices", { ...revision, ...selection });
        write(bucketName, "manifest.json", jobIds.apply(JSON.stringify));
        const keyOfId = jobIds.apply(([id]) => `2026/${id}`);
        write(bucketName, keyOfId, "1", "by-id");
        return Promise.resolve({ names: assets.apply((made) => made.map(({ name }) => name)) });
      }),
    );
    expect(outputs.names!.value).to.deep.equal(["2026/a.csv"]);
  });
});
