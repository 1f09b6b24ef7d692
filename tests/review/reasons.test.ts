import { expect } from "chai";

import { secretMask as secret, unknownValue as unknown } from "../../lib/pulumi-values";
import { describeReason } from "../../review/describe-reason";
import type { Review } from "../../review/review";
import { toPlainText } from "../../review/rich-text";
import { itemsChanged, objects, reasonsOf as dataOf } from "./expected";
import { at, importOf, replaced, rerunOf, reviewed, step, urnOf } from "./previews";

const reasonsOf = ({ running }: Review): object[] => dataOf(running[0]!);
const textsOf = ({ running }: Review): string[] =>
  running[0]!.reasons.map((reason) => toPlainText(describeReason(reason)));

/** A job that imported `x` and is replaced because of these properties. */
const change = (inputs: object, replaceReasons: string[], outputs: object = {}) =>
  reviewed([rerunOf(["x"], { inputs: { ...importOf(["x"]), ...inputs }, outputs, replaceReasons })]);
const imports = (from: string[], to: string[]) => reviewed([replaced("a", from, to)]);
/** A change of the only trigger, or of the triggers by their names. */
const triggered = (from: unknown, to: unknown) =>
  change({ triggers: [to] }, ["triggers"], { triggers: [from] });

const triggers = { kind: "triggers-changed", property: "triggers" };
const notKnown = (property: string, what: object) => ({ kind: "not-known-yet", property, what, until: [] });
const [reason] = imports([], [at.revisionId]).running[0]!.reasons;
const items = reason?.kind === "items-changed" && reason.items;
const memberNames = JSON.parse('{ "constructor": "one", "__proto__": "two" }') as object;
const exported = { type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: {} } };
const [before, after] = ["us-east-1", "eu-west-1"];
const otherTags = { assetConfiguration: { tags: [{ key: "a", value: "1" }] } };
const failed = { state: "ERROR", errors: [] };

