import { expect } from "chai";
import fc from "fast-check";

import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { diffJob } from "../../../provider/core/diff";
import type { JobType } from "../../../service-model/job-type";
import { jobTypes } from "../../../service-model/job-types";
import { detailsOf, leavesOf, shuffled, valueOf, withAt } from "../support/arbitraries";

type Json = Record<string, unknown>;

const outputs = ({ type }: JobType, details: Json): JobOutputs =>
  readOutputs({ type, details, state: "COMPLETED", createdAt: "2026-01-05T12:00:00.000Z" });

const replacesOf = (jobType: JobType, was: Json, is: Json): string[] =>
  diffJob(outputs(jobType, was), { type: jobType.type, details: is }).replaces;

/** Something else in place of a leaf's value. */
const other = (value: unknown): unknown => {
  if (typeof value === "string") return `${value}x`;
  return typeof value === "number" ? value + 1 : !value;
};

for (const jobType of jobTypes) {
  const { detailsKey, details: shape } = jobType;

  describe(`diff of ${jobType.type}, over all details that there can be`, () => {
    it("sees no change between details and the same details", () => {
      fc.assert(
        fc.property(detailsOf(jobType), (details) => {
          const again = JSON.parse(JSON.stringify(details)) as Json;
          expect(diffJob(outputs(jobType, details), { type: jobType.type, details: again })).to.deep.equal({
            replaces: [],
            updates: false,
          });
        }),
      );
    });

    it("is blind to the order of sets and of members", () => {
      fc.assert(
        fc.property(
          detailsOf(jobType),
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
          (details, order) => {
            let drawn = 0;
            const random = () => order[drawn++ % order.length]!;
            const own = shuffled(shape, details[detailsKey], random) as Json;
            const reversed = Object.fromEntries(Object.entries(own).reverse());
            expect(replacesOf(jobType, details, { [detailsKey]: reversed })).to.deep.equal([]);
          },
        ),
      );
    });

    it("sees a change of any one leaf but an MD5, which the upload stands for", () => {
      fc.assert(
        fc.property(detailsOf(jobType), fc.nat(), (details, place) => {
          const leaves = leavesOf(shape, details[detailsKey]);
          const { path, member } = leaves[place % leaves.length]!;
          const leaf = path.reduce<unknown>((value, step) => (value as Json)[step], details[detailsKey]);
          const changed = withAt(details[detailsKey], path, other(leaf));
          expect(replacesOf(jobType, details, { [detailsKey]: changed })).to.deep.equal(
            member?.fromUpload ? [] : ["details"],
          );
        }),
        { numRuns: 300 },
      );
    });

    for (const [name, member] of Object.entries(shape.members)) {
      const counts = !member.fromUpload;
      it(`${counts ? "sees" : "does not count"} ${name} given and not given`, () => {
        const cases = fc.tuple(detailsOf(jobType), valueOf(member.shape));
        fc.assert(
          fc.property(cases, ([details, value]) => {
            const without = Object.fromEntries(
              Object.entries(details[detailsKey]!).filter(([held]) => held !== name),
            );
            const pair: [Json, Json] = [
              { [detailsKey]: { ...without, [name]: value } },
              { [detailsKey]: without },
            ];
            for (const [was, is] of [pair, [...pair].reverse() as typeof pair]) {
              expect(replacesOf(jobType, was, is)).to.deep.equal(counts ? ["details"] : []);
            }
          }),
          { numRuns: 20 },
        );
      });
    }
  });
}
