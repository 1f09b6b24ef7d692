import { ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { jobPolicy } from "../../../components/job-policy";
import type { S3ExportArgs } from "../../../components/s3-export";
import { S3Export } from "../../../components/s3-export";
import { unknownOutput } from "../../../components/support/resolve-input";
import { Job } from "../../../provider/resources/job";
import type { JobArgs } from "../../../provider/resources/types";
import { forEachHost } from "../../harness/hosts";
import { importArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { toSdkIds } from "../../harness/service";
import { expectSuccess, messageCodes } from "../../harness/stack";

forEachHost("S3Export on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  const keys = Array.from({ length: 120 }, (_, index) => `prices/${index}.csv`);
  const bytesOf = (key: string) => `bytes of ${key} \u0000ü`;
  let revision: RevisionIds;
  let assets: { id: string; name: string }[];
  let bucket: string;
  let buckets = 0;

  // More assets than one job exports.
  before(async () => {
    const { service } = shared;
    await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, bytesOf(key)])));
    revision = await service.createEmptyRevision();
    for (const some of [keys.slice(0, 60), keys.slice(60)]) {
      const AssetSources = some.map((Key) => ({ Bucket: "source", Key }));
      const ImportAssetsFromS3 = { ...toSdkIds(revision), AssetSources };
      await service.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } });
    }
    const request = new ListRevisionAssetsCommand({ ...toSdkIds(revision), MaxResults: 200 });
    const { Assets = [] } = await service.dataExchange.send(request);
    assets = Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! }));
  });
  beforeEach(async () => (bucket = await shared.service.createBucket(`target-${++buckets}`)));
  afterEach(() => shared.stack.clearState());

  const exporting =
    (args: Partial<S3ExportArgs> = {}): PulumiFn =>
    () => {
      const { jobIds, states, objects } = new S3Export("copies", { ...revision, bucket, assets, ...args });
      return Promise.resolve({ jobIds, states, objects });
    };

  it("exports more than 100 assets byte for byte in jobs of at most 100, and once in two runs", async () => {
    const { stack, service } = shared;
    const program = exporting({ key: "from/${Asset.Name}" });
    const requests = service.local.requests.length;
    expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal({ create: 3 });
    expect(service.countCalls(requests)).to.deep.equal({});

    const { outputs } = expectSuccess(await stack.up());
    expect(outputs.states!.value).to.deep.equal(["COMPLETED", "COMPLETED"]);
    expect(outputs.jobIds!.value).to.have.members(await stack.listJobIds());
    expect(outputs.objects!.value).to.deep.equal(
      assets.map(({ id, name }) => ({ bucket, key: `from/${name}`, assetId: id })),
    );
    expect(await service.readObjects(bucket)).to.deep.equal(
      Object.fromEntries(keys.map((key) => [`from/${key}`, bytesOf(key)])),
    );
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
  });

  it("declares a set and notes the number of its jobs in a preview that does not know the assets", async () => {
    const { stack, service } = shared;
    const fresh = await service.createRevision(revision.dataSetId);
    const program: PulumiFn = () => {
      const target = { dataSetId: revision.dataSetId, revisionId: fresh };
      const imported = new Job("import", importArgs(target, keys.slice(0, 2)));
      const { objects } = new S3Export("copies", { ...target, bucket, assets: imported.assets });
      return Promise.resolve({ objects });
    };
    const preview = expectSuccess(await stack.preview(program));
    expect(preview.changes).to.deep.equal({ create: 4 });
    expect(messageCodes(preview)).to.include("assets-not-known-yet");
    const up = expectSuccess(await stack.up());
    expect(up.changes).to.deep.equal({ create: 4 });
    expect(Object.keys(await service.readObjects(bucket)).sort()).to.deep.equal(keys.slice(0, 2).sort());

    const counted = expectSuccess(
      await stack.preview(exporting({ assets: assets.map(() => unknownOutput<string>()) })),
    );
    expect(counted.stdout + counted.stderr).to.contain("at least 2 for 120 assets");
  });

  it("runs every job again for a changed trigger, with the component's settings", async () => {
    const { stack } = shared;
    const program = (day: number) =>
      exporting({ triggers: [day], timeouts: { run: "1h" }, encryption: { type: "AES256" } });
    expectSuccess(await stack.up(program(1)));
    const before = await stack.listJobIds();
    expectSuccess(await stack.up(program(2)));
    const after = await stack.listJobIds();
    expect(after).to.have.length(2);
    expect(before).not.to.include.oneOf(after);
    const [set] = await stack.resources(":JobSet");
    expect(set!.inputs.timeouts).to.deep.equal({ run: "1h" });
    for (const job of Object.values(set!.inputs.jobs as object))
      expect(JSON.stringify(job)).to.contain('"encryption":{"type":"AES256"}');
  });

  it("has the same jobPolicy as the args of its jobs", async () => {
    const { stack } = shared;
    const [asset] = assets;
    const url: JobArgs = {
      type: "EXPORT_ASSET_TO_SIGNED_URL",
      details: { exportAssetToSignedUrl: { ...revision, assetId: asset!.id } },
    };
    const assetDestinations = [{ assetId: asset!.id, bucket, key: asset!.name }];
    const copies: JobArgs = {
      type: "EXPORT_ASSETS_TO_S3",
      details: { exportAssetsToS3: { ...revision, assetDestinations } },
    };
    const program: PulumiFn = () => {
      const component = new S3Export("copies", { ...revision, bucket, assets: [asset!] });
      const resources = jobPolicy([component, new Job("url", url)]);
      return Promise.resolve({ resources, args: jobPolicy([url, copies]) });
    };
    const { outputs } = expectSuccess(await stack.up(program));
    expect(outputs.resources!.value)
      .to.equal(outputs.args!.value)
      .and.to.contain(`arn:aws:s3:::${bucket}/${asset!.name}`);
  });
});
