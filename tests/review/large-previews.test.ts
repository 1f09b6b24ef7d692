import { expect } from "chai";

import { parsePreview, reviewOf, toJson, toMarkdown, toText } from "../../review/index";
import { at, created, previewOf, replaced, step, urnOf } from "./previews";

/** A preview of jobs in one revision, each with forty sources of which one changed. */
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

/** Milliseconds of CPU in the best of three runs. */
function cost(json: string): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    const review = reviewOf(parsePreview(json));
    for (const print of [toMarkdown, toText, toJson]) print(review);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

describe("review: a preview with many jobs", function () {
  this.timeout("1m");

  it("costs at most 30 times as much with 1,000 jobs as with 100", () => {
    cost(preview(100));
    const [hundred, thousand] = [cost(preview(100)), cost(preview(1000))];
    console.log(`      100 jobs: ${hundred.toFixed()} ms, 1,000 jobs: ${thousand.toFixed()} ms of CPU`);
    expect(thousand / Math.max(hundred, 1)).to.be.below(30);
  });
});
