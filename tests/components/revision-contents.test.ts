/** The content types of a revision: their hashes, and what each needs to be licensed. */
import { asset, output } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import { writeFile } from "node:fs/promises";

import { readDocument, toUpload, validateDocument } from "../../components/api-asset";
import { validateDataShares } from "../../components/redshift-import";
import type { ContentKind, InspectionContext } from "../../components/revision-contents";
import { contentTypes } from "../../components/revision-contents";
import { accessPointAccounts, s3DataAccessStatements, validateSource } from "../../components/s3-data-access";
import { accountOfArn, mergeTags, rolePolicy } from "../../components/support/lake-formation-policies";
import { InputError } from "../../lib/input-error";
import { useFolder } from "../harness/folder";

const ready = { isReady: true } as InspectionContext;
const hashOf = async (kind: ContentKind, args: object): Promise<string | undefined> => {
  const { hash } = await contentTypes[kind].inspect(args, ready);
  return hash.known ? hash.value : undefined;
};
const openApi = { openapi: "3.0.1", info: { title: "quotes", version: "1" }, paths: {} };
const api = { restApiId: "a", stageName: "v1", apiName: "quotes", specification: openApi };

describe("the hash of a revision's content", () => {
  const at = useFolder();

  it("is the same for the same content in another form or order", async () => {
    const tagged = (...tagValues: string[]) => ({ table: [{ tagKey: "k", tagValues }] });
    const pairs: [ContentKind, object, object][] = [
      ["api", api, { ...api, specification: JSON.stringify(openApi) }],
      ["redshift", { dataShareArns: output(["a", "b"]) }, { dataShareArns: ["b", "a"] }],
      ["s3DataAccess", { bucket: "b", keys: ["a", "b"] }, { bucket: "b", keys: ["b", "a"] }],
      ["lakeFormation", tagged("a", "b"), tagged("b", "a")],
    ];
    for (const [kind, one, other] of pairs)
      expect(await hashOf(kind, one), kind)
        .to.equal(await hashOf(kind, other))
        .and.to.match(/^[0-9a-f]{64}$/);
  });

  it("changes with everything that subscribers see", async () => {
    const otherDocument = { specification: { ...openApi, paths: { "/a": {} } } };
    const conditions = (value: string) => ({ table: [{ tagKey: "k", tagValues: [value] }] });
    const variants: [ContentKind, object, ...changes: object[]][] = [
      [
        "api",
        api,
        { apiName: "x" },
        { apiDescription: "x" },
        { stageName: "v2" },
        { apiKey: "k" },
        otherDocument,
      ],
      ["redshift", { dataShareArns: ["a", "b"] }, { dataShareArns: ["a"] }],
      ["s3DataAccess", { bucket: "b", keys: ["a"] }, { keys: ["b"] }, { keyPrefixes: ["c"] }],
      ["lakeFormation", conditions("a"), conditions("b"), { tablePermissions: ["SELECT"] }],
    ];
    for (const [kind, args, ...changes] of variants) {
      const hashes = [{}, ...changes].map((change) => hashOf(kind, { ...args, ...change }));
      expect(new Set(await Promise.all(hashes)).size, kind).to.equal(changes.length + 1);
    }
  });

  it("changes with names, bytes and tags of local files, and not with triggers", async () => {
    const write = (text: string) => writeFile(at("a.csv"), text);
    const hash = (more: object = {}) => hashOf("files", { path: at(), ...more });
    await write("1");
    const first = await hash();
    expect(await hash({ triggers: ["again"] })).to.equal(first);
    expect(await hash({ tags: { a: "b" } })).not.to.equal(first);
    expect(await hash({ assetName: (name: string) => `x/${name}` })).not.to.equal(first);
    await write("2");
    expect(await hash()).not.to.equal(first);
    await write("1");
    expect(await hash()).to.equal(first);
  });
});

