import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";
import fc from "fast-check";

import { ARCHIVE, UNKNOWN } from "../../../service-model/validate";
import {
  decodeProperties,
  decodeSetProperties,
  encodeProperties,
} from "../../../provider/dynamic/property-values";
import { body } from "../../simulation/host";

/** An asset as the engine passes it on. */
const assetOf = (content: string, place: object) => ({
  [rpc.specialSigKey]: rpc.specialAssetSig,
  hash: body(content).hash,
  ...place,
});

describe("decodeProperties", () => {
  it("replaces unknown values at any depth", () => {
    const { unknownValue } = rpc;
    const props = { type: unknownValue, details: { a: [1, { b: unknownValue }] } };
    const decoded = { type: UNKNOWN, details: { a: [1, { b: UNKNOWN }] } };
    expect(decodeProperties(props)).to.deep.equal(decoded);
  });

  it("changes no other value", () => {
    const unchanged = fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
      (props) => void expect(decodeProperties(props)).to.deep.equal(props),
    );
    fc.assert(unchanged);
  });

  it("accepts a member named __proto__", () => {
    const props = JSON.parse('{"details":{"__proto__":{"a":1}}}') as Record<string, unknown>;
    expect(Object.keys(decodeProperties(props).details as object)).to.deep.equal(["__proto__"]);
  });

  for (const place of [{ text: "prices" }, { path: "/prices.csv" }, { uri: "https://x.test/prices.csv" }]) {
    it(`keeps an uploaded asset with a ${Object.keys(place)[0]}`, () => {
      const upload = assetOf("prices", place);
      expect(decodeProperties({ upload }).upload).to.deep.equal(upload);
    });
  }

  it("keeps only the content of an asset among the triggers", () => {
    const triggered = (content: string, place: object) =>
      decodeProperties({ triggers: [assetOf(content, place)] });
    const one = triggered("same", { text: "same" });
    expect(triggered("same", { path: "/elsewhere" })).to.deep.equal(one);
    expect(triggered("another", { text: "another" })).to.not.deep.equal(one);
  });
});

describe("decodeSetProperties", () => {
  it("replaces an archive in the place of a job", () => {
    const archive = { [rpc.specialSigKey]: rpc.specialArchiveSig, hash: "h", assets: {} };
    expect(decodeSetProperties({ jobs: { a: archive } })).to.deep.equal({ jobs: { a: ARCHIVE } });
  });
});

describe("encodeProperties", () => {
  it("omits members without a value", () => {
    const props = { a: undefined, b: { c: undefined, d: null }, e: [] };
    expect(encodeProperties(props)).to.deep.equal({ b: { d: null }, e: [] });
  });
});
