/** Programs that the compiler accepts or rejects. This file would not compile if a line below `@ts-expect-error` were accepted. */
import { readFile } from "node:fs/promises";

import type { Output } from "@pulumi/pulumi";
import { asset, output, secret } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobInputs } from "../../provider/core/arguments";
import { generated } from "../../scripts/generate/main";
import type { jobStates } from "../../service-model/job";
import { printStruct } from "../../scripts/generate/typescript";
import { jobTypes } from "../../service-model/job-types";
import { optional, string, struct } from "../../service-model/shape";
import type { Job, JobArgs, JobState, JobType } from "../../index";
import { compilerSays } from "../harness/compile";
import { s3Import } from "../simulation/samples";

const later = <T>(value: T): Output<T> => output(value) as Output<T>;

const text = new asset.StringAsset("prices");
const ids = { dataSetId: "d", revisionId: "r" };
const importAssetsFromS3 = { ...ids, assetSources: [{ bucket: "b", key: "k" }] };
const exportAssetsToS3 = { ...ids, assetDestinations: [{ assetId: "a", bucket: "b" }] };
const signed = { ...ids, assetName: "n" };

const valid: JobArgs[] = [
  { type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3 } },
  { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3 } },
  { type: "IMPORT_ASSET_FROM_SIGNED_URL", details: { importAssetFromSignedUrl: signed }, upload: text },
];

const type = "IMPORT_ASSETS_FROM_S3";
const signedType = "IMPORT_ASSET_FROM_SIGNED_URL";

const wrong: JobArgs[] = [
  // @ts-expect-error a number is not an id
  { type, details: { importAssetsFromS3: { ...importAssetsFromS3, revisionId: 5 } } },
  // @ts-expect-error `adopt` has no such value
  { type, details: { importAssetsFromS3 }, adopt: "always" },
  // @ts-expect-error there is no such timeout
  { type, details: { importAssetsFromS3 }, timeouts: { create: "1h" } },
  // @ts-expect-error the type has no upload
  { type, details: { importAssetsFromS3 }, upload: text },
  // @ts-expect-error details have one member
  { type, details: { importAssetsFromS3, exportAssetsToS3 } },
  // @ts-expect-error a string is not an asset
  { type: signedType, details: { importAssetFromSignedUrl: signed }, upload: "prices" },
  // @ts-expect-error an archive of assets is not a single body
  { type: signedType, details: { importAssetFromSignedUrl: signed }, upload: new asset.AssetArchive({}) },
  // @ts-expect-error the type is not an Output, because it decides which details and upload are valid
  { type: later("IMPORT_ASSETS_FROM_S3"), details: { importAssetsFromS3 } },
];

/** Outputs, promises and secrets at every leaf, and around lists and structures. */
const outputsEverywhere: JobArgs[] = [
  {
    type: "IMPORT_ASSETS_FROM_S3",
    details: {
      importAssetsFromS3: {
        dataSetId: later("d"),
        revisionId: Promise.resolve("r"),
        assetSources: [{ bucket: later("b"), key: secret("k") }],
      },
    },
    region: later("us-east-1"),
    triggers: [later(1), Promise.resolve("x")],
    timeouts: { run: later("1h") },
    adopt: later("none"),
    onDelete: Promise.resolve("deleteAssets"),
    assetConfiguration: { tags: [{ key: later("k"), value: later("v") }] },
    assumeRole: { roleArn: later("arn") },
  },
  {
    type: "IMPORT_ASSETS_FROM_S3",
    details: later({ importAssetsFromS3: { ...ids, assetSources: [{ bucket: "b", key: "k" }] } }),
    triggers: later({ day: 1 }),
    timeouts: later({ run: "1h" }),
  },
  {
    type: "EXPORT_REVISIONS_TO_S3",
    details: {
      exportRevisionsToS3: {
        dataSetId: "d",
        revisionDestinations: later([{ revisionId: "r", bucket: "b" }]),
        encryption: later({ type: "aws:kms", kmsKeyArn: "arn" }),
      },
    },
  },
  {
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    details: { importAssetFromSignedUrl: signed },
    upload: later(text),
  },
];

// Nothing runs these programs: the build is their test.
void [valid, wrong, outputsEverywhere];

/** Compiles if each type is assignable to the other. */
const same = <A, B>(_one: A extends B ? true : never, _other: B extends A ? true : never): void => undefined;

