/** The outputs in docs/review.md. Its picture is the first of these reviews as Markdown. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import { toText } from "../../review/render";
import { reviewOf } from "../../review/review";
import type { Jobs } from "./previews";
import { at, importOf, importsOf, previewOf, ranSet, same, setStep, step, uploadsOf } from "./previews";

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

const reviewed = (all: object[]) =>
  reviewOf(
    parsePreview(
      previewOf(all).replaceAll("urn:pulumi:prod::market::", "urn:pulumi:production::market-data::"),
    ),
  );

const from = (bucket: string, jobs: Jobs): Jobs =>
  JSON.parse(
    JSON.stringify(jobs)
      .replaceAll('"source"', `"${bucket}"`)
      .replaceAll(at.dataSetId, place.dataSetId)
      .replaceAll(at.revisionId, place.revisionId),
  ) as Jobs;
const objects = (...names: string[]) => Object.fromEntries(names.map((name) => [`2026/11/${name}.csv`, "1"]));
const settings = { onDelete: "deleteAssets" };
const prices = (usd: string, ...more: string[]) =>
  from(
    "market-prices",
    importsOf({
      1: { ...objects("usd", "eur", "gbp", ...more), "2026/11/usd.csv": usd },
      2: objects("jpy"),
      ...Object.fromEntries(Array.from({ length: 9 }, (_, job) => [String(job + 3), objects(String(job))])),
    }),
  );
const missing = {
  code: "RESOURCE_NOT_FOUND_EXCEPTION",
  message: "The specified key does not exist",
  details: {
    importAssetsFromS3JobErrorDetails: [{ bucket: "market-prices", key: "2026/11/jpy.csv" }],
  },
};
const notes = (...names: string[]) =>
  from("", uploadsOf(Object.fromEntries(names.map((name) => [`${name}.txt`, "1"]))));
const within = (set: object, kind: string, name: string): object => {
  const parent = urnOf(name, `dataexchange:index:${kind}`);
  const { oldState, newState } = set as { oldState?: object; newState?: object };
  return {
    ...set,
    ...(oldState && { oldState: { ...oldState, parent } }),
    ...(newState && { newState: { ...newState, parent } }),
  };
};
const ran = ranSet(prices("1"), { failed: { 2: [missing] }, settings });
const sets = [
  within(setStep("update", "prices", prices("2", "chf"), ran, { settings }), "S3Import", "prices"),
  within(
    setStep(
      "update",
      "notes",
      notes(...Array.from({ length: 12 }, (_, index) => String(index + 1))),
      ranSet(notes("old"), { settings }),
      { settings },
    ),
    "FileUpload",
    "notes",
  ),
  ...steps.slice(-2),
];

describe("docs/review.md", () => {
  let docs: string;
  before(async () => (docs = await readFile("docs/review.md", "utf8")));

  it("has the text output of the command", () => {
    const [, shown] = /The same as text:\n\n```\n(.*?)```/s.exec(docs)!;
    expect(toText(reviewed(steps))).to.equal(shown);
  });

  it("has every code of a reason, a warning and a cause", () => {
    for (const file of ["reason", "warning"]) {
      const types = readFileSync(`review/${file}.ts`, "utf8");
      const lists = [...types.matchAll(/(?:readonly (?:kind|cause):|type Run =) ((?:"[a-z-]+"(?: \| )?)+)/g)];
      const codes = lists.flatMap(([, list]) => [...list!.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code!));
      expect(codes).to.have.length.above(10);
      for (const code of codes) expect(docs).to.contain(`\n| \`${code}\` `);
    }
  });

  it("has the text output for sets", () => {
    const [, shown] = /## Sets of jobs\n.*?```\n(.*?)```/s.exec(docs)!;
    const [text] = toText(reviewed(sets)).split("\nOther resources");
    expect(text).to.equal(shown);
  });
});
