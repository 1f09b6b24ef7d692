import { expect } from "chai";

import { body } from "../support/host";
import { problemsOf } from "../support/refusals";
import { exportRevisions, withDetails } from "../support/job-details";
import { refusedArguments } from "../support/refused-arguments";
import { refusedDetails } from "../support/refused-details";
import { refusedNames } from "../support/refused-names";
import { apiImport, assetId, s3Export, s3Import } from "../support/samples";

describe("check: what is refused", () => {
  for (const [what, inputs, path, says] of [...refusedArguments, ...refusedDetails, ...refusedNames]) {
    it(`refuses ${what} at ${path}`, async () => {
      const found = (await problemsOf(inputs)).filter(([at]) => at === path);
      expect(found, JSON.stringify(await problemsOf(inputs))).to.have.length(1);
      expect(found[0]![1]).to.match(says);
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

  it("says nothing twice", async () => {
    const twice = [
      { assetId, bucket: "source", key: "k" },
      { assetId, bucket: "source", key: "k" },
    ];
    expect(await problemsOf(withDetails(s3Export(), { assetDestinations: twice }))).to.have.length(1);
  });

  it("never quotes a secret back", async () => {
    const [[path, message] = []] = await problemsOf(apiImport({ apiKey: 12345678 }));
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
      const [[, message = ""] = []] = await problemsOf(inputs);
      expect(message.length).to.be.within(1, 1_000);
    }
  });
});
