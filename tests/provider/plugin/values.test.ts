import { expect } from "chai";
import * as rpc from "@pulumi/pulumi/runtime/rpc";

import { decode, encode, seal } from "../../../provider/plugin/values";
import { ARCHIVE, UNKNOWN } from "../../../service-model/validate";

const special = (signature: string, members: object) => ({ [rpc.specialSigKey]: signature, ...members });
const secret = (value: unknown) => special(rpc.specialSecretSig, { value });
const asset = (members: object) => special(rpc.specialAssetSig, { hash: "h", ...members });

describe("decode", () => {
  for (const [what, wire, value, isSecret = false] of [
    ["a plain value", { a: [1, null, true] }, { a: [1, null, true] }],
    ["an unknown text", rpc.unknownValue, UNKNOWN],
    ["an unknown list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", UNKNOWN],
    ["a secret", secret("s"), "s", true],
    ["an unknown secret", secret(rpc.unknownValue), UNKNOWN, true],
    ["an output", special(rpc.specialOutputValueSig, { value: "o" }), "o"],
    ["a secret output", special(rpc.specialOutputValueSig, { value: "o", secret: true }), "o", true],
    ["an unknown output", special(rpc.specialOutputValueSig, {}), UNKNOWN],
    ["a resource", special(rpc.specialResourceSig, { urn: "urn:a", id: "id1" }), "id1"],
    ["a resource without an id yet", special(rpc.specialResourceSig, { urn: "urn:a", id: "" }), UNKNOWN],
    ["a component", special(rpc.specialResourceSig, { urn: "urn:a" }), "urn:a"],
    ["an archive", special(rpc.specialArchiveSig, { hash: "h" }), ARCHIVE],
    ["a file", asset({ path: "a.csv" }), { hash: "h" }],
    ["a text", asset({ text: "t" }), { hash: "h" }, true],
    ["a remote file", asset({ uri: "https://u" }), { hash: "h" }, true],
  ] as const) {
    it(`reads ${what}, at any depth`, () => {
      const { values, secrets } = decode({ a: wire, b: [{ c: wire }] });
      expect(values).to.deep.equal({ a: value, b: [{ c: value }] });
      expect(secrets).to.deep.equal(isSecret ? [["a"], ["b", 0, "c"]] : []);
    });
  }

  it("reads the place of a body in the upload of a job, and nowhere else", () => {
    const held = asset({ text: "t" });
    const body = { hash: "h", text: "t" };
    const triggers = { upload: held };
    expect(decode({ upload: held, jobs: { a: { upload: held, triggers } }, triggers }).values).to.deep.equal({
      upload: body,
      jobs: { a: { upload: body, triggers: { upload: { hash: "h" } } } },
      triggers: { upload: { hash: "h" } },
    });
  });

  it("does not take another object for a body", () =>
    expect(decode({ upload: { hash: "h", path: "a" } }).values.upload).to.deep.equal({
      hash: undefined,
      path: "a",
    }));
});

describe("encode", () => {
  it("writes unknown and secret values, and removes members without a value", () =>
    expect(encode({ a: { b: UNKNOWN, c: undefined }, d: ["s"] }, [["d", 0]])).to.deep.equal({
      a: { b: rpc.unknownValue },
      d: [secret("s")],
    }));
});

describe("seal", () => {
  for (const [what, path, sealed] of [
    ["the whole value, without the secrets in it", ["a"], { a: secret({ b: [{ c: 1 }], s: "x" }) }],
    ["a nested value", ["a", "b", 0, "c"], { a: { b: [{ c: secret(1) }], s: secret("x") } }],
    ["a secret once", ["a", "s"], undefined],
    ["no value within a secret", ["a", "s", "t"], undefined],
    ["nothing without a value", ["a", "z", "y"], undefined],
    ["nothing beyond a list", ["a", "b", 3], undefined],
    ["nothing in a number", ["a", "b", 0, "c", "d"], undefined],
  ] as const) {
    it(`marks ${what}`, () => {
      const wire = { a: { b: [{ c: 1 }], s: secret("x") } };
      expect(seal(wire, [path])).to.deep.equal(sealed ?? wire);
    });
  }

  it("marks an output that contains the value", () => {
    const output = special(rpc.specialOutputValueSig, { value: { b: 1 } });
    expect(seal({ a: output }, [["a", "b"]])).to.deep.equal({ a: secret(output) });
  });
});
