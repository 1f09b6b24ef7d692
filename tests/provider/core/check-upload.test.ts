import { expect } from "chai";

import { UNKNOWN } from "../../../service-model/validate";
import { body, md5Of } from "../support/host";
import { apiImport, s3Import, upload } from "../support/samples";
import { problemsOf } from "../support/refusals";

const withMd5 = (md5Hash: unknown, more: object = {}) => {
  const inputs = upload("prices");
  inputs.details.importAssetFromSignedUrl!.md5Hash = md5Hash;
  return { ...inputs, ...more };
};

describe("check: uploads", () => {
  it("asks for the upload that a type needs, and says what it is", async () => {
    expect(await problemsOf({ ...upload(), upload: undefined })).to.deep.equal([
      [
        "upload",
        "is required in a job of type IMPORT_ASSET_FROM_SIGNED_URL: the file to import, at most 5 GB",
      ],
    ]);
    expect(await problemsOf({ ...apiImport(), upload: null })).to.deep.equal([
      [
        "upload",
        "is required in a job of type IMPORT_ASSET_FROM_API_GATEWAY_API: the OpenAPI 3.0 document of the API, as JSON",
      ],
    ]);
  });

  it("refuses an upload that the type has no use for", async () => {
    expect(await problemsOf({ ...s3Import(), upload: body("x") })).to.deep.equal([
      ["upload", "does not go with a job of type IMPORT_ASSETS_FROM_S3, which uploads nothing"],
    ]);
  });

  it("says what was given in place of an asset", async () => {
    expect(await problemsOf({ ...upload(), upload: { path: "/prices.csv" } })).to.deep.equal([
      ["upload", "must be one asset (a file, a text or a remote file), not an archive or another object"],
    ]);
  });

  for (const [what, given] of [
    ["a text", "prices.csv"],
    ["a list", [body("x")]],
    ["an archive", { assets: {} }],
  ] as const) {
    it(`refuses ${what} in place of an asset`, async () => {
      const [[path, message] = []] = await problemsOf({ ...upload(), upload: given });
      expect(path).to.equal("upload");
      expect(message).to.match(/^must be one asset \(a file, a text or a remote file\), not /);
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
    const [[path, message] = []] = await problemsOf(withMd5(md5Of("other")));
    expect(path).to.equal("details.importAssetFromSignedUrl.md5Hash");
    expect(message).to.equal(`is not the MD5 of what is uploaded; leave it out and it is computed`);
  });

  it("refuses the MD5 of another OpenAPI document", async () => {
    const problems = await problemsOf(apiImport({ apiSpecificationMd5Hash: md5Of("[]") }));
    expect(problems.map(([path]) => path)).to.deep.equal([
      "details.importAssetFromApiGatewayApi.apiSpecificationMd5Hash",
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
    expect(await problemsOf({ ...upload(), upload: { hash: "h", path: "/big" } }, files)).to.deep.equal([
      ["upload", "is 5368709121 bytes long; the service takes at most 5368709120"],
    ]);
  });

  it("says that a file cannot be read, and why", async () => {
    const [[path, message] = []] = await problemsOf({ ...upload(), upload: { hash: "h", path: "/gone" } });
    expect([path, message]).to.deep.equal(["upload", "cannot be read: ENOENT: no file /gone"]);
  });
});
