import { expect } from "chai";

import { args } from "../../../provider/core/arguments";
import { jobTypes } from "../../../service-model/job-types";
import {
  finalizationCode,
  finalizationToken,
  jobSetCode,
  jobSetToken,
  jobToken,
  providerCode,
  secretOutputs,
} from "../../../provider/dynamic/state-contract";
import * as entry from "../../../provider/index";

describe("what is written into users' states for ever", () => {
  it("is the type token", () => expect(jobToken).to.equal("pulumi-nodejs:dynamic/dataexchange:Job"));

  it("is the provider's code, byte for byte, of at most 128 bytes", () => {
    expect(providerCode).to.equal(
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-dataexchange/provider").provider',
    );
    expect(Buffer.byteLength(providerCode)).to.be.at.most(128);
  });

  it("is the token and the code of a revision's finalization", () => {
    expect(finalizationToken).to.equal("pulumi-nodejs:dynamic/dataexchange:RevisionFinalization");
    expect(finalizationCode).to.equal(
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-dataexchange/provider").finalization',
    );
  });

  it("is the token and the code of a set of jobs", () => {
    expect(jobSetToken).to.equal("pulumi-nodejs:dynamic/dataexchange:JobSet");
    expect(jobSetCode).to.equal(
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-dataexchange/provider").jobSet',
    );
  });

  it("is what the provider's entry exports", () =>
    expect(entry).to.have.all.keys("provider", "jobSet", "finalization"));

  it("is every job type with its details key", () => {
    expect(Object.fromEntries(jobTypes.map(({ type, detailsKey }) => [type, detailsKey]))).to.include({
      IMPORT_ASSETS_FROM_S3: "importAssetsFromS3",
      IMPORT_ASSET_FROM_SIGNED_URL: "importAssetFromSignedUrl",
      IMPORT_ASSET_FROM_API_GATEWAY_API: "importAssetFromApiGatewayApi",
      IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: "importAssetsFromRedshiftDataShares",
      IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: "importAssetsFromLakeFormationTagPolicy",
      CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: "createS3DataAccessFromS3Bucket",
      EXPORT_ASSETS_TO_S3: "exportAssetsToS3",
      EXPORT_ASSET_TO_SIGNED_URL: "exportAssetToSignedUrl",
      EXPORT_REVISIONS_TO_S3: "exportRevisionsToS3",
    });
  });

  it("is every argument's name", () => {
    expect(Object.keys(args)).to.include.members([
      "assetConfiguration",
      "region",
      "profile",
      "assumeRole",
      "endpoint",
      "timeouts",
      "adopt",
      "onDelete",
    ]);
  });
});

describe("secret outputs", () => {
  it("are all members that the table calls secret, but for URLs that a body was uploaded to", () => {
    const secret = jobTypes.flatMap((jobType) => {
      const members: Record<string, { secret?: boolean }> = {
        ...jobType.details.members,
        ...jobType.response,
      };
      return Object.keys(members).filter((name) => members[name]!.secret && name !== jobType.upload?.url);
    });
    expect([...new Set(secret)].sort()).to.deep.equal([...secretOutputs].sort());
  });

  it("include every URL that the service answers", () => {
    for (const { response } of jobTypes) {
      for (const [name, member] of Object.entries(response))
        expect(member.secret ?? false, name).to.equal(/Url$/.test(name));
    }
  });
});
