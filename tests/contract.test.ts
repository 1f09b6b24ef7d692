/**
 * What users' states, pipelines and machines hold of this package. A change here breaks what they have: add, and never
 * rename.
 */
import { readFileSync, readdirSync } from "node:fs";

import { expect } from "chai";

import { args } from "../provider/core/arguments";
import { jobTypes } from "../service-model/job-types";
import {
  finalizationCode,
  finalizationToken,
  jobSetCode,
  jobSetToken,
  jobToken,
  providerCode,
} from "../provider/resources/state-contract";
import * as entry from "../provider/index";
import { contentHash } from "../components/support/content-hash";
import { partitionStably } from "../components/support/partition";
import { slug } from "../components/support/asset-names";
import { resourceKeyOf, requestText } from "../provider/core/job-context";
import { inputsOfJobs } from "../provider/core/job-set/inputs";
import { writeJobSet } from "../provider/core/job-set/state";
import { readOutputs, secretOutputs } from "../provider/core/state";
import { toMarkdown } from "../review/render";
import { reviewOf } from "../review/review";
import { parsePreview } from "../review/parse-preview";

describe("what is written into users' states and never changes", () => {
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
    expect(Object.fromEntries(jobTypes.map(({ type, detailsKey }) => [type, detailsKey]))).to.deep.equal({
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
  it("are all members that the job type table marks as secret, except URLs of uploads", () => {
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

const sample = {
  type: "IMPORT_ASSETS_FROM_S3",
  details: {
    importAssetsFromS3: {
      dataSetId: "aae4c2cd145a48454f9369d4a4db5c66",
      revisionId: "2a4ba47e9ff0e1e33a1e0bb9d5b3bd2d",
      assetSources: [
        { bucket: "prices", key: "b.csv" },
        { bucket: "prices", key: "a.csv" },
      ],
    },
  },
  triggers: { etag: "1" },
};

describe("names that programs and pipelines use", () => {
  it("are the entries of the package", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, object>;
    expect(manifest.exports).to.have.all.keys(".", "./provider", "./emulator", "./package.json");
    expect(manifest.bin).to.have.all.keys("pulumi-dataexchange");
  });

  it("are the type tokens of the components", () => {
    const tokens = readdirSync("components")
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [
        ...readFileSync(`components/${name}`, "utf8").matchAll(/"dataexchange:index:(\w+)"/g),
      ]);
    expect(new Set(tokens.map(([, token]) => token))).to.have.all.keys(
      "ApiAsset",
      "FileUpload",
      "LakeFormationImport",
      "RedshiftImport",
      "RevisionExport",
      "RevisionPublication",
      "S3DataAccess",
      "S3Export",
      "S3Import",
      "SignedDownload",
    );
  });

  it("are the paths of the local Data Exchange's admin API", () => {
    const routes = [
      ...readFileSync("emulator/http/admin-api.ts", "utf8").matchAll(/"((?:GET|POST|DELETE|PATCH) [\w/]+)"/g),
    ];
    expect(routes.map(([, route]) => route)).to.have.members([
      "GET clock",
      "POST clock/advance",
      "GET faults",
      "POST faults",
      "DELETE faults",
      "DELETE faults/",
      "GET requests",
      "DELETE requests",
      "GET jobs",
      "POST jobs/hold",
      "DELETE jobs/hold",
      "GET settings",
      "PATCH settings",
    ]);
  });

  it("are the marker by which a pipeline finds the review's comment", () => {
    expect(toMarkdown(reviewOf(parsePreview('{"steps":[]}')))).to.match(
      /^<!-- pulumi-dataexchange review -->\n/,
    );
  });
});

describe("what states and records hold of a job", () => {
  const outputs = readOutputs({ ...sample, state: "COMPLETED", __schema: 1 });

  it("is one member `results` of a set, which has the outputs of each job without those that all jobs share", () => {
    const jobs = new Map([["a", { id: "j1", outputs: { ...outputs, adopt: "none" as const } }]]);
    expect(
      JSON.parse(JSON.stringify(writeJobSet({ adopt: "none", region: "us-east-1" }, jobs))),
    ).to.deep.equal({
      adopt: "none",
      region: "us-east-1",
      results: { a: { id: "j1", ...sample, region: null, state: "COMPLETED", errors: [], assets: [] } },
      __schema: 1,
    });
  });

  it("is the hash of its triggers in a set", () => {
    const { a } = Object.fromEntries(inputsOfJobs({ jobs: { a: sample }, triggers: [1] }));
    expect(a!.triggers).to.equal("5M2/EAwkwkFNCxJHhFK/nyiQBl1bMTzgefcDq/ODerI=");
  });

  it("is the hash of its request, whatever the order of a set's members", () => {
    expect(contentHash(requestText(sample))).to.equal(
      "ec279377c834ba8c3ba354d6806ef83ad48f6a84f96391a6d66ed260c4e5dc6a",
    );
  });

  it("is the key of its record", () => {
    expect(resourceKeyOf({ scope: ["us-east-1", "https://x"] as never }, "urn:x")).to.equal(
      "b56ad88dbce4f9564ecea64ed6300eaa77bac84a30e48b3001cc269d4fbdc6e3",
    );
  });
});

describe("names and digests of components", () => {
  it("are the names of chunks, which stay when other items are added", () => {
    const items = Array.from({ length: 250 }, (_, index) => `key-${index}`);
    expect(
      partitionStably(items, (item) => item, 100).map(({ name, items }) => [name, items.length]),
    ).to.deep.equal([
      ["", 65],
      ["007c0725", 98],
      ["033ef9df", 87],
    ]);
  });

  it("are children's names for any text", () => {
    expect(["plain.csv", "a b/c", ""].map(slug)).to.deep.equal([
      "plain.csv",
      "a-b-c-539138d518",
      "e3b0c44298",
    ]);
  });

  it("are the digests that go into triggers", () => {
    expect(contentHash({ b: [1, { d: 2, c: "x" }], a: undefined })).to.equal(
      "f70261dd59cf1d9ccd524799c4ade06313d103dff416d9926f25407b0a5d8d8d",
    );
  });
});
