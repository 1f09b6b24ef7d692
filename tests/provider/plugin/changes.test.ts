import { expect } from "chai";
import fc from "fast-check";

import { normalText } from "../../../provider/core/normalize";
import type { Change } from "../../../provider/plugin/changes";
import { findChanges, formatPropertyPath, withVisiblePath } from "../../../provider/plugin/changes";
import { jobTypes } from "../../../service-model/job-types";
import type { Shape } from "../../../service-model/shape";
import { list, map, optional, string, struct } from "../../../service-model/shape";
import { UNKNOWN } from "../../../service-model/validate";
import { detailsOf, shuffled } from "../../harness/arbitraries";

const shown = (changes: Change[]) =>
  Object.fromEntries(changes.map(({ path, kind }) => [formatPropertyPath(path), kind]));

const settings = struct("Settings", {
  mode: optional(string(), "", { default: "fast" }),
  names: optional(list(string()), ""),
  hash: optional(string(), "", { fromUpload: "md5" }),
});
const names: Shape = list(string(), { set: true });

describe("findChanges", () => {
  for (const [what, shape, was, is, changes] of [
    ["an added value", string(), undefined, "a", { "": "ADD" }],
    ["a removed value", string(), "a", null, { "": "DELETE" }],
    ["a changed value", string(), "a", "b", { "": "UPDATE" }],
    ["a value that is not known yet", string(), "a", UNKNOWN, { "": "UPDATE" }],
    ["nothing for a written default", settings, {}, { mode: "fast" }, {}],
    ["nothing for an empty list", settings, {}, { names: [] }, {}],
    ["nothing for a computed member", settings, { hash: "1" }, { hash: "2" }, {}],
    ["the default that is replaced", settings, {}, { mode: "slow" }, { mode: "UPDATE" }],
    ["a member", settings, { names: ["a"] }, { mode: "fast" }, { names: "DELETE" }],
    ["an item of a list", list(string()), ["a", "b", "c"], ["a", "x"], { "[1]": "UPDATE", "[2]": "DELETE" }],
    ["nothing for another order of a set", names, ["a", "b"], ["b", "a"], {}],
    ["an element of a set", names, ["a", "b"], ["b", "c"], { "[0]": "DELETE", "[1]": "ADD" }],
    ["an element of a set in its place", names, ["a", "b"], ["a", "c"], { "[1]": "UPDATE" }],
    ["an element that occurs twice", names, ["a", "b"], ["b", "a", "a"], { "[2]": "ADD" }],
    [
      "an entry of a map",
      map(string()),
      { "a.b": "1", c: "2" },
      { "a.b": "2" },
      { '["a.b"]': "UPDATE", c: "DELETE" },
    ],
    ["a value without a shape", undefined, [{ a: 1 }], [{ a: 2 }, 3], { "[0].a": "UPDATE", "[1]": "ADD" }],
    ["a value of another type", undefined, [1], { a: 1 }, { "": "UPDATE" }],
  ] as const) {
    it(`finds ${what}`, () => expect(shown(findChanges(shape, was, is))).to.deep.equal(changes));
  }
});

for (const jobType of jobTypes) {
  const { detailsKey, details: shape, type } = jobType;
  const own = detailsOf(jobType).map((details) => details[detailsKey]);
  const text = (value: unknown) => normalText(shape, value, ({ fromUpload }) => fromUpload !== undefined);

  describe(`findChanges of arbitrary details of ${type}`, () => {
    it("finds a change exactly if the core does, each at a path of one of the values", () => {
      const valueAt = (path: Change["path"], value: unknown) =>
        path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value);
      fc.assert(
        fc.property(own, own, (was, is) => {
          const changes = findChanges(shape, was, is);
          expect(changes.length > 0).to.equal(text(was) !== text(is));
          const paths = changes.map(({ path }) => formatPropertyPath(path));
          expect(new Set(paths).size).to.equal(paths.length);
          for (const { path, kind } of changes) {
            if (kind !== "ADD") expect(valueAt(path, was), String(path)).to.not.equal(undefined);
            if (kind !== "DELETE") expect(valueAt(path, is), String(path)).to.not.equal(undefined);
          }
        }),
      );
    });

    it("names no member of a secret, and none whose name the engine cannot read", () => {
      const visible = (path: (string | number)[]) =>
        shown([withVisiblePath({ path, kind: "ADD" }, [["triggers", "a"]])]);
      expect(visible(["triggers", "a", "b"])).to.deep.equal({ "triggers.a": "UPDATE" });
      expect(visible(["triggers", "a"])).to.deep.equal({ "triggers.a": "ADD" });
      expect(visible(["triggers", "b", "c\\", "d"])).to.deep.equal({ "triggers.b": "UPDATE" });
      expect(visible(["jobs", 'a\\"b\n'])).to.deep.equal({ 'jobs["a\\\\"b\n"]': "ADD" });
    });

    it("ignores the order of sets", () => {
      fc.assert(
        fc.property(own, fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })), (was, random) => {
          const is = shuffled(shape, was, () => random.next().value as number);
          expect(findChanges(shape, was, is)).to.deep.equal([]);
        }),
      );
    });
  });
}
