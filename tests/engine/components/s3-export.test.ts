import { output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { jobPolicy } from "../../../components/job-policy";
import type { S3ExportArgs } from "../../../components/s3-export";
import { S3Export } from "../../../components/s3-export";
import { unknownOutput } from "../../../components/support/resolve-input";
import { Job } from "../../../provider/dynamic/job";
import { jobSetToken } from "../../../provider/state-contract";
import { importArgs } from "../../harness/programs";
import { expectSuccess, messageCodes, useStack } from "../../harness/stack";

describe("S3Export on the engine", function () {
  this.timeout("5m");
  const shared = useStack();
  const keys = Array.from({ length: 120 }, (_, index) => `prices/${index}.csv`);
  let revision: { dataSetId: string; revisionId: string };
  let assets: { id: string; name: string }[];

  // More assets than one job exports.
  before(async () => {
    const { service, stack } = shared;
    await service.createBucket(
      "source",
      Object.fromEntries(keys.map((key) => [key, `bytes of ${key} \u0000ü`])),
    );
    revision = await service.createEmptyRevision();
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const jobs = [keys.slice(0, 60), keys.slice(60)].map(
          (some, index) => new Job(`import-${index}`, importArgs(revision, some)),
        );
        const imported = output(jobs.map(({ assets }) => assets)).apply((all) => all.flat());
        return Promise.resolve({ assets: imported });
      }),
    );
    assets = (outputs.assets!.value as typeof assets).map(({ id, name }) => ({ id, name }));
    await stack.clearState();
  });
  afterEach(() => shared.stack.clearState());

  let buckets = 0;
  const newBucket = () => shared.service.createBucket(`target-${++buckets}`);
  const exporting =
    (bucket: string, more: Partial<S3ExportArgs> = {}): PulumiFn =>
    () => {
      const { jobIds, states, objects } = new S3Export("copies", { ...revision, bucket, assets, ...more });
      return Promise.resolve({ jobIds, states, objects });
    };

  it("exports more than 100 assets byte for byte in jobs of at most 100, and nothing the second time", async () => {
    const { stack, service } = shared;
    const bucket = await newBucket();
    const program = exporting(bucket, { key: "from/${Asset.Name}" });
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
      Object.fromEntries(keys.map((key) => [`from/${key}`, `bytes of ${key} \u0000ü`])),
    );
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
  });

  it("declares a set and notes the number of its jobs in a preview that does not know the assets", async () => {
    const { stack, service } = shared;
    const bucket = await newBucket();
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
      await stack.preview(exporting(bucket, { assets: assets.map(() => unknownOutput<string>()) })),
    );
    expect(counted.stdout + counted.stderr).to.contain("at least 2 for 120 assets");
  });

  it("runs every job again for a trigger, with the settings of the component", async () => {
    const { stack } = shared;
    const bucket = await newBucket();
    const program = (day: number) =>
      exporting(bucket, { triggers: [day], timeouts: { run: "1h" }, encryption: { type: "AES256" } });
    expectSuccess(await stack.up(program(1)));
    const before = await stack.listJobIds();
    expectSuccess(await stack.up(program(2)));
    const after = await stack.listJobIds();
    expect(after).to.have.length(2);
    expect(before).not.to.include.oneOf(after);
    const [set] = await stack.resources(jobSetToken);
    expect(set!.inputs.timeouts).to.deep.equal({ run: "1h" });
    for (const job of Object.values(set!.inputs.jobs as object))
      expect(JSON.stringify(job)).to.contain('"encryption":{"type":"AES256"}');
  });

  it("has the same jobPolicy as the args of its jobs", async () => {
    const { stack } = shared;
    const bucket = await newBucket();
    const [asset] = assets;
    const details = { exportAssetToSignedUrl: { ...revision, assetId: asset!.id } };
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const copies = new S3Export("copies", { ...revision, bucket, assets: [asset!] });
        const url = new Job("url", { type: "EXPORT_ASSET_TO_SIGNED_URL", details });
        return Promise.resolve({
          both: jobPolicy([copies, url]),
          args: jobPolicy([
            { type: "EXPORT_ASSET_TO_SIGNED_URL", details },
            {
              type: "EXPORT_ASSETS_TO_S3",
              details: {
                exportAssetsToS3: {
                  ...revision,
                  assetDestinations: [{ assetId: asset!.id, bucket, key: asset!.name }],
                },
              },
            },
          ]),
        });
      }),
    );
    expect(outputs.both!.value).to.equal(outputs.args!.value);
    const { Statement } = JSON.parse(outputs.both!.value as string) as {
      Statement: {
        Sid: string;
        Resource: string[];
        Condition?: { StringEquals: Record<string, string[]> };
      }[];
    };
    const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)!;
    expect(of("WriteDestinations").Resource).to.deep.equal([`arn:aws:s3:::${bucket}/${asset!.name}`]);
    expect(of("RunJobs").Condition!.StringEquals["dataexchange:JobType"]).to.deep.equal([
      "EXPORT_ASSETS_TO_S3",
      "EXPORT_ASSET_TO_SIGNED_URL",
    ]);
  });
});
