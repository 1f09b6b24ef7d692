/** Examples in one account: quickstart, publish-folder, upload-files, api-product, nightly. */
import { randomBytes } from "node:crypto";

import { GetAssetCommand, GetRevisionCommand, ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";

import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import type { Example } from "../../harness/example";
import type { RevisionIds } from "../../harness/service";
import { toSdkIds } from "../../harness/service";
import type { Digests, Values } from "./lifecycle";
import { assetsIn, digestsOf, testLifecycle } from "./lifecycle";

/** Files of the project by the names of their assets. */
async function filesOf({ read }: Example, paths: Readonly<Record<string, string>>): Promise<Digests> {
  const files = Object.entries(paths).map(async ([name, path]) => [name, await read(path)] as const);
  return digestsOf(Object.fromEntries(await Promise.all(files)));
}

testLifecycle({
  name: "quickstart",
  async prepare({ service, stack }) {
    await service.createBucket("my-prices", { "2026/prices.csv": "1", "2026/volumes.csv": "2" });
    await service.createBucket("my-copies");
    const ids = await service.createEmptyRevision();
    await stack.configure({ ...ids, bucket: "my-prices", "keys[0]": "2026/prices.csv" });
  },
  // The stack and the import.
  preview: { create: 2 },
  verify({ state, assets }) {
    expect({ state, assets }).to.deep.equal({ state: "COMPLETED", assets: ["2026/prices.csv"] });
    return Promise.resolve();
  },
  change: { create: 1, replace: 1, same: 1 },
  async verifyChange({ exportState }, _, { service }) {
    expect(exportState).to.equal("COMPLETED");
    const objects = { "2026/prices.csv": "1", "2026/volumes.csv": "2" };
    expect(await service.readObjects("my-copies")).to.deep.equal(objects);
  },
});

const prices = (...months: string[]) =>
  Object.fromEntries(months.map((month) => [`prices/${month}.csv`, `prices/${month}.csv`]));

testLifecycle({
  name: "publish-folder",
  prepare: ({ write }) => write("prices/2026-02.csv", randomBytes(100_000)),
  // The stack, a bucket with two objects, a data set; the publication with its revision, import and finalization.
  preview: { create: 9 },
  notes: ["objects-not-known-yet"],
  up: { create: 10 },
  async verify(outputs, example) {
    const files = prices("2026-01", "2026-02");
    expect(outputs.assets).to.deep.equal(Object.keys(files));
    expect(await assetsIn(example.service, outputs)).to.deep.equal(await filesOf(example, files));
  },
  change: { create: 1, update: 2, replace: 2, same: 6 },
  async verifyChange(outputs, first, example) {
    expect(outputs.revisionId).to.not.equal(first.revisionId);
    expect(await assetsIn(example.service, outputs)).to.deep.equal(
      await filesOf(example, prices("2026-01", "2026-02", "2026-03")),
    );
  },
});

const reports = {
  "2026/q1.csv": "reports/2026/q1.csv",
  "columns.json": "reports/columns.json",
  "figures.bin": "reports/figures.bin",
  "terms-of-use.txt": "TERMS.txt",
};

testLifecycle({
  name: "upload-files",
  prepare: ({ write }) => write("reports/figures.bin", randomBytes(300_000)),
  // The stack, a data set; the publication with its revision, two uploads with a set of jobs each, and the finalization.
  preview: { create: 9 },
  async verify(outputs, example) {
    expect(outputs.assets).to.deep.equal(Object.keys(reports));
    expect(await assetsIn(example.service, outputs)).to.deep.equal(await filesOf(example, reports));
  },
  change: { update: 2, replace: 2, same: 5 },
  async verifyChange(outputs, first, example) {
    const added = { ...reports, "2026/q2.csv": "reports/2026/q2.csv" };
    expect(await assetsIn(example.service, outputs)).to.deep.equal(await filesOf(example, added));
    // Subscribers keep the previous revision.
    expect(await assetsIn(example.service, first)).to.deep.equal(await filesOf(example, reports));
  },
});

/** The document that subscribers of a revision get. */
async function documentIn({ service: { dataExchange } }: Example, outputs: Values): Promise<string> {
  const ids = toSdkIds(outputs as unknown as RevisionIds);
  const { Assets = [] } = await dataExchange.send(new ListRevisionAssetsCommand(ids));
  expect(Assets.map(({ Name }) => Name)).to.deep.equal(["quotes"]);
  const { AssetDetails } = await dataExchange.send(new GetAssetCommand({ ...ids, AssetId: Assets[0]!.Id }));
  return (await fetch(AssetDetails!.ApiGatewayApiAsset!.ApiSpecificationDownloadUrl!)).text();
}

testLifecycle({
  name: "api-product",
  // The stack, an API with a deployment and a stage, a data set; the publication with its revision, asset, job and
  // finalization.
  preview: { create: 10 },
  notes: ["document-not-known-yet"],
  async verify(outputs, example) {
    expect(await documentIn(example, outputs)).to.equal((await example.read("openapi.json")).toString());
    const stored = await listStoredResources(example.service);
    const api = stored.find(({ type }) => type.endsWith(":RestApi"))!;
    expect(api.properties.policy).to.contain('"aws:SourceAccount":"000000000000"');
  },
  // The export of the changed stage is unknown, so the preview shows a new revision.
  change: { update: 2, replace: 4, same: 4 },
  async verifyChange(outputs, first, example) {
    const document = await documentIn(example, outputs);
    expect(document).to.equal((await example.read("openapi.json")).toString());
    expect(document).to.contain('"version": "1.1"');
    expect(await documentIn(example, first)).to.contain('"version": "1.0"');
  },
});

const nights: Digests[] = [];

/** Another program overwrites the same objects every night. */
async function writeNight({ service }: Example): Promise<void> {
  const objects = {
    "latest/prices.csv": `symbol,close\nAMBR,${40 + nights.length}\n`,
    "latest/instruments.parquet": randomBytes(50_000),
  };
  for (const [key, body] of Object.entries(objects)) await service.putObject("exports", key, body);
  nights.push(digestsOf(objects));
}

async function verifyNight(outputs: Values, { service }: Example, night: number, edition: string) {
  expect(await assetsIn(service, outputs)).to.deep.equal(nights[night]);
  const ids = toSdkIds(outputs as unknown as RevisionIds);
  const { Comment } = await service.dataExchange.send(new GetRevisionCommand(ids));
  expect(Comment).to.equal(`Edition ${edition}`);
}

testLifecycle({
  name: "nightly",
  async prepare(example) {
    await example.service.createBucket("exports");
    await writeNight(example);
    await example.stack.configure({ bucket: "exports" });
    process.env.EDITION = "2026-11-24";
  },
  // The stack, a data set; the publication with its revision, import, set of jobs and finalization.
  preview: { create: 7 },
  verify: (outputs, example) => verifyNight(outputs, example, 0, "2026-11-24"),
  beforeChange: writeNight,
  change: { replace: 2, update: 1, same: 4 },
  async verifyChange(outputs, first, example) {
    await verifyNight(outputs, example, 1, "2026-11-25");
    await verifyNight(first, example, 0, "2026-11-24");

    // Another checkout, or a workflow for merges, that does not set the edition.
    delete process.env.EDITION;
    const requests = example.service.local.requests.length;
    const withoutEdition = await example.stack.up(example.program);
    expect(withoutEdition.error?.message).to.contain("export EDITION=");
    expect(example.service.countCalls(requests)).to.not.have.any.keys("CreateRevision");
  },
  close: () => void delete process.env.EDITION,
});
