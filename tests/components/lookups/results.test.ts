/** What the lookups of programs find over HTTP, without an engine. */
import { setImmediate } from "node:timers/promises";

import { CreateDataSetCommand, RevokeRevisionCommand } from "@aws-sdk/client-dataexchange";
import { isSecret, output, RunError, secret } from "@pulumi/pulumi";
import { expect } from "chai";

import {
  getAssets,
  getAssetsOutput,
  getDataSet,
  getDataSetOutput,
  getJob,
  getLatestRevision,
  getLatestRevisionOutput,
  getRevision,
} from "../../../components/lookups";
import { readValue } from "../../../provider/resources/pulumi-private";
import { codesIn } from "../../../lib/message-code";
import { toSdkIds } from "../../harness/service";
import { failureOf } from "../../simulation/samples";
import { usePublisher } from "./publisher";

describe("the lookups of programs", function () {
  this.timeout("1m");
  const { shared, publish } = usePublisher();

  /** A data set of the account; the others have the name "prices". */
  async function createDataSetNamed(Name: string): Promise<string> {
    const request = { AssetType: "S3_SNAPSHOT", Name, Description: "Every close" } as const;
    return (await shared.service.dataExchange.send(new CreateDataSetCommand(request))).Id!;
  }

  it("find a data set by its name, owned or entitled", async () => {
    const { service } = shared;
    const owned = await createDataSetNamed("closes");
    const { arn, createdAt, ...found } = await getDataSet({ name: "closes" });
    expect(found).to.deep.equal({
      ...{ dataSetId: owned, name: "closes", description: "Every close" },
      ...{ assetType: "S3_SNAPSHOT", origin: "OWNED" },
    });
    expect(arn).to.match(new RegExp(`:data-sets/${owned}$`));
    expect(createdAt).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
    await publish(owned, "a.csv");
    const entitled = await service.createEntitledDataSet(owned);
    const byOrigin = getDataSetOutput({ name: output("closes"), origin: "ENTITLED" });
    expect(await readValue(byOrigin.dataSetId)).to.equal(entitled);
    expect(await getDataSet({ name: "closes", origin: "OWNED" })).to.deep.equal({ arn, createdAt, ...found });
    const { message } = await failureOf(getDataSet({ name: "closes" }), RunError);
    expect(codesIn(message)).to.deep.equal(["ambiguous-data-set-name"]);
    expect(message).to.contain(`${owned} (OWNED)`).and.contain(`${entitled} (ENTITLED)`);
    const missing = await failureOf(getDataSet({ name: "opens" }), RunError);
    expect(missing.message).to.match(/^getDataSet: No data set .*"opens".*\[data-set-not-found\]$/);
  });

  it("read all pages of data sets, revisions and assets", async () => {
    const { service } = shared;
    const dataSetId = await createDataSetNamed("oldest");
    const keys = Array.from({ length: 201 }, (_, n) => `key${n}`);
    await service.createBucket("many", Object.fromEntries(keys.map((key) => [key, key])));
    const ids = { dataSetId, revisionId: await service.createRevision(dataSetId) };
    for (const from of [0, 100, 200]) {
      const AssetSources = keys.slice(from, from + 100).map((Key) => ({ Bucket: "many", Key }));
      const ImportAssetsFromS3 = { ...toSdkIds(ids), AssetSources };
      await service.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } });
    }
    await service.finalizeRevision(ids);
    for (let newer = 0; newer < 201; newer++) {
      await service.createRevision(dataSetId);
      await service.createDataSet();
    }
    expect((await getDataSet({ name: "oldest" })).dataSetId).to.equal(dataSetId);
    const { revisionId, assets } = await getAssets({ dataSetId });
    expect(revisionId).to.equal(ids.revisionId);
    expect(assets.map(({ name }) => name)).to.deep.equal([...keys].sort());
  });

  it("fail for a data set without a revision that is finalized and not revoked", async () => {
    const { service } = shared;
    const dataSetId = await service.createDataSet();
    const describe = async () => {
      const { message } = await failureOf(getAssets({ dataSetId }), RunError);
      expect(codesIn(message)).to.deep.equal(["no-finalized-revision"]);
      return message;
    };
    expect(await describe()).to.contain(`Data set ${dataSetId} has no revision.`);
    await service.createRevision(dataSetId);
    expect(await describe()).to.contain("(0 revoked, 1 not finalized)");
  });

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

  it("warn of a pattern that matches nothing, without a secret", async () => {
    const dataSetId = await shared.service.createDataSet();
    await publish(dataSetId, "a.csv");
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (text: string) => void warnings.push(text);
    try {
      await readValue(getAssetsOutput({ dataSetId, include: ["*.csv", secret("planted.csv")] }));
      await setImmediate();
    } finally {
      console.warn = warn;
    }
    expect(warnings.flatMap(codesIn)).to.deep.equal(["unused-pattern"]);
    expect(warnings[0]).to.contain("getAssets: ").and.contain("include[1]").and.not.contain("planted");
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
    const tooLong = "x".repeat(65_537);
    const derived = getAssetsOutput({ dataSetId: secret(missing), include: [tooLong] });
    const { message } = await failureOf(readValue(derived));
    expect(codesIn(message)).to.deep.equal(["invalid-pattern"]);
    expect(message).to.not.contain("exceeds");
  });
});
