/** Arguments that the components reject, all in one preview on the real engine. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import { expect } from "chai";
import { tmpdir } from "node:os";

import { ApiAsset } from "../../../components/api-asset";
import { FileUpload } from "../../../components/file-upload";
import { LakeFormationImport } from "../../../components/lake-formation-import";
import { RedshiftImport } from "../../../components/redshift-import";
import { RevisionExport } from "../../../components/revision-export";
import { RevisionPublication } from "../../../components/revision-publication";
import { S3DataAccess } from "../../../components/s3-data-access";
import { S3Export } from "../../../components/s3-export";
import { S3Import } from "../../../components/s3-import";
import { SignedDownload } from "../../../components/signed-download";
import { forEachHost } from "../../harness/hosts";
import { awsPlugin } from "../../harness/stack";
import { useProgramEnvironment } from "../../harness/service";

const [one, two] = ["a".repeat(32), "b".repeat(32)] as [string, string];
const ids = { dataSetId: one, revisionId: two };
const bucket = "prices-bucket";
const api = { restApiId: "abc123", stageName: "v1", apiName: "quotes" };
const assets = ["a", "b"].map((letter) => ({ id: letter.repeat(32), name: `${letter}.csv` }));
const anyTable = { lakeFormation: { table: [{ tagKey: "share", tagValues: ["yes"] }] } };
const share = { redshift: { dataShareArns: ["arn"] } };
const ownDataSet = (name: string) =>
  new dataexchange.DataSet(name, { assetType: "S3_SNAPSHOT", description: "d" });

type Declare = (name: string) => unknown;
const exportRevisions =
  (args: object): Declare =>
  (name) =>
    new RevisionExport(name, { dataSetId: one, bucket, ...args });
const publish =
  (contents: object, args: object = {}): Declare =>
  (name) =>
    new RevisionPublication(name, { dataSetId: one, contents: { ...contents }, ...args });

/** One row for each component, and rows for rules that no unit test shows. */
const rejected: [code: string, sentence: RegExp, declare: Declare][] = [
  [
    "nothing-selected",
    /s3:..prices-bucket.1999/,
    (name) => new S3Import(name, { ...ids, bucket, prefix: "1999/" }),
  ],
  ["no-such-file", /none" does not exist/, (name) => new FileUpload(name, { ...ids, path: "none" })],
  [
    "not-openapi-3-0",
    /JSON/,
    (name) => new ApiAsset(name, { ...ids, ...api, specification: "swagger: 2.0" }),
  ],
  ["no-datashares", /dataShareArns/, (name) => new RedshiftImport(name, { ...ids, dataShareArns: [] })],
  ["missing-expression", /database or table/, (name) => new LakeFormationImport(name, ids)],
  [
    "too-many-locations",
    /6 items/,
    (name) => new S3DataAccess(name, { ...ids, bucket, keys: [..."abcdef"] }),
  ],
  ["duplicate-key", /one\.csv/, (name) => new S3Export(name, { ...ids, bucket, assets, key: "one.csv" })],
  ["not-a-file", /folder/, (name) => new SignedDownload(name, { ...ids, assetId: one, path: tmpdir() })],

  ["overlapping-keys", /2 revisions/, exportRevisions({ revisionIds: [one, two] })],
  ["duplicate-revision", /a{32}/, exportRevisions({ revisionIds: [one, one] })],
  ["invalid-placeholder", /keyPattern/, exportRevisions({ revisionIds: [one], keyPattern: "${Nothing}" })],
  ["nothing-to-export", /revisionIds/, exportRevisions({})],
  [
    "data-set-not-entitled",
    /this program creates/,
    (name) => exportRevisions({ autoExport: true, dataSetId: ownDataSet(name).id })(name),
  ],
  [
    "data-set-not-entitled",
    /account 000000000000/,
    exportRevisions({
      autoExport: true,
      dataSetId: `arn:aws:dataexchange:us-east-1:000000000000:data-sets/${one}`,
    }),
  ],

  ["no-contents", /contents/, publish({})],
  ["unknown-content", /contents\.one/, publish({ one: { s3: { bucket }, ...share } })],
  ["nothing-selected", /contents\.none: /, publish({ none: { s3: { bucket, prefix: "none/" } } })],
  ["duplicate-content", /contents\.one and contents\.two/, publish({ one: anyTable, two: anyTable })],
  [
    "duplicate-asset-name",
    /contents: "a\.csv"/,
    publish({ one: { s3: { bucket, keys: ["a.csv"] } }, two: { s3: { bucket, keys: ["a.csv"] } } }),
  ],
  [
    "mixed-asset-types",
    /contents\.one \(s3\) and contents\.two \(redshift\)/,
    publish({ one: { s3: { bucket } }, two: share }),
  ],
];

/** Rejected by the shapes of the service model. Their codes are tested there. */
const invalid: [path: string, declare: Declare][] = [
  ["dataSetId", publish({ all: { s3: { bucket } } }, { dataSetId: `${one}:${two}` })],
  ["contents.tables: bucket", publish({ tables: { s3: { bucket: "arn:aws:s3:::prices-bucket" } } })],
];

forEachHost("the arguments of the components", function (host) {
  this.timeout("5m");
  const shared = host.useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  before(() => shared.service.createBucket(bucket, { "prices/a.csv": "1" }));

  it("are rejected in the preview by a sentence with a code, without a stack trace and without a request", async () => {
    const { service, stack } = shared;
    const { error, stdout, stderr } = await stack.preview(() => {
      rejected.forEach(([, , declare], index) => declare(`rejected-${index}`));
      invalid.forEach(([, declare], index) => declare(`invalid-${index}`));
      return Promise.resolve();
    });
    expect(error).to.be.an("error");
    const lines = (stdout + stderr).split("\n");
    const reported = (name: string) => lines.find((line) => line.includes(`"${name}": `)) ?? "";
    rejected.forEach(([code, sentence], index) =>
      expect(reported(`rejected-${index}`))
        .to.match(sentence)
        .and.match(new RegExp(` \\[${code}\\]$`)),
    );
    invalid.forEach(([path], index) =>
      expect(reported(`invalid-${index}`))
        .to.contain(`"invalid-${index}": ${path} `)
        .and.match(/ \[[a-z-]+\]$/),
    );
    expect(lines.filter((line) => /^\s+at /.test(line))).to.deep.equal([]);
    expect(service.countCalls()).to.deep.equal({});
  });
});
