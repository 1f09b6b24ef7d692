import fc from "fast-check";
import { expect } from "chai";

import { jobTypes } from "../../../service-model/job-types";
import { UNKNOWN } from "../../../service-model/validate";
import { detailsOf } from "../../harness/arbitraries";
import { body, md5Of } from "../../simulation/host";
import { problemsOf, refusals, share, sources, withDetails, withKeyPattern } from "./refusals";
import { apiImport, assetId, s3Export, s3Import, upload, urlExport } from "../../simulation/samples";

const pathsOf = async (inputs: object) => (await problemsOf(inputs)).map(([path]) => path);

describe("checkInputs: valid inputs", () => {
  for (const jobType of jobTypes) {
    it(`accepts every valid job of type ${jobType.type}`, async () => {
      await fc.assert(
        fc.asyncProperty(detailsOf(jobType), fc.string(), fc.boolean(), async (details, text, spellOut) => {
          const own = details[jobType.detailsKey]!;
          if (jobType.upload) {
            delete own[jobType.upload.md5];
            if (spellOut) own[jobType.upload.md5] = md5Of(text);
          }
          const inputs = { type: jobType.type, details, ...(jobType.upload && { upload: body(text) }) };
          expect(await problemsOf(inputs)).to.deep.equal([]);
        }),
      );
    });
  }

  const allArguments = s3Import(["a"], {
    region: "us-gov-west-1",
    profile: "p",
    assumeRole: {
      roleArn: "arn:aws-cn:iam::123456789012:role/a/b",
      ...{ sessionName: "me", externalId: "id", duration: "1h" },
    },
    endpoint: "http://127.0.0.1:4566",
    triggers: [1, { a: [null] }],
    timeouts: { request: "90s", queue: "1d", upload: "1h30m", run: "0.5h" },
    adopt: "own",
    onDelete: "deleteAssets",
    assetConfiguration: { tags: [{ key: "k", value: "" }] },
  });
  const arn = "arn:aws:kms:us-east-1:123456789012:key/";
  const longArn = arn + "\u{1f980}".repeat(2048 - arn.length);
  const absent = { adopt: null, timeouts: undefined, upload: null, triggers: null };
  const accepted: [what: string, inputs: object][] = [
    ["all arguments together", allArguments],
    ["two sources with the same object", s3Import(["a", "a"])],
    ["100 sources", withDetails(s3Import(), { assetSources: sources(100) })],
    ["five keys and prefixes together", share({ keyPrefixes: ["1", "2"], keys: ["3", "4", "5"] })],
    ["members that Pulumi adds", { ...urlExport(), __provider: "code", __urn: "urn" }],
    ["2,048 characters with more UTF-16 units", share({ kmsKeysToGrant: [{ kmsKeyArn: longArn }] })],
    ["arguments that are undefined or null", { ...urlExport(), ...absent }],
  ];
  for (const [what, inputs] of accepted) {
    it(`accepts ${what}`, async () => expect(await problemsOf(inputs)).to.deep.equal([]));
  }
});

describe("checkInputs: invalid inputs", () => {
  for (const [what, inputs, path, code] of refusals) {
    it(`refuses ${what} at ${path}`, async () => {
      const problems = await problemsOf(inputs);
      const codes = problems.filter(([at]) => at === path).map(([, found]) => found);
      expect(codes, JSON.stringify(problems)).to.deep.equal([code]);
    });
  }

  it("reports all problems at once", async () => {
    const details = withDetails(s3Import(), { dataSetId: "x", assetSources: [{ key: "" }] });
    expect(await pathsOf({ ...details, adopt: "yes", upload: body("") })).to.deep.equal([
      "details.importAssetsFromS3.dataSetId",
      "details.importAssetsFromS3.assetSources[0].bucket",
      "details.importAssetsFromS3.assetSources[0].key",
      ...["adopt", "upload"],
    ]);
  });

  it("names the expected id in place of an ARN or another id", async () => {
    const given = { dataSetId: `${assetId}:${assetId}`, revisionId: "arn:aws:dataexchange:x" };
    const messages = (await problemsOf(withDetails(s3Import(), given))).map(([, , message]) => message);
    expect(messages).to.deep.equal([
      "looks like the id of an aws.dataexchange.Revision; use its dataSetId, 30 to 40 letters and digits",
      "looks like an ARN; use the id, 30 to 40 letters and digits, which is the last part of the ARN",
    ]);
  });

  it("reports a duplicate destination once", async () => {
    const twice = Array(2).fill({ assetId, bucket: "source", key: "k" });
    expect(await problemsOf(withDetails(s3Export(), { assetDestinations: twice }))).to.have.length(1);
  });

  it("does not quote a secret", async () => {
    const [[path, , message] = []] = await problemsOf(apiImport({ apiKey: 12345678 }));
    expect(path).to.equal("details.importAssetFromApiGatewayApi.apiKey");
    expect(message)
      .to.match(/secret/)
      .and.not.contain("12345678");
  });

  it("writes short messages for long values", async () => {
    const long = "x".repeat(1e5);
    for (const inputs of [withKeyPattern(`\${${long}`), withDetails(s3Import(), { dataSetId: long })]) {
      const [[, , message = ""] = []] = await problemsOf(inputs);
      expect(message.length).to.be.within(1, 1_000);
    }
  });
});

