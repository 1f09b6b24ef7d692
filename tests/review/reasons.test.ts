import { expect } from "chai";

import { sentence } from "../../review/phrase";
import type { Review } from "../../review/index";
import { at, importOf, replaced, reviewed, step, unknown, urnOf } from "./previews";

const reasonsOf = ({ running }: Review, index = 0) =>
  running[index]!.reasons.map(({ phrase }) => sentence(phrase));
const cautionsOf = ({ running }: Review, index = 0) =>
  running[index]!.cautions.map(({ phrase }) => sentence(phrase));

const keysOf = (number: number) => Array.from({ length: number }, (_, index) => `${index}.csv`);
const names = (number: number) =>
  keysOf(number)
    .map((key) => `s3://source/${key}`)
    .join(", ");

describe("review: why a job runs", () => {
  it("names ten sources, and of more the number of the rest", () => {
    const added = (number: number) => reasonsOf(reviewed([replaced("a", [], keysOf(number))]));
    expect(added(10)).to.deep.equal([`10 objects added: ${names(10)}`]);
    expect(added(11)).to.deep.equal([`11 objects added: ${names(10)} and 1 more`]);
    expect(added(1500)).to.deep.equal([`1,500 objects added: ${names(10)} and 1,490 more`]);
    expect(reasonsOf(reviewed([replaced("a", keysOf(12), [])]))).to.deep.equal([
      `12 objects removed: ${names(10)} and 2 more`,
    ]);
  });

  it("tells one of two sources that are the same from the other", () => {
    expect(reasonsOf(reviewed([replaced("a", ["x", "x"], ["x"])]))).to.deep.equal([
      "1 object removed: s3://source/x",
    ]);
  });

  it("does not call removed what a source that is not known may turn out to be", () => {
    const review = reviewed([replaced("a", ["x", "y"], ["x", unknown])]);
    expect(review.running[0]!.action).to.equal("mayRerun");
    expect(reasonsOf(review)).to.deep.equal(["1 object not known yet"]);
  });

  it("says of a part that is not known until what is there", () => {
    const bucket = "aws:s3/bucketV2:BucketV2";
    const inputs = importOf([unknown]);
    const job = step("create", { name: "job", inputs }) as { newState: object };
    const needs = {
      ...job,
      newState: { ...job.newState, propertyDependencies: { details: [urnOf("files", bucket)] } },
    };
    const [told, toldAlone] = [
      reviewed([step("create", { name: "files", type: bucket, inputs: {} }), needs]),
      reviewed([job]),
    ];
    expect(reasonsOf(told)[1]).to.match(/^details not known until bucket ?v2 files exists$/i);
    expect(reasonsOf(toldAlone)).to.deep.equal(["it is new", "details not known yet"]);
  });

  it("keeps out of a text what is in the query of a URL, and what would break a line", () => {
    const review = reviewed([
      replaced("a", [], ["https://user:word@example.com/x?X-Amz-Signature=abc", "two\nlines\u001b[31m"]),
    ]);
    const [reason] = reasonsOf(review);
    expect(reason)
      .not.to.contain("word")
      .and.not.to.contain("abc")
      .and.not.to.match(/[\n\u001b]/);
  });

  it("says of a job of a type that it does not know what can be said", () => {
    const review = reviewed([
      step("create", { name: "new", inputs: { type: "IMPORT_FROM_THE_FUTURE", details: {} } }),
    ]);
    expect(sentence(review.running[0]!.does)).to.equal("does what is not known yet");
  });
});

describe("review: what to look out for", () => {
  it("names at most ten assets, too", () => {
    const [caution] = cautionsOf(reviewed([replaced("a", keysOf(12), [...keysOf(12), "new"])]));
    expect(caution).to.contain(`12 assets will be in it twice: ${keysOf(10).join(", ")} and 2 more;`);
  });

  it("is nothing when the last run made nothing", () => {
    expect(cautionsOf(reviewed([replaced("a", ["x"], ["x", "y"], [])]))).to.deep.equal([]);
  });

  it("is a revision that another resource finalizes", () => {
    const type = "aws:dataexchange/revisionAssets:RevisionAssets";
    const revision = (was: boolean) =>
      step(was ? "same" : "update", {
        name: "november",
        type,
        inputs: { finalized: true },
        old: { outputs: { id: at.revisionId, finalized: was } },
      });
    const of = (other: object) => cautionsOf(reviewed([other, replaced("a", [], ["x"])]));
    expect(of(revision(false))).to.deep.equal([
      "revision november is finalized in this run: its assets go to subscribers and can no longer be changed",
    ]);
    expect(of(revision(true))).to.deep.equal([
      "revision november is finalized: nothing can be imported into it",
    ]);
    const gone = step("delete", { name: "november", type, old: { outputs: { id: at.revisionId } } });
    expect(of(gone)).to.deep.equal(["revision november is deleted"]);
  });
});