describe("the types of a Job", () => {
  it("have the job types and states of the service model", () => {
    same<JobState, (typeof jobStates)[number]>(true, true);
    same<JobArgs["type"], JobType>(true, true);
    const types: readonly JobType[] = jobTypes.map(({ type: each }) => each as JobType);
    expect(new Set(types).size).to.equal(jobTypes.length);
  });

  it("have the outputs of a job", () => {
    same<Job["state"], Output<JobState>>(true, true);
    same<Job["signedUrl"], Output<string | undefined>>(true, true);
    const inputs: JobInputs = s3Import();
    expect(inputs.type).to.equal("IMPORT_ASSETS_FROM_S3");
  });
});

const declared = (args: string): string => `
import * as pulumi from "@pulumi/pulumi";
import { Job } from "pulumi-dataexchange";
declare const id: pulumi.Output<string>;
const ids = { dataSetId: id, revisionId: id };
new Job("job", { ${args} });
`;

const details = (rest: string) => `details: { importAssetsFromS3: { ...ids${rest} } }`;
const s3 = (rest: string) => `type: "${type}", ${details(rest)}`;
const exporting = (of: string, rest: string) =>
  `type: "${of}", details: { exportAssetsToS3: { ...ids, assetDestinations: []${rest} } }`;
const uploading = `type: "${signedType}", details: { importAssetFromSignedUrl: { ...ids, assetName: "n" } }`;
const archive = `${uploading}, upload: new pulumi.asset.FileArchive("f")`;

/** Arguments of a Job that do not compile, and the compiler's message. */
const mistakes: [args: string, message: RegExp][] = [
  [
    s3(', assetSources: [{ bucket: "b", keys: "k" }]'),
    /'keys' does not exist in type 'Input<AssetSourceEntryArgs>'/,
  ],
  [s3(""), /Property 'assetSources' is missing/],
  [uploading, /Property 'upload' is missing/],
  [s3(", assetSources: [{ bucket: id }]"), /Property 'key' is missing/],
  [
    s3(', assetSources: [], wildcard: "*"'),
    /'wildcard' does not exist in type 'Input<ImportAssetsFromS3Args>'/,
  ],
  [exporting(type, ""), /'exportAssetsToS3' does not exist in type 'Input<DetailsOf<"importAssetsFromS3"/],
  [
    exporting("EXPORT_ASSETS_TO_S3", ', encryption: { type: "aws:km" }'),
    /"aws:km"' is not assignable to type .*Did you mean '"aws:kms"/,
  ],
  [`type: "${type}"`, /Property 'details' is missing/],
  [details(", assetSources: []"), /Property 'type' is missing/],
  [s3(", assetSources: []").replace("ASSETS", "ASSET"), /Did you mean '"IMPORT_ASSETS_FROM_S3"'/],
  [
    `${s3(", assetSources: []")}, regoin: "us-east-1"`,
    /'regoin' does not exist in type 'ImportAssetsFromS3JobArgs'. Did you mean to write 'region'/,
  ],
  [archive, /'FileArchive' is not assignable to type 'UploadBody'/],
];

describe("the compiler's message about a Job", function () {
  this.timeout("1m");
  const right = s3(", assetSources: [{ bucket: id, key: id }]");
  let messages: string[] = [];
  before(() => (messages = compilerSays([...mistakes.map(([args]) => args), right].map(declared))));

  mistakes.forEach(([args, message], index) => {
    it(`names the mistake in ${args.slice(0, 110)}`, () => expect(messages[index]).to.match(message));
  });

  it("is empty without a mistake", () => expect(messages.at(-1)).to.equal(""));
});

describe("generated files", () => {
  it("are not written if two different structures have the same name", () => {
    const source = (doc: string) => optional(struct("Source", { key: optional(string(), doc) }), "");
    const print = (a: string, b: string) =>
      printStruct(struct("Sources", { a: source(a), b: source(b) }), "input", new Map());
    expect(print("Key.", "Key.")).to.equal("SourcesArgs");
    expect(() => print("Key.", "Path.")).to.throw("Two different structures have the name Source.");
  });

  it("are up to date", async () => {
    const files = await generated();
    expect(files.map(([path]) => path)).to.include("provider/resources/types.ts");
    for (const [path, text] of files) {
      const isCurrent = (await readFile(path, "utf8")) === text;
      expect(isCurrent, `${path} is out of date; run \`npm run generate\``).to.equal(true);
    }
  });
});
