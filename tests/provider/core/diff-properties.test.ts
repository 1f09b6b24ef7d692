import { expect } from "chai";
import fc from "fast-check";

import { readOutputs } from "../../../provider/core/state";
import { diffJob } from "../../../provider/core/diff";
import { jobTypes } from "../../../service-model/job-types";
import { detailsOf, leavesOf, shuffled, valueOf, withAt } from "../../harness/arbitraries";

type Json = Record<string, unknown>;

/** Another value in place of a leaf's. */
const other = (value: unknown): unknown => {
  if (typeof value === "string") return `${value}x`;
  return typeof value === "number" ? value + 1 : !value;
};

for (const jobType of jobTypes) {
  const { type, detailsKey, details: shape } = jobType;
  const diff = (was: Json, is: Json) => {
    const olds = { type, details: was, state: "COMPLETED", createdAt: "2026-01-05T12:00:00.000Z" };
    return diffJob(readOutputs(olds), { type, details: is });
  };

  describe(`diffJob of arbitrary details of ${type}`, () => {
    it("ignores equal details", () => {
      fc.assert(
        fc.property(detailsOf(jobType), (details) => {
          const again = JSON.parse(JSON.stringify(details)) as Json;
          expect(diff(details, again)).to.deep.equal({ replaces: [], updates: false });
        }),
      );
    });

    it("ignores the order of sets and of members", () => {
      const orders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
      fc.assert(
        fc.property(detailsOf(jobType), orders, (details, order) => {
          let drawn = 0;
          const random = () => order[drawn++ % order.length]!;
          const own = shuffled(shape, details[detailsKey], random) as Json;
          const reversed = Object.fromEntries(Object.entries(own).reverse());
          expect(diff(details, { [detailsKey]: reversed }).replaces).to.deep.equal([]);
        }),
      );
    });

    it("replaces a job if any detail changes, except the MD5 of an upload", () => {
      fc.assert(
        fc.property(detailsOf(jobType), fc.nat(), (details, place) => {
          const leaves = leavesOf(shape, details[detailsKey]);
          const { path, member } = leaves[place % leaves.length]!;
          const leaf = path.reduce<unknown>((value, step) => (value as Json)[step], details[detailsKey]);
          const changed = { [detailsKey]: withAt(details[detailsKey], path, other(leaf)) };
          expect(diff(details, changed).replaces).to.deep.equal(member?.fromUpload ? [] : ["details"]);
        }),
        { numRuns: 300 },
      );
    });

    for (const [name, member] of Object.entries(shape.members)) {
      const replaces = member.fromUpload ? [] : ["details"];
      it(`${member.fromUpload ? "ignores" : "replaces for"} a ${name} that is added or removed`, () => {
        fc.assert(
          fc.property(detailsOf(jobType), valueOf(member.shape), (details, value) => {
            const without = { ...details[detailsKey] };
            delete without[name];
            const [one, none] = [{ ...without, [name]: value }, without].map((own) => ({
              [detailsKey]: own,
            }));
            expect(diff(one!, none!).replaces).to.deep.equal(replaces);
            expect(diff(none!, one!).replaces).to.deep.equal(replaces);
          }),
          { numRuns: 20 },
        );
      });
    }
  });
}
