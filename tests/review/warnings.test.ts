import { expect } from "chai";

import { describeWarning } from "../../review/describe-warning";
import type { Review } from "../../review/review";
import { toPlainText } from "../../review/rich-text";
import { rerunOf, at, kindsOf, replaced, reviewed, secret, step, unknown, warningsIn } from "./previews";

const revision = at.revisionId;

describe("review: other warnings", () => {
  const exportOf = (bucket: string, revisionId = revision, keyPattern?: string) => ({
    type: "EXPORT_REVISIONS_TO_S3",
    details: {
      exportRevisionsToS3: {
        dataSetId: at.dataSetId,
        revisionDestinations: [{ revisionId, bucket, ...(keyPattern !== undefined && { keyPattern }) }],
      },
    },
  });
  const overwritten = (inputs: object, before = exportOf("target")) =>
    warningsIn(
      step("replace", {
        name: "a",
        inputs,
        old: { outputs: { ...before, state: "COMPLETED" } },
        replaceReasons: ["details"],
      }),
    );

  it("report the objects that an export overwrites, or that the preview hides them", () => {
    const kind = "overwritten-objects";
    const ownKeys = "${Revision.Id}/${Asset.Name}";
    const objects = ["s3://target/${Asset.Name}"];
    expect(overwritten(exportOf("target"))).to.deep.equal([{ kind, objects }]);
    expect(overwritten(exportOf(unknown))).to.deep.equal([{ kind }]);
    expect(overwritten({ ...exportOf("target"), details: secret })).to.deep.equal([{ kind }]);
    expect(overwritten(exportOf("other"))).to.deep.equal([]);
    expect(
      overwritten(exportOf("target", unknown, ownKeys), exportOf("target", revision, ownKeys)),
    ).to.deep.equal([]);
  });

  const ofRevision = (
    op: string,
    finalized?: boolean,
    was?: boolean,
    type = "aws:dataexchange/revision:Revision",
  ) =>
    step(op, {
      name: "november",
      type,
      ...(op !== "delete" && { inputs: { finalized } }),
      old: { outputs: { id: revision, finalized: was } },
    });
  const finalization = (op: string) => {
    const type = "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization";
    return step(op, {
      name: "published",
      type,
      ...(op !== "delete" && { inputs: { revisionId: revision } }),
      ...(op !== "create" && { old: { outputs: { revisionId: revision } } }),
    });
  };
  const cases: [what: string, other: object, warnings: string[]][] = [
    ["is deleted", ofRevision("delete"), ["container-deleted"]],
    ["is replaced", ofRevision("replace"), ["container-replaced"]],
    ["is finalized in this run", ofRevision("update", true, false), ["revision-finalized"]],
    ["is already finalized", ofRevision("same", true, true), ["revision-already-finalized"]],
    [
      "is finalized by RevisionAssets",
      ofRevision("update", true, false, "aws:dataexchange/revisionAssets:RevisionAssets"),
      ["revision-finalized"],
    ],
    ["stays open", ofRevision("same", false, false), []],
    ["is opened again", finalization("delete"), ["revision-reopened"]],
    ["has a RevisionFinalization", finalization("same"), ["revision-already-finalized"]],
  ];
  for (const [what, other, kinds] of cases) {
    it(`report that the revision ${what}`, () =>
      expect(kindsOf(warningsIn(other, replaced("a", [], ["x"])))).to.deep.equal(kinds));
  }
});

describe("review: sentences of warnings", () => {
  const textsOf = ({ running }: Review): string[] =>
    running[0]!.warnings.map((warning) => toPlainText(describeWarning(warning)));

  it("have the assets, the revision and the remedy", () => {
    expect(textsOf(reviewed([rerunOf(["x", "z"])]))[0]).to.match(
      /^1 asset will be in revision rrrrrrrr… twice: x\. .*onDelete: "deleteAssets"/,
    );
  });

  it("list ten assets and count the others", () => {
    const keys = Array.from({ length: 12 }, (_, index) => `${index}.csv`);
    const [text] = textsOf(reviewed([replaced("a", keys, [...keys, "new"])]));
    expect(text).to.contain(
      `12 assets will be in revision rrrrrrrr… twice: ${keys.slice(0, 10).join(", ")} and 2 more.`,
    );
  });
});
