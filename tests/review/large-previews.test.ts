import { expect } from "chai";

import { readPreview, reviewOf, toJson, toMarkdown, toText } from "../../review/index";
import { at, created, previewOf, replaced, step, urnOf } from "./previews";

/** Jobs around one revision, each with forty sources of which one is another. */
function preview(jobs: number): string {
  const keys = Array.from({ length: 40 }, (_, index) => `2026/11/${index}.csv`);
  const type = "aws:dataexchange/revision:Revision";
  const revision = step("same", {
    name: "november",
    type,
    inputs: { dataSetId: at.dataSetId },
    old: { outputs: { id: `${at.dataSetId}:${at.revisionId}`, revisionId: at.revisionId } },
    dependencies: [urnOf("prices", "aws:dataexchange/dataSet:DataSet")],
  });
  return previewOf([
    revision,
    ...Array.from({ length: jobs }, (_, index) =>
      index % 2 === 0
        ? replaced(`job-${index}`, keys, [...keys.slice(1), "new.csv"])
        : created(`job-${index}`, keys),
    ),
  ]);
}

/** Milliseconds of CPU, of the best of a few runs: others work on this machine, too. */
function cost(json: string): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    const review = reviewOf(readPreview(json));
    for (const print of [toMarkdown, toText, toJson]) print(review);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("review: many jobs", function () {
  this.timeout("1m");

  it("cost in proportion: 1,000 are no more than 30 times 100", () => {
    cost(preview(100));
    const [hundred, thousand] = [cost(preview(100)), cost(preview(1000))];
    console.log(`      100 jobs: ${hundred.toFixed()} ms, 1,000 jobs: ${thousand.toFixed()} ms of CPU`);
    expect(thousand / Math.max(hundred, 1)).to.be.below(30);
  });
});
