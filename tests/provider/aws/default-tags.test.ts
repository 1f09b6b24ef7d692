import { expect } from "chai";

import { withDefaultTags } from "../../../provider/aws/data-exchange";

const tag = (key: string, value: string) => ({ key, value });

describe("default tags", () => {
  const request = { type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: {} } };

  it("go onto what a job makes, beneath its own tags", () => {
    const own = { ...request, assetConfiguration: { tags: [tag("team", "prices")] } };
    const defaults = { team: "data", stage: "prod" };
    expect(withDefaultTags(request, defaults).assetConfiguration).to.deep.equal({
      tags: [tag("team", "data"), tag("stage", "prod")],
    });
    expect(withDefaultTags(own, defaults).assetConfiguration).to.deep.equal({
      tags: [tag("team", "prices"), tag("stage", "prod")],
    });
  });

  it("change nothing where there are none, or where the job makes no asset", () => {
    const exporting = { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: {} } };
    expect(withDefaultTags(request)).to.equal(request);
    expect(withDefaultTags(request, {})).to.equal(request);
    expect(withDefaultTags(exporting, { team: "data" })).to.equal(exporting);
  });
});
