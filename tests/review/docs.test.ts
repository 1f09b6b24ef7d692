/** The outputs in docs/review.md. Its picture is the first of these reviews as Markdown. */
import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import { toText } from "../../review/render";
import { reviewOf } from "../../review/review";
import { at, deleted, importOf, imported, previewOf, same, step, urnOf } from "./previews";
import { importsOf, ranSet, setStep, uploadsOf } from "./set-previews";

const id = (start: string) => start.padEnd(32, "0");
const other = { dataSetId: id("8583db75"), revisionId: id("88761330") };
const key = (name: string) => `2026/11/${name}.csv`;
const parent = urnOf("europe", "market:index:Feed");

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
const container = (name: string, type: string, outputs: object = {}) =>
  step("same", { name, type, inputs: {}, old: { outputs } });
const containers = [
  container("prices", "aws:dataexchange/dataSet:DataSet", { id: at.dataSetId }),
  container("november", "aws:dataexchange/revision:Revision", at),
];

const steps = [
  step("replace", {
    name: "partner-copy",
    inputs: { ...copy, triggers: [present] },
    old: { outputs: { ...copy, triggers: [former], state: "COMPLETED" } },
    replaceReasons: ["triggers"],
  }),
  step("replace", {
    name: "daily-prices",
    inputs: importOf(["usd", "eur", "gbp", "chf"].map(key)),
    old: imported(["usd", "eur"].map(key)),
    replaceReasons: ["details"],
    parent,
  }),
  step("create", { name: "preview-link", inputs: link }),
  step("create", { name: "intraday-prices", inputs: importOf([key("intraday")]), parent }),
  deleted("old-prices", [key("jpy")]),
  ...Array.from({ length: 14 }, (_, index) => same(`calm-${index}`)),
  container("europe", "market:index:Feed"),
  ...containers,
];

const objects = (...names: string[]) => Object.fromEntries(names.map((name) => [key(name), "1"]));
const settings = { onDelete: "deleteAssets" };
const prices = (usd: string, ...more: string[]) =>
  importsOf({
    1: { ...objects("usd", "eur", "gbp", ...more), [key("usd")]: usd },
    2: objects("jpy"),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, job) => [String(job + 3), objects(String(job))])),
  });
const missing = {
  code: "RESOURCE_NOT_FOUND_EXCEPTION",
  message: "The specified key does not exist",
  details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: key("jpy") }] },
};
const notes = (...names: string[]) =>
  uploadsOf(Object.fromEntries(names.map((name) => [`${name}.txt`, "1"])));
const twelve = Array.from({ length: 12 }, (_, index) => String(index + 1));
const within = (kind: string, name: string) => ({
  settings,
  parent: urnOf(name, `dataexchange:index:${kind}`),
});
const ran = ranSet(prices("1"), { failed: { 2: [missing] }, settings });
const sets = [
  setStep("update", "prices", prices("2", "chf"), ran, within("S3Import", "prices")),
  setStep(
    "update",
    "notes",
    notes(...twelve),
    ranSet(notes("old"), { settings }),
    within("FileUpload", "notes"),
  ),
  ...containers,
];

/** The review as text, with the names of the documents. */
const textOf = (all: object[]) => {
  const preview = previewOf(all)
    .replaceAll("urn:pulumi:prod::market::", "urn:pulumi:production::market-data::")
    .replaceAll('"source"', '"market-prices"')
    .replaceAll(at.dataSetId, id("21b638c9"))
    .replaceAll(at.revisionId, id("03c4b35f"));
  return toText(reviewOf(parsePreview(preview)));
};

describe("docs/review.md", () => {
  let docs: string;
  before(async () => (docs = await readFile("docs/review.md", "utf8")));

  it("has the text output of `pulumi-dataexchange review`", () => {
    const [, shown] = /The same as text:\n\n```\n(.*?)```/s.exec(docs)!;
    expect(textOf(steps)).to.equal(shown);
  });

  it("has every code of a reason, a warning and a cause", async () => {
    for (const file of ["reason", "warning"]) {
      const types = await readFile(`review/${file}.ts`, "utf8");
      const lists = [...types.matchAll(/(?:readonly (?:kind|cause):|type Run =) ((?:"[a-z-]+"(?: \| )?)+)/g)];
      const codes = lists.flatMap(([, list]) => [...list!.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code!));
      expect(codes).to.have.length.above(10);
      for (const code of codes) expect(docs).to.contain(`\n| \`${code}\` `);
    }
  });

  it("has the text output for sets of jobs", () => {
    const [, shown] = /## Sets of jobs\n.*?```\n(.*?)```/s.exec(docs)!;
    expect(textOf(sets).split("\nOther resources")[0]).to.equal(shown);
  });
});
