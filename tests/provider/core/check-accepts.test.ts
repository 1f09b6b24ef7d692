import { expect } from "chai";
import fc from "fast-check";

import { jobTypes } from "../../../service-model/job-types";
import { detailsOf } from "../support/arbitraries";
import { body, md5Of } from "../support/host";
import { problemsOf } from "../support/refusals";
import { share, sources, withDetails } from "../support/job-details";
import { s3Import, urlExport } from "../support/samples";

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
