import { expect } from "chai";

import { describeReason } from "../../review/describe-reason";
import type { Review } from "../../review/index";
import { toPlainText } from "../../review/rich-text";
import {
  objects,
  at,
  importOf,
  imported,
  itemsChanged,
  reasonsOf as dataOf,
  replaced,
  reviewed,
  secret,
  step,
  unknown,
  urnOf,
} from "./previews";

const reasonsOf = ({ running }: Review): object[] => dataOf(running[0]!);
const textsOf = ({ running }: Review): string[] =>
  running[0]!.reasons.map((reason) => toPlainText(describeReason(reason)));

/** A job that imported `x` and is replaced because of these properties. */
const change = (inputs: object, replaceReasons: string[], outputs: object = {}) =>
  reviewed([
    step("replace", {
      name: "a",
      inputs: { ...importOf(["x"]), ...inputs },
      old: imported(["x"], outputs),
      replaceReasons,
    }),
  ]);
const notKnown = (property: string, what: object, until: object[] = []) => ({
  kind: "not-known-yet",
  property,
  what,
  until,
});

describe("review: reasons", () => {
  const cases: [what: string, review: Review, reasons: object[]][] = [
    [
      "added and removed objects",
      reviewed([replaced("a", ["x", "y"], ["y", "z"])]),
      [itemsChanged({ added: objects("z"), removed: objects("x") })],
    ],
    [
      "one of two equal objects",
      reviewed([replaced("a", ["x", "x"], ["x"])]),
      [itemsChanged({ removed: objects("x") })],
    ],
    [
      "an unknown object, which may be one that seems to be removed",
      reviewed([replaced("a", ["x", "y"], ["x", unknown])]),
      [notKnown("details", { count: { number: 1, items: itemsOfImport() } })],
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
      [
        {
          kind: "triggers-changed",
          property: "triggers",
          changes: [{ trigger: "1", from: "one", to: "two" }],
        },
      ],
    ],
    [
      "triggers with the names of members that every object has",
      change({ triggers: [JSON.parse('{ "constructor": "one", "__proto__": "two" }')] }, ["triggers"], {
        triggers: [{}],
      }),
      [
        {
          kind: "triggers-changed",
          property: "triggers",
          changes: [
            { trigger: "constructor", from: undefined, to: "one" },
            { trigger: "__proto__", from: undefined, to: "two" },
          ],
        },
      ],
    ],
    [
      "an unknown trigger",
      change({ triggers: [{ etag: unknown }] }, ["triggers"], { triggers: [{ etag: "one" }] }),
      [notKnown("triggers", { triggers: ["etag"] })],
    ],
    [
      "another type, without its other details",
      change({ type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: {} } }, ["type", "details"]),
      [
        {
          kind: "type-changed",
          property: "type",
          from: "IMPORT_ASSETS_FROM_S3",
          to: "EXPORT_REVISIONS_TO_S3",
        },
      ],
    ],
    [
      "another region",
      change({ region: "eu-west-1" }, ["region"], { region: "us-east-1" }),
      [{ kind: "region-changed", property: "region", from: "us-east-1", to: "eu-west-1" }],
    ],
    [
      "other tags of the assets",
      change({ assetConfiguration: { tags: [{ key: "a", value: "1" }] } }, ["assetConfiguration"]),
      [{ kind: "tags-changed", property: "assetConfiguration" }],
    ],
    [
      "a failed last run",
      change({}, ["state"], { state: "ERROR", errors: [] }),
      [{ kind: "failed", property: "state", state: "ERROR", errors: [] }],
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

  it("with only unknown values leave open whether the job runs", () => {
    const actionOf = (details: unknown) => change({ details }, ["details"]).running[0]!.action;
    expect(actionOf(unknown)).to.equal("possibleRerun");
    expect(actionOf({ importAssetsFromS3: unknown })).to.equal("possibleRerun");
    expect(actionOf(secret)).to.equal("rerun");
  });

  it("of a new job name the resources that its unknown values depend on", () => {
    const bucket = "aws:s3/bucketV2:BucketV2";
    const job = step("create", { name: "job", inputs: importOf([unknown]) }) as { newState: object };
    const sources = { propertyDependencies: { details: [urnOf("files", bucket)] } };
    const review = reviewed([
      step("create", { name: "files", type: bucket, inputs: {} }),
      { ...job, newState: { ...job.newState, ...sources } },
    ]);
    expect(textsOf(review)).to.deep.equal(["it is new", "details is not known until bucket files exists"]);
    expect(textsOf(reviewed([job]))[1]).to.equal("details is not known yet");
  });

  it("leave out a trigger that has the name of an added or removed object", () => {
    const changed = (before: object, after: object) =>
      dataOf(
        reviewed([
          step("replace", {
            name: "a",
            inputs: { ...importOf(["x", "z"]), triggers: [after] },
            old: imported(["x", "y"], { triggers: [before] }),
            replaceReasons: ["details", "triggers"],
          }),
        ]).running[0]!,
      );
    const items = itemsChanged({ added: objects("z"), removed: objects("y") });
    expect(changed({ x: "1", y: "1" }, { x: "1", z: "1" })).to.deep.equal([items]);
    expect(changed({ x: "1", y: "1" }, { x: "2", z: "1", other: "1" })).to.deep.equal([
      items,
      { kind: "content-changed", property: "triggers", names: objects("x") },
      {
        kind: "triggers-changed",
        property: "triggers",
        changes: [{ trigger: "other", from: undefined, to: "1" }],
      },
    ]);
    expect(changed({ x: secret }, { x: secret })).to.deep.equal([
      items,
      { kind: "secret-changed", property: "triggers" },
    ]);
  });

  it("include a job that was deleted for a replacement that failed", () => {
    const old = { ...imported(["x"], { onDelete: "deleteAssets" }), pendingReplacement: true };
    const job = step("replace", { name: "a", inputs: importOf(["x"]), old });
    const review = reviewed([job, step("create-replacement", { name: "a" })]);
    expect(reasonsOf(review)).to.deep.equal([{ kind: "already-deleted" }]);
    expect(review.running[0]!.warnings).to.deep.equal([]);
  });
});

describe("review: sentences of reasons", () => {
  const keys = (number: number) => Array.from({ length: number }, (_, index) => `${index}.csv`);
  const ten = objects(...keys(10)).join(", ");

  it("list ten names and count the others", () => {
    const added = (number: number) => textsOf(reviewed([replaced("a", [], keys(number))]));
    expect(added(10)).to.deep.equal([`10 objects added: ${ten}`]);
    expect(added(1500)).to.deep.equal([`1,500 objects added: ${ten} and 1,490 more`]);
  });

  it("list ten triggers and count the others", () => {
    const triggers = (value: unknown) => [Object.fromEntries(keys(100).map((key) => [key, value]))];
    const [changed] = textsOf(
      change({ triggers: triggers("two") }, ["triggers"], { triggers: triggers("one") }),
    );
    expect(changed!.split("; ").slice(9)).to.deep.equal([
      "trigger 9.csv changed from one to two",
      "90 more triggers changed",
    ]);
    const hidden = change({ triggers: triggers(unknown) }, ["triggers"], { triggers: triggers("one") });
    expect(textsOf(hidden)[0]).to.match(/^triggers 0\.csv, .* and 90 more are not known yet$/);
  });

  it("contain neither credentials of URLs nor control characters", () => {
    const [text] = textsOf(
      reviewed([
        replaced("a", [], ["https://user:word@example.com/x?X-Amz-Signature=abc", "two\nlines\u001b[31m"]),
      ]),
    );
    expect(text).not.to.match(/word|abc|[\n\u001b]/);
  });

  it("name the failed objects of a last run", () => {
    const errors = [
      {
        code: "RESOURCE_NOT_FOUND_EXCEPTION",
        message: "gone",
        details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "x" }] },
      },
    ];
    expect(textsOf(change({}, ["state"], { state: "ERROR", errors }))).to.deep.equal([
      "its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: gone (s3://source/x)",
    ]);
    expect(textsOf(change({}, ["state"], { state: "ERROR", errors: secret }))[0]).to.match(
      /errors are secret/,
    );
  });
});

function itemsOfImport(): unknown {
  const [reason] = reviewed([replaced("a", [], [at.revisionId])]).running[0]!.reasons;
  return reason?.kind === "items-changed" && reason.items;
}
