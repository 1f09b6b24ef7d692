/** The lookups of programs over HTTP, without an engine. */
import { RevokeRevisionCommand } from "@aws-sdk/client-dataexchange";
import { isSecret, output, RunError, secret } from "@pulumi/pulumi";
import type { ProviderResource } from "@pulumi/pulumi";
import { expect } from "chai";

import {
  getAssets,
  getAssetsOutput,
  getJob,
  getLatestRevision,
  getLatestRevisionOutput,
  getRevision,
} from "../../components/lookups";
import { readValue } from "../../provider/dynamic/pulumi-private";
import { codesIn } from "../../lib/message-code";
import { TestService, toSdkIds, useProgramEnvironment } from "../harness/service";
import type { RevisionIds } from "../harness/service";
import { failureOf } from "../simulation/samples";

describe("the lookups of programs", function () {
  this.timeout("1m");
  const shared = {} as { service: TestService };
  before(async () => {
    shared.service = await TestService.start();
    await shared.service.createBucket("source", { "a.csv": "1", "b/2.csv": "2", "c.txt": "3" });
  });
  after(() => shared.service?.stop());
  useProgramEnvironment(shared);

  /** A finalized revision with an asset for each key. */
  async function publish(dataSetId: string, ...keys: string[]): Promise<RevisionIds> {
    const { service } = shared;
    const ids = { dataSetId, revisionId: await service.createRevision(dataSetId) };
    for (const key of keys) await service.importAsset(ids, "source", key);
    await service.finalizeRevision(ids);
    return ids;
  }

  it("find the latest revision of an own data set and its assets", async () => {
    const { service } = shared;
    const dataSetId = await service.createDataSet();
    const first = await publish(dataSetId, "a.csv", "b/2.csv", "c.txt");
    const second = await publish(dataSetId, "a.csv");
    await service.createRevision(dataSetId);
    expect(await getLatestRevision({ dataSetId })).to.include({ ...second, finalized: true, revoked: false });
    const csv = await getAssets({ ...first, include: ["**/*.csv"] });
    expect(csv.assets.map(({ name }) => name)).to.deep.equal(["a.csv", "b/2.csv"]);
    expect(csv).to.deep.equal(await getAssets({ ...first, include: ["**/*.csv"] }));
    expect((await getAssets({ dataSetId })).revisionId).to.equal(second.revisionId);
    const [asset] = await service.assetsIn(second);
    expect((await getAssets(second)).assets).to.deep.equal([
      { ...asset, assetType: "S3_SNAPSHOT", arn: (await getRevision(second)).arn + `/assets/${asset!.id}` },
    ]);
  });

  it("find the latest revision of an entitled data set, and leave out revoked ones", async () => {
    const { service } = shared;
    const source = await service.createDataSet();
    await publish(source, "a.csv");
    const dataSetId = await service.createEntitledDataSet(source);
    const first = await getLatestRevision({ dataSetId });
    const newer = await publish(source, "c.txt");
    expect((await getAssets({ dataSetId })).assets.map(({ name }) => name)).to.deep.equal(["c.txt"]);
    const RevocationComment = "The prices were wrong.";
    await service.dataExchange.send(new RevokeRevisionCommand({ ...toSdkIds(newer), RevocationComment }));
    expect(await getLatestRevision({ dataSetId })).to.deep.equal(first);
  });

  it("show a job that anything created", async () => {
    const { service } = shared;
    const ids = await service.createEmptyRevision();
    const ImportAssetsFromS3 = { ...toSdkIds(ids), AssetSources: [{ Bucket: "source", Key: "a.csv" }] };
    const { Id } = await service.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } });
    const { details, state } = await getJob({ jobId: Id! });
    const assetSources = [{ bucket: "source", key: "a.csv" }];
    expect({ details, state }).to.deep.equal({
      details: { importAssetsFromS3: { ...ids, assetSources } },
      state: "COMPLETED",
    });
  });

  it("take outputs, keep secrets secret, and give outputs that components take", async () => {
    const dataSetId = await shared.service.createDataSet();
    const { revisionId } = await publish(dataSetId, "a.csv");
    const latest = getLatestRevisionOutput({ dataSetId: output(dataSetId) });
    expect(await readValue(latest.revisionId)).to.equal(revisionId);
    expect(await isSecret(latest)).to.equal(false);
    const { assets } = getAssetsOutput({
      dataSetId: secret(dataSetId),
      revisionId: latest.revisionId,
      include: [output("*.csv")],
    });
    expect((await readValue(assets)).map(({ name }) => name)).to.deep.equal(["a.csv"]);
    expect(await isSecret(assets)).to.equal(true);
  });

  it("use region and identity of the provider of @pulumi/aws in the options", async () => {
    const dataSetId = await shared.service.createDataSet();
    await publish(dataSetId, "a.csv");
    const europe = { region: output("eu-west-1") } as unknown as ProviderResource;
    const { message } = await failureOf(getLatestRevision({ dataSetId }, { provider: europe }));
    expect(codesIn(message)).to.deep.equal(["resource-not-found"]);
    expect(await getLatestRevision({ dataSetId, region: "us-east-1" }, { provider: europe })).to.include({
      dataSetId,
    });
  });

  it("fail with a RunError that has a code, no stack, and no secret", async () => {
    const missing = "f".repeat(32);
    const error = await failureOf(getLatestRevision({ dataSetId: missing }), RunError);
    expect(RunError.isInstance(error)).to.equal(true);
    expect(error.message).to.match(/^getLatestRevision: Data set f+: .*\[resource-not-found\]$/);
    expect(error.stack).to.equal(undefined);
    const hidden = await failureOf(readValue(getLatestRevisionOutput({ dataSetId: secret(missing) })));
    expect(codesIn(hidden.message)).to.deep.equal(["resource-not-found"]);
    expect(hidden.message).to.not.contain(missing);
  });

  it("name the action that is denied", async () => {
    const { local } = shared.service;
    local.faults.add({ operation: "ListDataSetRevisions", error: "AccessDeniedException" });
    const { message } = await failureOf(getLatestRevision({ dataSetId: "d".repeat(32) }));
    expect(codesIn(message)).to.deep.equal(["access-denied"]);
    expect(message).to.contain("Allow dataexchange:ListDataSetRevisions");
  });

  it("fail without a region", async () => {
    const { AWS_REGION } = process.env;
    delete process.env.AWS_REGION;
    process.env.AWS_CONFIG_FILE = "/dev/null";
    try {
      const { message } = await failureOf(getJob({ jobId: "j".repeat(32) }));
      expect(codesIn(message)).to.deep.equal(["missing-region"]);
    } finally {
      process.env.AWS_REGION = AWS_REGION;
      delete process.env.AWS_CONFIG_FILE;
    }
  });
});