describe("an OpenAPI document", () => {
  it("must be OpenAPI 3.0 in JSON", () => {
    expect(() => validateDocument(JSON.stringify(openApi))).not.to.throw();
    const rejected = [
      "openapi: 3.0.1",
      [openApi],
      { ...openApi, openapi: "3.1.0" },
      { swagger: "2.0", info: {}, paths: {} },
      { info: {}, paths: {} },
      { openapi: "3.0.0", info: {} },
    ];
    for (const document of rejected) {
      const text = typeof document === "string" ? document : JSON.stringify(document);
      expect(() => validateDocument(text), text)
        .to.throw()
        .with.property("code", "not-openapi-3-0");
    }
  });

  it("is accepted or rejected with an InputError, whatever the text", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          validateDocument(text);
        } catch (error) {
          expect(error).to.be.an.instanceOf(InputError);
        }
      }),
    ));

  it("is read and uploaded as the same text in each form", async () => {
    const text = JSON.stringify(openApi);
    for (const document of [openApi, text, new asset.StringAsset(text)]) {
      expect(await readDocument(document)).to.equal(text);
      expect(await (toUpload(document) as asset.StringAsset).text).to.equal(text);
    }
    expect(await readDocument(new asset.FileAsset("package.json"))).to.contain("pulumi-dataexchange");
    expect(await readDocument(new asset.RemoteAsset("https://example.com/a.json"))).to.equal(undefined);
  });
});

describe("validateDataShares", () => {
  it("rejects a list without a datashare, or with one twice", () => {
    const validate =
      (...arns: string[]) =>
      () =>
        validateDataShares(arns);
    expect(validate()).to.throw().with.property("code", "no-datashares");
    expect(validate("a", "b", "a"))
      .to.throw()
      .with.property("code", "duplicate-datashare");
    expect(validate("a", "b")).not.to.throw();
  });
});

describe("the policy of a shared bucket", () => {
  const byAccessPoints = { "s3:DataAccessPointAccount": [...accessPointAccounts] };

  it("covers the whole bucket if no part is named", () => {
    const [get, list, ...others] = s3DataAccessStatements({ bucket: "b" });
    expect(get).to.deep.include({ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] });
    expect(list).to.deep.include({ Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::b"] });
    expect(list!.Condition).to.deep.equal({ StringEquals: byAccessPoints });
    expect(others).to.deep.equal([]);
    expect(s3DataAccessStatements({ bucket: "b", keyPrefixes: [], keys: [] })).to.deep.equal([get, list]);
  });

  it("covers only the named prefixes and keys, and allows no listing for a key", () => {
    const [get, list] = s3DataAccessStatements({ bucket: "b", keyPrefixes: ["in/"], keys: ["a*.csv"] });
    expect(get!.Resource).to.deep.equal(["arn:aws:s3:::b/in/*", "arn:aws:s3:::b/a${*}.csv"]);
    expect(list!.Condition).to.deep.equal({
      StringEquals: byAccessPoints,
      StringLike: { "s3:prefix": ["in/*"] },
    });
    expect(s3DataAccessStatements({ bucket: "b", keys: ["a"] })).to.have.length(1);
  });

  it("allows only requests through access points of Data Exchange", () => {
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

  it("is limited to five prefixes and keys", () => {
    const keyPrefixes = ["a", "b", "c"];
    const validate =
      (...keys: string[]) =>
      () =>
        validateSource({ keyPrefixes, keys });
    expect(validate("d", "e")).not.to.throw();
    expect(validate("d", "e", "f"))
      .to.throw()
      .with.property("code", "too-many-locations");
    expect(validate("")).to.throw().with.property("code", "empty-location");
  });
});

describe("the policies of Lake Formation", () => {
  it("contain each tag once, with all of its values", () => {
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

  it("take the catalog from the role, and give the role no access to data", () => {
    expect(accountOfArn("arn:aws:iam::123456789012:role/a/b")).to.equal("123456789012");
    const actions = rolePolicy.Statement.flatMap(({ Action }) => Action);
    const dataActions = actions.filter((one) => one.startsWith("s3:") || one.includes("GetDataAccess"));
    expect(dataActions).to.deep.equal([]);
  });
});
