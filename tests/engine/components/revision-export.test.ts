import { setTimeout as sleep } from "node:timers/promises";

import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { Input } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { RevisionExportArgs } from "../../../components/revision-export";
import { RevisionExport } from "../../../components/revision-export";
import { unknownOutput } from "../../../components/support/resolve-input";
import { awsPlugin, expectSuccess, messageCodes, useStack } from "../../harness/stack";

describe("RevisionExport on the engine", function () {
  this.timeout("5m");
  const shared = useStack({ requireBucketPolicy: true }, awsPlugin);
  const keys = ["prices/0.csv", "prices/1.csv", "prices/2.csv"];
  let ownDataSetId: string;

  before(async () => {
    const objects = Object.fromEntries(keys.map((key) => [key, `bytes of ${key} \u0000ü`]));
    await shared.service.createBucket("source", objects);
    ownDataSetId = await shared.service.createDataSet();
  });
  afterEach(() => shared.stack.clearState());

  let buckets = 0;
  const newBucket = () => shared.service.createBucket(`target-${++buckets}`);
  const exporting =
    (args: Partial<RevisionExportArgs> & { bucket: Input<string> }): PulumiFn =>
    () => {
      const { jobIds, states, eventActionArn } = new RevisionExport("whole", {
        dataSetId: ownDataSetId,
        ...args,
      });
      return Promise.resolve({ jobIds, states, eventActionArn });
    };
  const filled = async (dataSetId: string, key: string) => {
    const revisionId = await shared.service.createRevision(dataSetId);
    await shared.service.importAsset({ dataSetId, revisionId }, "source", key);
    return revisionId;
  };

  it("runs one job for each revision, and only the new job for one more", async () => {
    const { stack, service } = shared;
    const bucket = await newBucket();
    const dataSetId = await service.createDataSet();
    const revisions = [await filled(dataSetId, keys[0]!), await filled(dataSetId, keys[1]!)];
    const keyPattern = "${Revision.Id}/${Asset.Name}";
    const program = (revisionIds: string[]) => exporting({ dataSetId, bucket, revisionIds, keyPattern });
    expect(expectSuccess(await stack.preview(program(revisions))).changes).to.deep.equal({ create: 4 });
    expectSuccess(await stack.up());
    const before = await stack.listJobIds();
    expect(Object.keys(await service.readObjects(bucket)).sort()).to.deep.equal(
      [`${revisions[0]}/${keys[0]}`, `${revisions[1]}/${keys[1]}`].sort(),
    );
    const third = await filled(dataSetId, keys[2]!);
    const up = expectSuccess(await stack.up(program([third, ...revisions])));
    expect(up.changes).to.deep.equal({ create: 1, same: 4 });
    expect(await stack.listJobIds()).to.include.members(before);
    expect(up.outputs.eventActionArn?.value).to.equal(undefined);
  });

  it("notes the number of revisions that a preview does not know", async () => {
    const { stack } = shared;
    const program = exporting({
      bucket: "nowhere",
      revisionIds: ["a".repeat(32), unknownOutput<string>()],
      keyPattern: "${Revision.Id}/${Asset.Name}",
    });
    const preview = expectSuccess(await stack.preview(program));
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(messageCodes(preview)).to.include("revisions-not-known-yet");
    expect(preview.stdout + preview.stderr).to.contain("1 of 2 revisions");
  });

  it("lets the service export each published revision with autoExport", async () => {
    const { stack, service } = shared;
    const bucket = await newBucket();
    const own = await service.createDataSet();
    const dataSetId = await service.createEntitledDataSet(own);
    const program: PulumiFn = () => {
      const { eventActionArn } = new RevisionExport("whole", {
        dataSetId,
        bucket,
        keyPattern: "auto/${Revision.Id}/${Asset.Name}",
        autoExport: true,
      });
      return Promise.resolve({ eventActionArn });
    };
    // Stack, component, bucket policy, event action.
    expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal({ create: 4 });
    const { outputs } = expectSuccess(await stack.up());
    expect(outputs.eventActionArn!.value).to.contain(":event-actions/");
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(Policy)
      .to.contain('"aws:SourceAccount":"000000000000"')
      .and.to.contain(`arn:aws:s3:::${bucket}/*`);

    const revisionId = await filled(own, keys[0]!);
    await service.finalizeRevision({ dataSetId: own, revisionId });
    const exported = async () =>
      Object.entries(await service.readObjects(bucket)).filter(([key]) => key.startsWith("auto/"));
    while ((await exported()).length === 0) await sleep(50);
    const [[key, bytes] = []] = await exported();
    expect(key).to.match(new RegExp(`^auto/[0-9a-f]{32}/${keys[0]}$`));
    expect(bytes).to.equal(`bytes of ${keys[0]} \u0000ü`);
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 4 });
  });

  it("declares no bucket policy with bucketPolicy: false", async () => {
    const { stack } = shared;
    const preview = expectSuccess(
      await stack.preview(exporting({ bucket: "its-own", autoExport: true, bucketPolicy: false })),
    );
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(preview.stdout).not.to.contain("BucketPolicy");
  });
});
