import { expect } from "chai";

import { assetConfiguration } from "../../service-model/shared-shapes";
import { jobError, jobStates } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { jobTypes } from "../../service-model/job-types";
import { errorStatuses } from "../../service-model/errors";
import type { Shape } from "../../service-model/shape";
import { apiName, apiShapes, differences, memberDifferences } from "../provider/support/api-model";

const filled = "min: 1, not undefined";
const md5 = [
  "pattern: (?:[A-Za-z0-9+/]{4}){5}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==), not (?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
  "min: undefined, not 24",
  "max: undefined, not 24",
];

/** Where the table is tighter than the model, by details key, and why. */
const justified: Record<string, string[]> = {
  // An empty name is no bucket and no key; a job without a source does nothing; 100 is the service's quota.
  importAssetsFromS3: [
    `assetSources ${filled}`,
    "assetSources max: 100, not undefined",
    `assetSources[].bucket ${filled}`,
    `assetSources[].key ${filled}`,
  ],
  // The same texts: the pattern here holds the length, which the model has beside it.
  importAssetFromSignedUrl: [`assetName ${filled}`, ...md5.map((fact) => `md5Hash ${fact}`)],
  importAssetFromApiGatewayApi: md5.map((fact) => `apiSpecificationMd5Hash ${fact}`),
  importAssetsFromRedshiftDataShares: [
    `assetSources ${filled}`,
    "assetSources max: 10, not undefined",
    `assetSources[].dataShareArn ${filled}`,
  ],
  // The model's pattern is a mistake that no account id matches; 12 digits are meant.
  importAssetsFromLakeFormationTagPolicy: [
    "catalogId pattern: [0-9]{12}, not .*/^[[0-9]]{12}$/.*",
    "catalogId min: undefined, not 12",
    "catalogId max: undefined, not 12",
  ],
  createS3DataAccessFromS3Bucket: ["bucket", "keyPrefixes[]", "keys[]"].map(
    (name) => `assetSource.${name} ${filled}`,
  ),
  exportAssetsToS3: [
    `assetDestinations ${filled}`,
    "assetDestinations max: 100, not undefined",
    `assetDestinations[].bucket ${filled}`,
    `assetDestinations[].key ${filled}`,
  ],
  exportRevisionsToS3: [
    `revisionDestinations ${filled}`,
    "revisionDestinations max: 1, not undefined",
    `revisionDestinations[].bucket ${filled}`,
    `revisionDestinations[].keyPattern ${filled}`,
  ],
};

/** `Details.AssetSources[].Key min: …` as the table writes paths. */
const asInTable = (difference: string): string => {
  const [path = "", ...rest] = difference.split(" ");
  const steps = path
    .split(".")
    .slice(1)
    .map((step) => step.charAt(0).toLowerCase() + step.slice(1));
  return [steps.join("."), ...rest].join(" ");
};

const valuesOf = (name: string): string[] => [...(apiShapes![name]!.enum ?? [])].sort();

