import { expect } from "chai";

import { secretMask as secret, unknownValue as unknown } from "../../lib/pulumi-values";
import { describeWarning } from "../../review/describe-warning";
import { toPlainText } from "../../review/rich-text";
import { kindsOf } from "../harness/review-result";
import { warningsIn } from "./expected";
import { at, replaced, rerunOf, step } from "./previews";

const revision = at.revisionId;

describe("warningsOf", () => {
  const exportOf = (bucket: string, revisionId = revision, keyPattern?: string) => {
    const destination = { revisionId, bucket, ...(keyPattern !== undefined && { keyPattern }) };
    const details = { dataSetId: at.dataSetId, revisionDestinations: [destination] };
    return { type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: details } };
  };
  const overwritten = (inputs: object, before = exportOf("target")) =>
    warningsIn(rerunOf([], { inputs, outputs: before }));

  it("names the objects that an export overwrites, unless the preview hides them", () => {
    const kind = "overwritten-objects";
    const ownKeys = "${Revision.Id}/${Asset.Name}";
    const objects = ["s3://target/${Asset.Name}"];
    expect(overwritten(exportOf("target"))).to.deep.equal([{ kind, objects }]);
    expect(overwritten(exportOf(unknown))).to.deep.equal([{ kind }]);
    expect(overwritten({ ...exportOf("target"), details: secret })).to.deep.equal([{ kind }]);
    expect(overwritten(exportOf("other"))).to.deep.equal([]);
    const toOwnKeys = exportOf("target", revision, ownKeys);
    expect(overwritten(exportOf("target", unknown, ownKeys), toOwnKeys)).to.deep.equal([]);
  });

  const ofRevision = (op: string, finalized?: boolean, was?: boolean, kind = "revision:Revision") =>
    step(op, {
      name: "november",
      type: `aws:dataexchange/${kind}`,
      ...(op !== "delete" && { inputs: { finalized } }),
      old: { outputs: { id: revision, finalized: was } },
    });
  const finalization = (op: string) =>
    step(op, {
      name: "published",
      type: "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization",
      ...(op !== "delete" && { inputs: { revisionId: revision } }),
      old: { outputs: { revisionId: revision } },
    });
  const byAssets = ofRevision("update", true, false, "revisionAssets:RevisionAssets");
  const cases: [what: string, other: object, warnings: string[]][] = [
    ["is deleted", ofRevision("delete"), ["container-deleted"]],
    ["is replaced", ofRevision("replace"), ["container-replaced"]],
    ["is finalized in this run", ofRevision("update", true, false), ["revision-finalized"]],
    ["is already finalized", ofRevision("same", true, true), ["revision-already-finalized"]],
    ["is finalized by RevisionAssets", byAssets, ["revision-finalized"]],
    ["stays open", ofRevision("same", false, false), []],
    ["is opened again", finalization("delete"), ["revision-reopened"]],
    ["has a RevisionFinalization", finalization("same"), ["revision-already-finalized"]],
  ];
  for (const [what, other, kinds] of cases) {
    it(`returns ${kinds[0] ?? "nothing"} for a revision that ${what}`, () =>
      expect(kindsOf(warningsIn(other, replaced("a", [], ["x"])))).to.deep.equal(kinds));
  }
});

describe("describeWarning", () => {
  const textOf = (job: object): string => toPlainText(describeWarning(warningsIn(job)[0]!));

  it("names the assets, the revision and the remedy", () => {
    expect(textOf(rerunOf(["x", "z"]))).to.match(
      /^1 asset will be in revision rrrrrrrr… twice: x\. .*onDelete: "deleteAssets"/,
    );
  });

  it("lists ten assets and counts the others", () => {
    const keys = Array.from({ length: 12 }, (_, index) => `${index}.csv`);
    const listed = `twice: ${keys.slice(0, 10).join(", ")} and 2 more.`;
    expect(textOf(replaced("a", keys, [...keys, "new"])))
      .to.match(/^12 assets will be/)
      .and.contain(listed);
  });
});
