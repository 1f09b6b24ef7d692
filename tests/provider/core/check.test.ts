import fc from "fast-check";
import { expect } from "chai";

import { jobTypes } from "../../../service-model/job-types";
import { UNKNOWN } from "../../../service-model/validate";
import { detailsOf } from "../support/arbitraries";
import { body, md5Of } from "../support/host";
import { exportRevisions, share, sources, withDetails } from "../support/job-details";
import { problemsOf, refusedArguments, refusedNames } from "../support/refusals";
import { refusedDetails } from "../support/refused-details";
import { apiImport, assetId, s3Export, s3Import, upload, urlExport } from "../support/samples";

describe("check: what is accepted", () => {
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

  it("accepts every argument at once", async () => {
    const inputs = s3Import(["a"], {
      region: "us-gov-west-1",
      profile: "p",
      assumeRole: {
        roleArn: "arn:aws-cn:iam::123456789012:role/a/b",
        sessionName: "me",
        externalId: "id",
        duration: "1h",
      },
      endpoint: "http://127.0.0.1:4566",
      triggers: [1, { a: [null] }],
      timeouts: { request: "90s", queue: "1d", upload: "1h30m", run: "0.5h" },
      adopt: "own",
      onDelete: "deleteAssets",
      assetConfiguration: { tags: [{ key: "k", value: "" }] },
    });
    expect(await problemsOf(inputs)).to.deep.equal([]);
  });

  it("accepts an object named twice as a source, which makes two assets", async () => {
    expect(await problemsOf(s3Import(["a", "a"]))).to.deep.equal([]);
  });

  it("accepts 100 sources, five keys and prefixes together, and what Pulumi adds of its own", async () => {
    expect(await problemsOf(withDetails(s3Import(), { assetSources: sources(100) }))).to.deep.equal([]);
    expect(await problemsOf(share({ keyPrefixes: ["1", "2"], keys: ["3", "4", "5"] }))).to.deep.equal([]);
    expect(await problemsOf({ ...urlExport(), __provider: "code", __urn: "urn" })).to.deep.equal([]);
  });

  it("counts characters as the service does, not as UTF-16 does", async () => {
    const arn = "arn:aws:kms:us-east-1:123456789012:key/";
    const kmsKeysToGrant = [{ kmsKeyArn: arn + "\u{1f980}".repeat(2048 - arn.length) }];
    expect(await problemsOf(share({ kmsKeysToGrant }))).to.deep.equal([]);
  });

  it("takes absent arguments, undefined or null, for not given", async () => {
    expect(
      await problemsOf({ ...urlExport(), adopt: null, timeouts: undefined, upload: null, triggers: null }),
    ).to.deep.equal([]);
  });
});

describe("check: what is refused", () => {
  for (const [what, inputs, path, code] of [...refusedArguments, ...refusedDetails, ...refusedNames]) {
    it(`refuses ${what} at ${path}`, async () => {
      const problems = await problemsOf(inputs);
      const codes = problems.filter(([at]) => at === path).map(([, found]) => found);
      expect(codes, JSON.stringify(problems)).to.deep.equal([code]);
    });
  }

  it("names all failures at once", async () => {
    const inputs = {
      ...withDetails(s3Import(), { dataSetId: "x", assetSources: [{ key: "" }] }),
      adopt: "yes",
      upload: body(""),
    };
    expect((await problemsOf(inputs)).map(([path]) => path)).to.deep.equal([
      "details.importAssetsFromS3.dataSetId",
      "details.importAssetsFromS3.assetSources[0].bucket",
      "details.importAssetsFromS3.assetSources[0].key",
      "adopt",
      "upload",
    ]);
  });

  it("says what to give in place of an id that looks like another value", async () => {
    const given = { dataSetId: `${assetId}:${assetId}`, revisionId: "arn:aws:dataexchange:x" };
    const messages = (await problemsOf(withDetails(s3Import(), given))).map(([, , message]) => message);
    expect(messages).to.deep.equal([
      "looks like the id of an aws.dataexchange.Revision; give its dataSetId, 30 to 40 letters and digits",
      "looks like an ARN; give the id, 30 to 40 letters and digits, which is the ARN's last part",
    ]);
  });

  it("says nothing twice", async () => {
    const twice = [
      { assetId, bucket: "source", key: "k" },
      { assetId, bucket: "source", key: "k" },
    ];
    expect(await problemsOf(withDetails(s3Export(), { assetDestinations: twice }))).to.have.length(1);
  });

  it("never quotes a secret back", async () => {
    const [[path, , message] = []] = await problemsOf(apiImport({ apiKey: 12345678 }));
    expect(path).to.equal("details.importAssetFromApiGatewayApi.apiKey");
    expect(message)
      .to.match(/secret/)
      .and.not.contain("12345678");
  });

  it("keeps a sentence short whatever was given", async () => {
    for (const inputs of [
      exportRevisions({ keyPattern: `\${${"x".repeat(1e5)}` }),
      withDetails(s3Import(), { dataSetId: "x".repeat(1e5) }),
    ]) {
      const [[, , message = ""] = []] = await problemsOf(inputs);
      expect(message.length).to.be.within(1, 1_000);
    }
  });
});

