/**
 * What the compiler accepts and what it refuses. The proof is that this file compiles: where a line below
 * `@ts-expect-error` were accepted, the build would fail.
 */
import { readFile } from "node:fs/promises";

import type { Output } from "@pulumi/pulumi";
import { asset, output, secret } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobInputs } from "../../provider/core/arguments";
import { generated } from "../../scripts/generate/main";
import { jobStates } from "../../service-model/job";
import { jobTypes } from "../../service-model/job-types";
import type { Job, JobArgs, JobState, JobType } from "../../index";
import { compilerSays } from "./support/compile";
import { s3Import } from "./support/samples";

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
const noKey = [{ bucket: "b" }];

const wrong: JobArgs[] = [
  // @ts-expect-error there is no such type
  { type: "IMPORT_EVERYTHING", details: { importAssetsFromS3 } },
  // @ts-expect-error the details are missing
  { type },
  // @ts-expect-error the type is missing
  { details: { importAssetsFromS3 } },
  // @ts-expect-error the details key is misspelt
  { type, details: { importAssetFromS3: importAssetsFromS3 } },
  // @ts-expect-error the details belong to another type
  { type, details: { exportAssetsToS3 } },
  // @ts-expect-error the sources are missing
  { type, details: { importAssetsFromS3: { ...ids } } },
  // @ts-expect-error a source lacks its key
  { type, details: { importAssetsFromS3: { ...ids, assetSources: noKey } } },
  // @ts-expect-error there is no such field
  { type, details: { importAssetsFromS3: { ...ids, assetSources: [], wildcard: "*" } } },
  // @ts-expect-error a number is no id
  { type, details: { importAssetsFromS3: { ...importAssetsFromS3, revisionId: 5 } } },
  // @ts-expect-error there is no such argument
  { type, details: { importAssetsFromS3 }, regoin: "us-east-1" },
  // @ts-expect-error there is no such way to adopt
  { type, details: { importAssetsFromS3 }, adopt: "always" },
  // @ts-expect-error there is no such phase
  { type, details: { importAssetsFromS3 }, timeouts: { create: "1h" } },
  // @ts-expect-error the type uploads nothing
  { type, details: { importAssetsFromS3 }, upload: text },
  // @ts-expect-error two details are one too many
  { type, details: { importAssetsFromS3, exportAssetsToS3 } },
  // @ts-expect-error a text is no asset
  { type: signedType, details: { importAssetFromSignedUrl: signed }, upload: "prices" },
  // @ts-expect-error a folder or a zip file is no single body
  { type: signedType, details: { importAssetFromSignedUrl: signed }, upload: new asset.FileArchive("f") },
  // @ts-expect-error an archive of assets is no single body
  { type: signedType, details: { importAssetFromSignedUrl: signed }, upload: new asset.AssetArchive({}) },
  // @ts-expect-error the type decides which details and upload go with it, so it is known
  { type: later("IMPORT_ASSETS_FROM_S3"), details: { importAssetsFromS3 } },
  // @ts-expect-error the upload is missing
  { type: signedType, details: { importAssetFromSignedUrl: signed } },
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

/** Compiles when each side fits the other. */
const same = <A, B>(_one: A extends B ? true : never, _other: B extends A ? true : never): void => undefined;

describe("types", () => {
  it("accept what is valid, refuse what is not, and take inputs at every leaf", () => {
    expect([valid.length, wrong.length, outputsEverywhere.length]).to.deep.equal([3, 19, 4]);
  });

  it("name the same job types and states as the table", () => {
    same<JobState, (typeof jobStates)[number]>(true, true);
    same<JobArgs["type"], JobType>(true, true);
    const states: Record<JobState, true> = {
      WAITING: true,
      IN_PROGRESS: true,
      ERROR: true,
      COMPLETED: true,
      CANCELLED: true,
      TIMED_OUT: true,
    };
    expect(Object.keys(states)).to.deep.equal([...jobStates]);
    const types: readonly JobType[] = jobTypes.map(({ type }) => type as JobType);
    expect(new Set(types).size).to.equal(jobTypes.length);
  });

  it("give the outputs of a job as what they are", () => {
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

/** Arguments of a Job that do not compile, and what the compiler must say of them. */
const mistakes: [args: string, said: RegExp][] = [
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [{ bucket: "b", keys: "k" }] } }`,
    /'keys' does not exist in type 'Input<AssetSourceEntryArgs>'/,
  ],
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids } }`,
    /Property 'assetSources' is missing/,
  ],
  [
    `type: "IMPORT_ASSET_FROM_SIGNED_URL", details: { importAssetFromSignedUrl: { ...ids, assetName: "n" } }`,
    /Property 'upload' is missing/,
  ],
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [{ bucket: id }] } }`,
    /Property 'key' is missing/,
  ],
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [], wildcard: "*" } }`,
    /'wildcard' does not exist in type 'Input<ImportAssetsFromS3Args>'/,
  ],
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { exportAssetsToS3: { ...ids, assetDestinations: [] } }`,
    /'exportAssetsToS3' does not exist in type 'Input<DetailsOf<"importAssetsFromS3"/,
  ],
  [
    `type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: { ...ids, assetDestinations: [], encryption: { type: "aws:km" } } }`,
    /"aws:km"' is not assignable to type .*Did you mean '"aws:kms"/,
  ],
  [`type: "IMPORT_ASSETS_FROM_S3"`, /Property 'details' is missing/],
  [`details: { importAssetsFromS3: { ...ids, assetSources: [] } }`, /Property 'type' is missing/],
  [
    `type: "IMPORT_ASSET_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [] } }`,
    /Did you mean '"IMPORT_ASSETS_FROM_S3"'/,
  ],
  [
    `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [] } }, regoin: "us-east-1"`,
    /'regoin' does not exist in type 'ImportAssetsFromS3JobArgs'. Did you mean to write 'region'/,
  ],
  [
    `type: "IMPORT_ASSET_FROM_SIGNED_URL", details: { importAssetFromSignedUrl: { ...ids, assetName: "n" } }, upload: new pulumi.asset.FileArchive("f")`,
    /'FileArchive' is not assignable to type 'UploadBody'/,
  ],
];

describe("what the compiler says of a Job", function () {
  this.timeout("1m");
  const right = `type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: { ...ids, assetSources: [{ bucket: id, key: id }] } }`;
  let said: string[] = [];
  before(() => (said = compilerSays([...mistakes.map(([args]) => args), right].map(declared))));

  mistakes.forEach(([args, sentence], index) => {
    it(`names what is wrong in ${args.replace(/\s+/g, " ").slice(0, 110)}`, () => {
      expect(said[index]).to.match(sentence);
    });
  });

  it("is nothing when all is right", () => {
    expect(said.at(-1)).to.equal("");
  });
});

describe("generated files", () => {
  it("are what `npm run generate` would write now", async () => {
    const files = await generated();
    expect(files.map(([path]) => path)).to.include("provider/dynamic/types.ts");
    for (const [path, text] of files) {
      expect(
        (await readFile(path, "utf8")) === text,
        `${path} is out of date; run \`npm run generate\``,
      ).to.equal(true);
    }
  });
});
