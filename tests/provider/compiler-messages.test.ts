import { expect } from "chai";

import { compilerSays } from "./support/compile";

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