const withMd5 = (md5Hash: unknown, more: object = {}) => {
  const inputs = upload("prices");
  inputs.details.importAssetFromSignedUrl!.md5Hash = md5Hash;
  return { ...inputs, ...more };
};

const codesOf = async (inputs: object, files?: Record<string, number>) =>
  (await problemsOf(inputs, files)).map(([path, code]) => [path, code]);

describe("check: uploads", () => {
  it("requires the upload that a type needs, and says what it is", async () => {
    const [[path, code, message] = []] = await problemsOf({ ...upload(), upload: undefined });
    expect([path, code]).to.deep.equal(["upload", "missing-member"]);
    expect(message).to.contain("the file to import, at most 5 GB");
    expect(await codesOf({ ...apiImport(), upload: null })).to.deep.equal([["upload", "missing-member"]]);
  });

  it("refuses an upload for a type that uploads nothing", async () => {
    expect(await codesOf({ ...s3Import(), upload: body("x") })).to.deep.equal([["upload", "unused-upload"]]);
  });

  for (const [what, given] of [
    ["an object", { path: "/prices.csv" }],
    ["a text", "prices.csv"],
    ["a list", [body("x")]],
    ["an archive", { assets: {} }],
  ] as const) {
    it(`refuses ${what} in place of an asset`, async () => {
      expect(await codesOf({ ...upload(), upload: given })).to.deep.equal([["upload", "not-an-asset"]]);
    });
  }

  it("computes the MD5 of the body when none is given", async () => {
    expect(await problemsOf(upload())).to.deep.equal([]);
    expect(await problemsOf(apiImport())).to.deep.equal([]);
  });

  it("accepts the body's own MD5", async () => {
    expect(await problemsOf(withMd5(md5Of("prices")))).to.deep.equal([]);
  });

  it("refuses the MD5 of another body", async () => {
    expect(await codesOf(withMd5(md5Of("other")))).to.deep.equal([
      ["details.importAssetFromSignedUrl.md5Hash", "wrong-md5"],
    ]);
  });

  it("refuses the MD5 of another OpenAPI document", async () => {
    expect(await codesOf(apiImport({ apiSpecificationMd5Hash: md5Of("[]") }))).to.deep.equal([
      ["details.importAssetFromApiGatewayApi.apiSpecificationMd5Hash", "wrong-md5"],
    ]);
  });

  it("says of an MD5 that is none only that, not that it is another body's", async () => {
    expect(await problemsOf(withMd5("nonsense"))).to.have.length(1);
  });

  it("compares nothing while the MD5 or the body is unknown", async () => {
    expect(await problemsOf(withMd5(UNKNOWN))).to.deep.equal([]);
    expect(await problemsOf(withMd5(md5Of("other"), { upload: UNKNOWN }))).to.deep.equal([]);
  });

  it("accepts a body of exactly 5 GB and refuses one more byte", async () => {
    const files = { "/fits": 5 * 1024 ** 3, "/big": 5 * 1024 ** 3 + 1 };
    expect(await problemsOf({ ...upload(), upload: { hash: "h", path: "/fits" } }, files)).to.deep.equal([]);
    expect(await codesOf({ ...upload(), upload: { hash: "h", path: "/big" } }, files)).to.deep.equal([
      ["upload", "too-many-bytes"],
    ]);
  });

  it("says that a file cannot be read, and why", async () => {
    expect(await problemsOf({ ...upload(), upload: { hash: "h", path: "/gone" } })).to.deep.equal([
      ["upload", "unreadable-upload", "cannot be read: ENOENT: no file /gone"],
    ]);
  });
});