describe("checkInputs: uploads", () => {
  const md5Path = "details.importAssetFromSignedUrl.md5Hash";
  const withMd5 = (md5Hash: unknown, more: object = {}) => ({
    ...withDetails(upload("prices"), { md5Hash }),
    ...more,
  });
  const uploadOf = (given: unknown) => ({ ...upload(), upload: given });
  const otherApi = apiImport({ apiSpecificationMd5Hash: md5Of("[]") });
  const gigabytes = 5 * 1024 ** 3;

  const cases: [what: string, inputs: object, problem?: string][] = [
    ["accepts an upload without an MD5", upload()],
    ["accepts an OpenAPI document without an MD5", apiImport()],
    ["accepts the MD5 of the body", withMd5(md5Of("prices"))],
    ["accepts any body while its MD5 is unknown", withMd5(UNKNOWN)],
    ["accepts any MD5 while the body is unknown", withMd5(md5Of("other"), { upload: UNKNOWN })],
    ["accepts a body of 5 GB", uploadOf({ hash: "h", path: "/fits" })],
    ["refuses a body of 5 GB and a byte", uploadOf({ hash: "h", path: "/big" }), "upload too-many-bytes"],
    ["refuses an unreadable file", uploadOf({ hash: "h", path: "/gone" }), "upload unreadable-upload"],
    ["requires the upload of a signed URL import", uploadOf(undefined), "upload missing-member"],
    ["requires the upload of an API import", { ...apiImport(), upload: null }, "upload missing-member"],
    ["refuses an upload for an S3 import", { ...s3Import(), upload: body("x") }, "upload unused-upload"],
    ["refuses an object for an asset", uploadOf({ path: "/prices.csv" }), "upload not-an-asset"],
    ["refuses a text for an asset", uploadOf("prices.csv"), "upload not-an-asset"],
    ["refuses a list for an asset", uploadOf([body("x")]), "upload not-an-asset"],
    ["refuses an archive for an asset", uploadOf({ assets: {} }), "upload not-an-asset"],
    ["refuses the MD5 of another body", withMd5(md5Of("other")), `${md5Path} wrong-md5`],
    ["reports a text that is not an MD5 once", withMd5("nonsense"), `${md5Path} wrong-format`],
    [
      "refuses the MD5 of another OpenAPI document",
      otherApi,
      "details.importAssetFromApiGatewayApi.apiSpecificationMd5Hash wrong-md5",
    ],
  ];
  for (const [title, inputs, problem] of cases) {
    it(title, async () => {
      const problems = await problemsOf(inputs, { "/fits": gigabytes, "/big": gigabytes + 1 });
      expect(problems.map(([path, code]) => `${path} ${code}`)).to.deep.equal(problem ? [problem] : []);
    });
  }

  it("describes a missing upload, and names the reason for an unreadable file", async () => {
    for (const [given, words] of [
      [undefined, "the file to import, at most 5 GB"],
      [{ hash: "h", path: "/gone" }, "cannot be read: ENOENT: no file /gone"],
    ] as const) {
      expect((await problemsOf(uploadOf(given)))[0]![2]).to.contain(words);
    }
  });
});