describe("reasons of a job that runs", () => {
  const cases: [what: string, review: Review, reasons: object[]][] = [
    [
      "added and removed objects",
      imports(["x", "y"], ["y", "z"]),
      [itemsChanged({ added: objects("z"), removed: objects("x") })],
    ],
    ["one of two equal objects", imports(["x", "x"], ["x"]), [itemsChanged({ removed: objects("x") })]],
    [
      "an unknown object, which may be one that seems to be removed",
      imports(["x", "y"], ["x", unknown]),
      [notKnown("details", { count: { number: 1, items } })],
    ],
    [
      "unknown details",
      change({ details: unknown }, ["details"]),
      [notKnown("details", { members: ["details"] })],
    ],
    [
      "secret details",
      change({ details: { importAssetsFromS3: secret } }, ["details"]),
      [{ kind: "secret-changed", property: "details" }],
    ],
    [
      "a changed trigger, but not a new mask in details that the provider does not name",
      change({ ...importOf([secret]), triggers: ["two"] }, ["triggers"], { triggers: ["one"] }),
      [{ ...triggers, changes: [{ trigger: "1", from: "one", to: "two" }] }],
    ],
    [
      "triggers with the names of members that every object has",
      triggered({}, memberNames),
      [
        {
          ...triggers,
          changes: [
            { trigger: "constructor", from: undefined, to: "one" },
            { trigger: "__proto__", from: undefined, to: "two" },
          ],
        },
      ],
    ],
    [
      "an unknown trigger",
      triggered({ etag: "one" }, { etag: unknown }),
      [notKnown("triggers", { triggers: ["etag"] })],
    ],
    [
      "another type, without its other details",
      change(exported, ["type", "details"]),
      [{ kind: "type-changed", property: "type", from: "IMPORT_ASSETS_FROM_S3", to: exported.type }],
    ],
    [
      "another region",
      change({ region: after }, ["region"], { region: before }),
      [{ kind: "region-changed", property: "region", from: before, to: after }],
    ],
    [
      "other tags of the assets",
      change(otherTags, ["assetConfiguration"]),
      [{ kind: "tags-changed", property: "assetConfiguration" }],
    ],
    ["a failed last run", change({}, ["state"], failed), [{ kind: "failed", property: "state", ...failed }]],
    [
      "an interrupted deletion of its assets",
      change({}, ["assets"]),
      [{ kind: "deletion-interrupted", property: "assets" }],
    ],
    ["a request for a replacement", change({}, ["id"]), [{ kind: "replacement-requested" }]],
    [
      "a property that the provider names and whose values are equal",
      change({}, ["details"]),
      [{ kind: "unexplained", property: "details" }],
    ],
  ];
  for (const [what, review, reasons] of cases)
    it(`include ${what}`, () => expect(reasonsOf(review)).to.deep.equal(reasons));

  it("leave open whether the job runs if they are only unknown values", () => {
    const actionOf = (details: unknown) => change({ details }, ["details"]).running[0]!.action;
    expect(actionOf(unknown)).to.equal("possibleRerun");
    expect(actionOf({ importAssetsFromS3: unknown })).to.equal("possibleRerun");
    expect(actionOf(secret)).to.equal("rerun");
  });

  it("name the resources that unknown values of a new job depend on", () => {
    const type = "aws:s3/bucketV2:BucketV2";
    const job = { name: "job", inputs: importOf([unknown]) };
    const propertyDependencies = { details: [urnOf("files", type)] };
    const review = reviewed([
      step("create", { name: "files", type, inputs: {} }),
      step("create", { ...job, propertyDependencies }),
    ]);
    expect(textsOf(review)).to.deep.equal(["it is new", "details is not known until bucket files exists"]);
    expect(textsOf(reviewed([step("create", job)]))[1]).to.equal("details is not known yet");
  });

  it("omit a trigger that has the name of an added or removed object", () => {
    const changed = (before: object, after: object) => {
      const inputs = { ...importOf(["x", "z"]), triggers: [after] };
      const replaceReasons = ["details", "triggers"];
      const outputs = { triggers: [before] };
      return reasonsOf(reviewed([rerunOf(["x", "y"], { inputs, outputs, replaceReasons })]));
    };
    const items = itemsChanged({ added: objects("z"), removed: objects("y") });
    expect(changed({ x: "1", y: "1" }, { x: "1", z: "1" })).to.deep.equal([items]);
    expect(changed({ x: "1", y: "1" }, { x: "2", z: "1", other: "1" })).to.deep.equal([
      items,
      { kind: "content-changed", property: "triggers", names: objects("x") },
      { ...triggers, changes: [{ trigger: "other", from: undefined, to: "1" }] },
    ]);
    expect(changed({ x: secret }, { x: secret })).to.deep.equal([
      items,
      { kind: "secret-changed", property: "triggers" },
    ]);
  });

  it("are those of the replacement if the engine replaces a job because of one that it deletes first", () => {
    const inputs = { ...importOf(["x"]), triggers: [unknown] };
    const job = rerunOf(["x"], { inputs, outputs: { triggers: ["one"] }, replaceReasons: [] });
    const creation = step("create-replacement", { name: "a", replaceReasons: ["triggers"] });
    const review = reviewed([job, creation]);
    expect(reasonsOf(review)).to.deep.equal([notKnown("triggers", { triggers: ["1"] })]);
    expect(review.running[0]!.action).to.equal("possibleRerun");
  });

  it("include the deletion of the old job before a replacement that failed", () => {
    const outputs = { onDelete: "deleteAssets" };
    const job = rerunOf(["x"], {
      inputs: importOf(["x"]),
      outputs,
      pendingReplacement: true,
      replaceReasons: [],
    });
    const review = reviewed([job, step("create-replacement", { name: "a" })]);
    expect(reasonsOf(review)).to.deep.equal([{ kind: "already-deleted" }]);
    expect(review.running[0]!.warnings).to.deep.equal([]);
  });
});

describe("describeReason", () => {
  const keys = (number: number) => Array.from({ length: number }, (_, index) => `${index}.csv`);
  const ten = objects(...keys(10)).join(", ");

  it("lists ten names and counts the others", () => {
    const added = (number: number) => textsOf(imports([], keys(number)));
    expect(added(10)).to.deep.equal([`10 objects added: ${ten}`]);
    expect(added(1500)).to.deep.equal([`1,500 objects added: ${ten} and 1,490 more`]);
  });

  it("lists ten triggers and counts the others", () => {
    const hundred = (value: unknown) => Object.fromEntries(keys(100).map((key) => [key, value]));
    const [changed] = textsOf(triggered(hundred("one"), hundred("two")));
    expect(changed!.split("; ").slice(9)).to.deep.equal([
      "trigger 9.csv changed from one to two",
      "90 more triggers changed",
    ]);
    expect(textsOf(triggered(hundred("one"), hundred(unknown)))[0]).to.match(
      /^triggers 0\.csv, .* and 90 more are not known yet$/,
    );
  });

  it("prints neither credentials of URLs nor control characters", () => {
    const hostile = ["https://user:word@example.com/x?X-Amz-Signature=abc", "two\nlines\u001b[31m"];
    expect(textsOf(imports([], hostile))[0]).not.to.match(/word|abc|[\n\u001b]/);
  });

  it("names the failed objects of the last run", () => {
    const details = { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "x" }] };
    const errors = [{ code: "RESOURCE_NOT_FOUND_EXCEPTION", message: "gone", details }];
    expect(textsOf(change({}, ["state"], { state: "ERROR", errors }))).to.deep.equal([
      "its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: gone (s3://source/x)",
    ]);
    const [text] = textsOf(change({}, ["state"], { state: "ERROR", errors: secret }));
    expect(text).to.match(/errors are secret/);
  });
});
