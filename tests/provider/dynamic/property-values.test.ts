import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";
import fc from "fast-check";

import { UNKNOWN } from "../../../service-model/validate";
import { decodeProperties, encodeProperties } from "../../../provider/dynamic/property-values";
import { body } from "../support/host";

/** An asset as the engine passes it on. */
const assetOf = (content: string, place: object) => ({
  [rpc.specialSigKey]: rpc.specialAssetSig,
  hash: body(content).hash,
  ...place,
});

describe("fromWire", () => {
  it("marks what is not known yet, wherever it stands", () =>
    expect(
      decodeProperties({ type: rpc.unknownValue, details: { a: [1, { b: rpc.unknownValue }] } }),
    ).to.deep.equal({
      type: UNKNOWN,
      details: { a: [1, { b: UNKNOWN }] },
    }));

  it("leaves all else as it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (props) => {
        expect(decodeProperties(props)).to.deep.equal(props);
      }),
    );
  });

  it("takes a member named __proto__ for a member", () => {
    const props = JSON.parse('{"details":{"__proto__":{"a":1}}}') as Record<string, unknown>;
    expect(Object.keys(decodeProperties(props).details as object)).to.deep.equal(["__proto__"]);
  });

  it("leaves an uploaded asset as it is, a body with its hash", () => {
    for (const place of [{ text: "prices" }, { path: "/prices.csv" }, { uri: "https://x.test/prices.csv" }]) {
      const upload = assetOf("prices", place);
      expect(decodeProperties({ upload }).upload).to.deep.equal(upload);
    }
  });

  it("compares an asset among the triggers by its content alone", () => {
    const [one, other] = [{ text: "same" }, { path: "/elsewhere" }].map((place) =>
      decodeProperties({ triggers: [assetOf("same", place)] }),
    );
    expect(one).to.deep.equal(other);
    expect(decodeProperties({ triggers: [assetOf("another", { text: "another" })] })).to.not.deep.equal(one);
  });
});

describe("toWire", () => {
  it("leaves members without a value out", () =>
    expect(encodeProperties({ a: undefined, b: { c: undefined, d: null }, e: [] })).to.deep.equal({
      b: { d: null },
      e: [],
    }));

  it("gives back what it was given", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (props) => {
        expect(encodeProperties(props)).to.deep.equal(JSON.parse(JSON.stringify(props)));
      }),
    );
  });
});
