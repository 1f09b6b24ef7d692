/** What docs/review.md shows, in the words of today; its picture is the same review as Markdown. */
import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { readPreview, reviewOf, toText } from "../../review/index";
import { importOf, previewOf, same, step } from "./previews";

const id = (start: string) => start.padEnd(32, "0");
const urnOf = (name: string, type: string) => `urn:pulumi:production::market-data::${type}::${name}`;
const [dataSetType, revisionType, feedType] = [
  "aws:dataexchange/dataSet:DataSet",
  "aws:dataexchange/revision:Revision",
  "market:index:Feed",
];

const place = { dataSetId: id("21b638c9"), revisionId: id("03c4b35f") };
const other = { dataSetId: id("8583db75"), revisionId: id("88761330") };
const pricesOf = (...names: string[]): object => {
  const keys = names.map((name) => `2026/11/${name}.csv`);
  return JSON.parse(
    JSON.stringify(importOf(keys, place)).replaceAll('"source"', '"market-prices"'),
  ) as object;
};
const assetsOf = (...names: string[]) => names.map((name) => ({ id: name, name: `2026/11/${name}.csv` }));
const copy = {
  type: "EXPORT_REVISIONS_TO_S3",
  details: {
    exportRevisionsToS3: {
      dataSetId: other.dataSetId,
      revisionDestinations: [
        { revisionId: other.revisionId, bucket: "partner-inbox", keyPattern: "prices/${Asset.Name}" },
      ],
    },
  },
};
const [former, present] = [{ etag: id("9b2cf535") }, { etag: id("5eb63bbb") }];
const link = {
  type: "EXPORT_ASSET_TO_SIGNED_URL",
  details: { exportAssetToSignedUrl: { ...other, assetId: id("1d3b1277") } },
};
const parent = urnOf("europe", feedType);

const steps = [
  step("replace", {
    name: "partner-copy",
    inputs: { ...copy, triggers: [present] },
    old: { outputs: { ...copy, triggers: [former], state: "COMPLETED" } },
    replaceReasons: ["triggers"],
  }),
  step("replace", {
    name: "daily-prices",
    inputs: pricesOf("usd", "eur", "gbp", "chf"),
    old: { outputs: { ...pricesOf("usd", "eur"), state: "COMPLETED", assets: assetsOf("usd", "eur") } },
    replaceReasons: ["details"],
    parent,
  }),
  step("create", { name: "preview-link", inputs: link }),
  step("create", { name: "intraday-prices", inputs: pricesOf("intraday"), parent }),
  step("delete", { name: "old-prices", old: { outputs: { ...pricesOf("jpy"), assets: assetsOf("jpy") } } }),
  ...Array.from({ length: 14 }, (_, index) => same(`calm-${index}`)),
  step("same", { name: "europe", type: feedType, inputs: {}, old: {} }),
  step("same", {
    name: "prices",
    type: dataSetType,
    inputs: {},
    old: { outputs: { id: place.dataSetId } },
  }),
  step("same", { name: "november", type: revisionType, inputs: {}, old: { outputs: place } }),
];

const review = reviewOf(
  readPreview(
    previewOf(steps).replaceAll("urn:pulumi:prod::market::", "urn:pulumi:production::market-data::"),
  ),
);

describe("review: its documentation", () => {
  let docs: string;
  before(async () => (docs = await readFile("docs/review.md", "utf8")));

  it("shows what the command prints as text", () => {
    const [, shown] = /The same as text:\n\n```\n(.*?)```/s.exec(docs)!;
    expect(toText(review)).to.equal(shown);
  });
});
