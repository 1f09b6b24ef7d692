/** Arguments that the components reject, all in one preview on the real engine. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import { expect } from "chai";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ApiAsset } from "../../../components/api-asset";
import { FileUpload } from "../../../components/file-upload";
import { LakeFormationImport } from "../../../components/lake-formation-import";
import { RedshiftImport } from "../../../components/redshift-import";
import type { RevisionContent } from "../../../components/revision-contents";
import type { RevisionExportArgs } from "../../../components/revision-export";
import { RevisionExport } from "../../../components/revision-export";
import type { RevisionPublicationArgs } from "../../../components/revision-publication";
import { RevisionPublication } from "../../../components/revision-publication";
import { S3DataAccess } from "../../../components/s3-data-access";
import type { S3ExportArgs } from "../../../components/s3-export";
import { S3Export } from "../../../components/s3-export";
import { S3Import } from "../../../components/s3-import";
import { SignedDownload } from "../../../components/signed-download";
import { awsPlugin, useStack } from "../../harness/stack";
import { useProgramEnvironment } from "../../harness/service";

const [one, two] = ["a".repeat(32), "b".repeat(32)] as [string, string];
const ids = { dataSetId: one, revisionId: two };
const assets = ["a", "b"].map((letter) => ({ id: letter.repeat(32), name: `${letter}.csv` }));
const bucket = "prices-bucket";

type Declare = (name: string) => unknown;
const exportAssets =
  (args: Partial<S3ExportArgs>): Declare =>
  (name) =>
    new S3Export(name, { ...ids, bucket, assets, ...args });
const exportRevisions =
  (args: Partial<RevisionExportArgs>): Declare =>
  (name) =>
    new RevisionExport(name, { dataSetId: one, bucket, ...args });
const publish =
  (contents: Record<string, RevisionContent>, args: Partial<RevisionPublicationArgs> = {}): Declare =>
  (name) =>
    new RevisionPublication(name, { dataSetId: one, contents, ...args });
const ownDataSet = (name: string) =>
  new dataexchange.DataSet(name, { assetType: "S3_SNAPSHOT", description: "d" });
const api = { restApiId: "abc123", stageName: "v1", apiName: "quotes" };

describe("components reject arguments in the preview", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);
  useProgramEnvironment(shared);
  let folder: string;
  before(async () => {
    await shared.service.createBucket(bucket, { "prices/a.csv": "1" });
    folder = await mkdtemp(join(tmpdir(), "rejected-"));
    await writeFile(join(folder, "a.csv"), "1");
    await writeFile(join(folder, "b.csv"), "2");
    await symlink("/etc/hostname", join(folder, "outside"));
  });
  after(() => rm(folder, { recursive: true }));

  const upload =
    (args: object, path = folder): Declare =>
    (name) =>
      new FileUpload(name, { ...ids, path, ...args });

  it("each with a sentence and its code, without a stack trace and without a call of Data Exchange", async () => {
    const { service, stack } = shared;
    const rejected: [code: string, sentence: RegExp, declare: Declare][] = [
      [
        "nothing-selected",
        /s3:..prices-bucket.1999/,
        (name) => new S3Import(name, { ...ids, bucket, prefix: "1999/" }),
      ],
      ["link-out-of-folder", /"outside" in/, upload({})],
      ["nothing-selected", /include/, upload({ include: ["*.xml"] })],
      ["no-such-file", /none" does not exist/, upload({}, join(folder, "none"))],
      ["duplicate-asset-name", /"same"/, upload({ exclude: ["outside"], assetName: () => "same" })],
      [
        "not-openapi-3-0",
        /JSON/,
        (name) => new ApiAsset(name, { ...ids, ...api, specification: "swagger: 2.0" }),
      ],
      [
        "not-openapi-3-0",
        /2\.0/,
        (name) => new ApiAsset(name, { ...ids, ...api, specification: { swagger: "2.0" } }),
      ],
      ["no-datashares", /dataShareArns/, (name) => new RedshiftImport(name, { ...ids, dataShareArns: [] })],
      ["missing-expression", /database or table/, (name) => new LakeFormationImport(name, ids)],
      [
        "too-many-locations",
        /6 items/,
        (name) => new S3DataAccess(name, { ...ids, bucket, keys: [..."abcdef"] }),
      ],

      ["duplicate-key", /one\.csv/, exportAssets({ key: "one.csv" })],
      ["no-assets", /assets/, exportAssets({ assets: [] })],
      ["overlapping-keys", /2 revisions/, exportRevisions({ revisionIds: [one, two] })],
      ["duplicate-revision", /a{32}/, exportRevisions({ revisionIds: [one, one] })],
      [
        "invalid-placeholder",
        /keyPattern/,
        exportRevisions({ revisionIds: [one], keyPattern: "${Nothing}" }),
      ],
      ["nothing-to-export", /revisionIds/, exportRevisions({})],
      ["nothing-to-export", /autoExport/, exportRevisions({ revisionIds: [] })],
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
      ["not-a-file", /folder/, (name) => new SignedDownload(name, { ...ids, assetId: one, path: folder })],

      ["no-contents", /contents/, publish({})],
      [
        "nothing-selected",
        /contents\.none: .*s3:..prices-bucket.none/,
        publish({ none: { s3: { bucket, prefix: "none/" } } }),
      ],
      [
        "too-many-assets",
        /contents\.many: /,
        publish({ many: { s3: { bucket, keys: Array.from({ length: 10_001 }, String) } } }),
      ],
      [
        "duplicate-asset-name",
        /contents: "a\.csv"/,
        publish({ one: { s3: { bucket, keys: ["a.csv"] } }, two: { s3: { bucket, keys: ["a.csv"] } } }),
      ],
      [
        "mixed-asset-types",
        /contents\.one \(s3\) and contents\.two \(redshift\)/,
        publish({ one: { s3: { bucket } }, two: { redshift: { dataShareArns: ["arn"] } } }),
      ],
      [
        "unmatchable-pattern",
        /contents\.docs: exclude\[0\]/,
        publish({ docs: { files: { path: "docs", exclude: ["!a.md"] } } }),
      ],
      [
        "conflicting-arguments",
        /contents\.both: /,
        publish({ both: { s3: { bucket, keys: ["a"], prefix: "a" } } }),
      ],
    ];
    // Rejected by the shapes of the service model, which have codes of their own.
    const invalid: [path: string, declare: Declare][] = [
      ["dataSetId", publish({ all: { s3: { bucket } } }, { dataSetId: `${one}:${two}` })],
      ["contents.tables: bucket", publish({ tables: { s3: { bucket: "arn:aws:s3:::prices-bucket" } } })],
      ["contents.tables: keys[1]", publish({ tables: { s3: { bucket, keys: ["a", "é".repeat(513)] } } })],
    ];
    const requests = service.local.requests.length;
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
    expect(service.countCalls(requests)).to.deep.equal({});
  });
});