if (apiShapes) {
  const shapes = apiShapes;
  const detailsIn = (side: "RequestDetails" | "ResponseDetails", { detailsKey }: JobType) =>
    shapes[side]!.members![apiName(detailsKey)]!.shape;

  describe("the job type table, held against the service's API model", () => {
    it("has every type and every details key", () => {
      expect(jobTypes.map(({ type }) => type).sort()).to.deep.equal(valuesOf("Type"));
      for (const side of ["RequestDetails", "ResponseDetails"]) {
        expect(jobTypes.map(({ detailsKey }) => apiName(detailsKey)).sort()).to.deep.equal(
          Object.keys(shapes[side]!.members!).sort(),
        );
      }
    });

    for (const jobType of jobTypes) {
      const { type, detailsKey, details, response } = jobType;
      it(`takes what ${type} takes, but for what is known to be tighter`, () => {
        const found = differences(details, detailsIn("RequestDetails", jobType), "Details").map(asInTable);
        expect(found.sort()).to.deep.equal([...(justified[detailsKey] ?? [])].sort());
      });

      it(`expects of ${type} what it answers beyond the request`, () => {
        const answered = shapes[detailsIn("ResponseDetails", jobType)]!;
        const beyond = Object.keys(answered.members!).filter(
          (name) => !Object.keys(details.members).map(apiName).includes(name),
        );
        const members = Object.fromEntries(beyond.map((name) => [name, answered.members![name]!]));
        expect(memberDifferences(response, { ...answered, members }, "Details")).to.deep.equal([]);
      });
    }

    it("names structures as the model does", () => {
      const named = (shape: Shape): string[] => {
        if (shape.kind === "list" || shape.kind === "map") return named(shape.of);
        return shape.kind === "struct"
          ? [shape.name, ...Object.values(shape.members).flatMap((member) => named(member.shape))]
          : [];
      };
      for (const { details } of jobTypes) {
        const [own, ...inner] = named(details);
        expect(shapes).to.include.keys(`${own}RequestDetails`, ...inner);
      }
    });

    it("knows every state, and every part and code of a job's error", () => {
      expect([...jobStates].sort()).to.deep.equal(valuesOf("State"));
      expect(differences(jobError, "JobError", "JobError")).to.deep.equal([]);
    });

    it("knows every error of a call, with its status", () => {
      const errors = Object.entries(shapes).filter(([, { exception }]) => exception);
      expect(
        Object.fromEntries(errors.map(([name, { error }]) => [name, error!.httpStatusCode])),
      ).to.deep.equal(errorStatuses);
    });

    it("configures assets as the service does", () =>
      // What no service of AWS takes as a tag: AWS General Reference.
      expect(differences(assetConfiguration, "AssetConfiguration", "AssetConfiguration")).to.deep.equal([
        "AssetConfiguration.Tags[].Key min: 1, not undefined",
        "AssetConfiguration.Tags[].Key max: 128, not undefined",
        "AssetConfiguration.Tags[].Value max: 256, not undefined",
      ]));

    it("calls each limit by the service's name", () => {
      const limits = (shape: Shape): string[] => {
        if (shape.kind === "struct")
          return Object.values(shape.members).flatMap((member) => limits(member.shape));
        return shape.kind === "list" ? [shape.limit ?? [], limits(shape.of)].flat() : [];
      };
      const names = jobTypes.flatMap(({ details, concurrency }) => [
        concurrency.limitName,
        ...limits(details),
      ]);
      expect(valuesOf("LimitName")).to.include.members(names);
    });
  });
} else {
  describe("the job type table (the service's API model is not at hand, so it is held against itself alone)", () => {
    it("calls each details key by its type", () => {
      const letters = (name: string) => name.replaceAll("_", "").toLowerCase();
      for (const { type, detailsKey } of jobTypes) expect(letters(detailsKey)).to.equal(letters(type));
    });
  });
}

describe("the job type table in itself", () => {
  it("names every type, details key and quota once", () => {
    for (const name of ["type", "detailsKey"] as const) {
      expect(new Set(jobTypes.map((entry) => entry[name])).size).to.equal(jobTypes.length);
    }
    expect(new Set(jobTypes.map(({ concurrency }) => concurrency.limitName)).size).to.equal(jobTypes.length);
  });

  for (const { type, details, response, upload, createsAssets } of jobTypes) {
    if (upload) {
      it(`says of ${type} where the body goes, until when, and whose MD5 is computed`, () => {
        expect(response).to.include.keys(upload.url, upload.expiresAt);
        expect(response[upload.url]!.secret).to.equal(true);
        expect(details.members[upload.md5]).to.include({ required: true, fromUpload: "md5" });
      });
    }
    if (createsAssets) {
      it(`finds in the details of ${type} what its assets are told by`, () => {
        const end = createsAssets.requestKey.reduce<Shape>((shape, step) => {
          const within = shape.kind === "list" ? shape.of : shape;
          return within.kind === "struct" ? within.members[step]!.shape : expect.fail(`nothing at ${step}`);
        }, details);
        expect(end.kind).to.equal("string");
      });
    }
  }
});
