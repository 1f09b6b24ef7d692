import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { RevisionExportArgs } from "../../../components/revision-export";
import { RevisionExport } from "../../../components/revision-export";
import { autoExportPolicy } from "../../../components/support/auto-export";
import { unknownOutput } from "../../../components/support/resolve-input";
import { forEachHost } from "../../harness/hosts";
import { expectSuccess, messageCodes } from "../../harness/stack";
import { attachedAws } from "../../harness/use-stack";

forEachHost("RevisionExport on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ requireBucketPolicy: true }, attachedAws);
  let dataSetId: string;
  let bucket: string;
  let buckets = 0;

  before(async () => {
    await shared.service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    dataSetId = await shared.service.createDataSet();
  });
  beforeEach(async () => (bucket = await shared.service.createBucket(`target-${++buckets}`)));
  afterEach(() => shared.stack.clearState());

  const exporting =
    (args: Partial<RevisionExportArgs> = {}): PulumiFn =>
    () => {
      const component = new RevisionExport("whole", { dataSetId, bucket, ...args });
      const { jobIds, states, eventActionArn } = component;
      return Promise.resolve({ jobIds, states, eventActionArn });
    };

  it("runs one job for each revision, and only a new job for an added revision", async () => {
    const { stack, service } = shared;
    const publish = async (key: string) => {
      const revisionId = await service.createRevision(dataSetId);
      await service.importAsset({ dataSetId, revisionId }, "source", key);
      return revisionId;
    };
    const revisions = [await publish("a.csv"), await publish("b.csv")];
    const keyPattern = "${Revision.Id}/${Asset.Name}";
    const program = (revisionIds: string[]) => exporting({ revisionIds, keyPattern });
    expect(expectSuccess(await stack.preview(program(revisions))).changes).to.deep.equal({ create: 4 });
    expectSuccess(await stack.up());
    const before = await stack.listJobIds();
    expect(await service.readObjects(bucket)).to.deep.equal({
      [`${revisions[0]}/a.csv`]: "1",
      [`${revisions[1]}/b.csv`]: "2",
    });
    const up = expectSuccess(await stack.up(program([await publish("c.csv"), ...revisions])));
    expect(up.changes).to.deep.equal({ create: 1, same: 4 });
    expect(await stack.listJobIds()).to.include.members(before);
    expect(up.outputs.eventActionArn?.value).to.equal(undefined);
  });

  it("notes the number of revisions that a preview does not know", async () => {
    const { stack } = shared;
    const program = exporting({
      revisionIds: ["a".repeat(32), unknownOutput<string>()],
      keyPattern: "${Revision.Id}/${Asset.Name}",
    });
    const preview = expectSuccess(await stack.preview(program));
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(messageCodes(preview)).to.include("revisions-not-known-yet");
    expect(preview.stdout + preview.stderr).to.contain("1 of 2 revisions");
  });

  it("declares an event action with autoExport, and a bucket policy unless bucketPolicy is false", async () => {
    const { stack, service } = shared;
    const entitled = await service.createEntitledDataSet(dataSetId);
    const program = (bucketPolicy?: false) =>
      exporting({ dataSetId: entitled, autoExport: true, bucketPolicy });
    const preview = expectSuccess(await stack.preview(program(false)));
    // Stack, component, event action.
    expect(preview.changes).to.deep.equal({ create: 3 });
    expect(preview.stdout).not.to.contain("BucketPolicy");

    const { changes, outputs } = expectSuccess(await stack.up(program()));
    expect(changes).to.deep.equal({ create: 4 });
    expect(outputs.eventActionArn!.value).to.contain(":event-actions/");
    const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(Policy).to.equal(autoExportPolicy(bucket, "000000000000"));
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 4 });
  });
});
