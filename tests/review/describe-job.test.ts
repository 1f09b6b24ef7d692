import { expect } from "chai";

import { jobTypes } from "../../service-model/job-types";
import type { Shape } from "../../service-model/shape";

/** The shape at the end of a path that may run through lists. */
function at(shape: Shape | undefined, path: readonly string[]): Shape | undefined {
  if (shape?.kind === "list") return at(shape.of, path);
  const [member, ...rest] = path;
  if (member === undefined || shape?.kind !== "struct") return path.length === 0 ? shape : undefined;
  return at(shape.members[member]?.shape, rest);
}

const placeholders = (template: string): string[] =>
  [...template.matchAll(/\{([^}|]*)(?:\|[^}]*)?\}/g)].map(([, placeholder]) => placeholder!);

const special = ["items", "revision", "dataSet"];

describe("sentences of the job type table", () => {
  for (const { type, sentence, details, createsAssets } of jobTypes) {
    it(`name only members of the details of ${type}`, () => {
      const { predicate, items } = sentence;
      for (const placeholder of placeholders(predicate).filter((one) => !special.includes(one)))
        expect(at(details, placeholder.split("."))?.kind, placeholder).to.equal("string");
      const list = items && details.members[items.member]?.shape;
      if (items) expect(list?.kind, items.member).to.equal("list");
      for (const template of [items?.name, items?.identity, items?.destination])
        for (const placeholder of placeholders(template ?? ""))
          expect(at(list, placeholder.split("."))?.kind, placeholder).to.equal("string");
    });

    it(`include the number of items of ${type}, and the destination of written objects`, () => {
      const { predicate, items } = sentence;
      expect(predicate.includes("{items}")).to.equal(items !== undefined);
      if (createsAssets) expect(predicate).to.contain("{revision}");
      // The warning about overwritten objects needs the destination.
      const writes =
        items !== undefined && at(details, [items.member, "bucket"]) !== undefined && !createsAssets;
      expect(items?.destination !== undefined).to.equal(writes);
    });
  }
});
