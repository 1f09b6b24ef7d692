import { expect } from "chai";

import { body } from "../support/host";
import { problemsOf } from "../support/refusals";
import { exportRevisions, withDetails } from "../support/job-details";
import { refusedArguments } from "../support/refused-arguments";
import { refusedDetails } from "../support/refused-details";
import { refusedNames } from "../support/refused-names";
import { apiImport, assetId, s3Export, s3Import } from "../support/samples";

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
