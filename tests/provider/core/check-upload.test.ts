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
