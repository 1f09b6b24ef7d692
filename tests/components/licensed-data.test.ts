import { asset, output } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";

import { contentOf as apiContent } from "../../components/api-asset";
import { accountOfArn, rolePolicy, mergeTags } from "../../components/support/lake-formation-policies";
import { contentOf as lakeContent } from "../../components/lake-formation-import";
import { readDocument, uploadOf, wrongDocument } from "../../components/support/open-api";
import { contentOf as shareContent, wrongDataShares } from "../../components/redshift-import";
import {
  accessPointAccounts,
  contentOf as accessContent,
  s3DataAccessStatements,
  validateSource,
} from "../../components/s3-data-access";
import type { Resolved } from "../../components/support/resolve-input";

const valueOf = async (content: Promise<Resolved<string>>): Promise<string> => {
  const found = await content;
  return found.known ? found.value : "unknown";
};

describe("an OpenAPI document", () => {
  const right = { openapi: "3.0.1", info: { title: "quotes", version: "1" }, paths: {} };

  it("is one in version 3.0, as JSON", () => {
    expect(wrongDocument(JSON.stringify(right))).to.equal(undefined);
    const wrong: [unknown, RegExp][] = [
      ["openapi: 3.0.1", /is not JSON/],
      [[right], /no OpenAPI document/],
      [{ ...right, openapi: "3.1.0" }, /is OpenAPI 3\.1\.0/],
      [{ swagger: "2.0", info: {}, paths: {} }, /is Swagger "2\.0"/],
      [{ info: {}, paths: {} }, /which version/],
      [{ openapi: "3.0.0", info: {} }, /lacks info or paths/],
    ];
    for (const [document, sentence] of wrong) {
      const text = typeof document === "string" ? document : JSON.stringify(document);
      expect(wrongDocument(text)).to.match(sentence);
    }
  });

  it("never makes the check fail", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof wrongDocument(text) !== "number"),
    );
  });

  it("is read and uploaded alike, however it is given", async () => {
    const text = JSON.stringify(right);
    for (const document of [right, text, new asset.StringAsset(text)]) {
      expect(await readDocument(document)).to.equal(text);
      expect(await (uploadOf(document) as asset.StringAsset).text).to.equal(text);
    }
    expect(await readDocument(new asset.FileAsset("package.json"))).to.contain("pulumi-dataexchange");
    expect(await readDocument(new asset.RemoteAsset("https://example.com/a.json"))).to.equal(undefined);
  });

  it("counts in the digest, as everything that subscribers see", async () => {
    const given = { restApiId: "a", stageName: "v1", apiName: "quotes", specification: right };
    const digest = await valueOf(apiContent(given));
    expect(await valueOf(apiContent({ ...given, specification: JSON.stringify(right) }))).to.equal(digest);
    const others = [
      { apiName: "x" },
      { apiDescription: "x" },
      { stageName: "v2" },
      { apiKey: "k" },
      { specification: { ...right, paths: { "/a": {} } } },
    ];
    const digests = await Promise.all(others.map((other) => valueOf(apiContent({ ...given, ...other }))));
    expect(new Set([digest, ...digests]).size).to.equal(6);
  });
});

describe("datashares", () => {
  it("are refused when there are none, or one twice", () => {
    expect(wrongDataShares([])).to.contain("is empty");
    expect(wrongDataShares(["a", "b", "a"])).to.contain('names "a" twice');
    expect(wrongDataShares(["a", "b"])).to.equal(undefined);
  });

  it("have a digest that no order changes", async () => {
    const digest = (dataShareArns: string[]) =>
      valueOf(shareContent({ dataShareArns: output(dataShareArns) }));
    expect(await digest(["a", "b"])).to.equal(await digest(["b", "a"]));
    expect(await digest(["a", "b"])).not.to.equal(await digest(["a"]));
  });
});

describe("the policy of a bucket that is shared", () => {
  const byAccessPoints = { "s3:DataAccessPointAccount": [...accessPointAccounts] };

  it("covers the bucket when nothing narrower is named", () => {
    const [get, list, ...others] = s3DataAccessStatements({ bucket: "b" });
    expect(get).to.deep.include({ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] });
    expect(list).to.deep.include({ Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::b"] });
    expect(list!.Condition).to.deep.equal({ StringEquals: byAccessPoints });
    expect(others).to.deep.equal([]);
    expect(s3DataAccessStatements({ bucket: "b", keyPrefixes: [], keys: [] })).to.deep.equal([get, list]);
  });

  it("covers prefixes and keys and no more, and lets nobody list for a key", () => {
    const [get, list] = s3DataAccessStatements({ bucket: "b", keyPrefixes: ["in/"], keys: ["a*.csv"] });
    expect(get!.Resource).to.deep.equal(["arn:aws:s3:::b/in/*", "arn:aws:s3:::b/a${*}.csv"]);
    expect(list!.Condition).to.deep.equal({
      StringEquals: byAccessPoints,
      StringLike: { "s3:prefix": ["in/*"] },
    });
    expect(s3DataAccessStatements({ bucket: "b", keys: ["a"] })).to.have.length(1);
  });

  it("gives nothing to whoever does not come through an access point of Data Exchange", () => {
    const parts = fc.array(fc.string({ minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, parts, (keyPrefixes, keys) => {
        for (const statement of s3DataAccessStatements({ bucket: "b", keyPrefixes, keys })) {
          expect(statement.Condition.StringEquals).to.deep.equal(byAccessPoints);
          for (const resource of statement.Resource) expect(resource).to.match(/^arn:aws:s3:::b(\/|$)/);
        }
      }),
    );
  });

  it("is asked for five parts at most", () => {
    expect(validateSource({ keyPrefixes: ["a", "b", "c"], keys: ["d", "e"] })).to.equal(undefined);
    expect(validateSource({ keyPrefixes: ["a", "b", "c"], keys: ["d", "e", "f"] })).to.contain(
      "hold 6 together",
    );
    expect(validateSource({ keys: [""] })).to.contain("must not hold");
  });

  it("goes with a digest of what is shared", async () => {
    const digest = (keys: string[]) => valueOf(accessContent({ bucket: "b", keys }));
    expect(await digest(["a", "b"])).to.equal(await digest(["b", "a"]));
    expect(await digest(["a"])).not.to.equal(await digest(["b"]));
  });
});

describe("a Lake Formation policy", () => {
  it("names each tag once, with all its values", () => {
    const database = [{ tagKey: "team", tagValues: ["b", "a"] }];
    const table = [
      { tagKey: "share", tagValues: ["yes"] },
      { tagKey: "team", tagValues: ["c", "a"] },
    ];
    expect(mergeTags(database, table)).to.deep.equal([
      { tagKey: "share", tagValues: ["yes"] },
      { tagKey: "team", tagValues: ["a", "b", "c"] },
    ]);
  });

  it("finds its catalog in the role, and gives the role no data by itself", () => {
    expect(accountOfArn("arn:aws:iam::123456789012:role/a/b")).to.equal("123456789012");
    const actions = rolePolicy.Statement.flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => action.startsWith("s3:") || action.includes("GetDataAccess")),
    ).to.deep.equal([]);
  });

  it("has a digest that no order changes", async () => {
    const digest = (tagValues: string[]) => valueOf(lakeContent({ table: [{ tagKey: "k", tagValues }] }));
    expect(await digest(["a", "b"])).to.equal(await digest(["b", "a"]));
    expect(await digest(["a", "b"])).not.to.equal(await digest(["a"]));
  });
});
