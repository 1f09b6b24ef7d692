import { expect } from "chai";

import { secretMask as secret, unknownValue as unknown } from "../../lib/pulumi-values";
import { deletion } from "../harness/review-result";
import { effectsOf, warningsIn } from "./expected";
import { at, created, deleted, importOf, imported, rerunOf, reviewed, same, step } from "./previews";

const revision = at.revisionId;
const deleteAssets = { onDelete: "deleteAssets" };
const x = { id: "1", name: "x" };

/** A job that left x, and whose state has these other outputs. */
const ranWith = (outputs: object) => rerunOf(["x"], { outputs });
/** Declares onDelete in the same change that replaces the job. */
const declaredLate = rerunOf(["x"], { inputs: { ...importOf(["x", "y"]), ...deleteAssets } });
const failed = ranWith({ state: "ERROR", assets: [] });
const retained = rerunOf(["x"], { outputs: deleteAssets, retainOnDelete: true });
const inSecret = (...keys: string[]) => importOf(keys, { ...at, revisionId: secret });
const ofSecretRevision = rerunOf(["x"], { inputs: inSecret("x", "y"), outputs: inSecret("x") });
const hidden = rerunOf(["x"], { inputs: { type: "IMPORT_ASSETS_FROM_S3", details: unknown } });
const partlyListed = rerunOf(["x", "z"], { outputs: { assets: [x], __incomplete: true, ...deleteAssets } });
const notListed = rerunOf(["x", "z"], { outputs: { assets: [], __pending: true } });
const upload = {
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { ...at, assetName: "x" } },
  assets: [x],
};
const exported = { type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: { dataSetId: "d" } } };
const uploaded = rerunOf([], { outputs: upload });
const uploadedBefore = rerunOf([], { inputs: exported, outputs: { ...upload, ...deleteAssets } });
const resumed = step("update", {
  name: "a",
  inputs: importOf(["x", "y"]),
  old: imported(["x", "y"], { state: "IN_PROGRESS", assets: [], __pending: true }),
});
/** The job before the last run, whose deletion is pending. */
const earlier = (outputs: object = {}) => {
  const old = { ...imported(["x", "z"], outputs), id: "earlier" };
  return step("delete-replaced", { name: "a", old });
};
/** The preview has the steps of replacements. */
const withReplacements = step("create-replacement", { name: "a" });

const remedy = "set-on-delete-first";
const doubled = { kind: "duplicate-assets", cause: "last-run", remedy };
const twice = (rest: object = {}) => ({ ...doubled, revision, assets: ["x"], ...rest });
const remaining = { kind: "remaining-assets", cause: "last-run", revision, assets: ["z"] };
const byHand = { cause: "earlier-run", remedy: "delete-by-hand" };
const ofEarlier = [twice(byHand), { ...remaining, cause: "earlier-run" }];
const running = { kind: "duplicate-assets", cause: "running-job", state: "IN_PROGRESS" };
const isDeleted = (assets?: string[], cause = "last-run") => deletion(cause, assets, false);
const ofOther = (cause: string, job: string, ...assets: string[]) => ({
  ...{ kind: "duplicate-assets", revision, mayBeRenamed: true },
  ...{ cause, jobs: [job], assets },
});

describe("review of assets", () => {
  const cases: [what: string, steps: object[], warnings: object[]][] = [
    ["of a last run that left none", [ranWith({ assets: [] })], []],
    ["that both runs have, and that only the last run has", [rerunOf(["x", "z"])], [twice(), remaining]],
    ["that only the last run has", [rerunOf(["z"])], [{ ...remaining, remedy }]],
    ["that deleteAssets deletes", [ranWith(deleteAssets)], [isDeleted(["x"])]],
    ["that retainOnDelete keeps", [retained], [twice({ remedy: "drop-retain-on-delete" })]],
    ["that a new onDelete cannot delete yet", [declaredLate], [twice({ remedy: "apply-on-delete-first" })]],
    ["of the job of another process", [ranWith({ __shared: true })], [twice({ remedy: "none-shared" })]],
    ["in a revision that a secret hides", [ofSecretRevision], [{ ...doubled, assets: ["x"] }]],
    ["of a job with hidden details", [hidden], [doubled]],
    ["of a completed run that were not listed", [notListed, withReplacements], [twice(), remaining]],
    ["of a completed run that were not all listed", [partlyListed], [isDeleted(["x", "z"])]],
    [
      "of a failed run that were not listed",
      [ranWith({ state: "ERROR", assets: [], __pending: true }), withReplacements],
      [isDeleted()],
    ],
    [
      "of a run that never started",
      [ranWith({ state: "WAITING", assets: [], __pending: true }), withReplacements],
      [],
    ],
    ["of a failed run", [ranWith({ state: "ERROR" }), withReplacements], [isDeleted(["x"])]],
    ["of a run that has not ended", [ranWith({ state: "IN_PROGRESS", assets: [] })], [running]],
    ["of a run before a failed one", [failed, earlier()], ofEarlier],
    ["of a run before one that is resumed", [resumed, earlier()], ofEarlier],
    [
      "of a run before a failed one that deleteAssets deletes",
      [failed, earlier(deleteAssets)],
      [isDeleted(["x", "z"], "earlier-run")],
    ],
    [
      "of a run before a failed one that the preview does not show",
      [failed],
      [{ kind: "duplicate-assets", cause: "hidden-run" }],
    ],
    ["of a failed run without an earlier one", [failed, withReplacements], []],
    ["of a last run of another type", [uploaded], [twice()]],
    ["of a last run of another type that deleteAssets deletes", [uploadedBefore], [isDeleted(["x"])]],
    [
      "that a deleted job leaves",
      [created("new", ["x", "y"]), deleted("old", ["x", "y", "z"])],
      [ofOther("left-by-deleted", "old", "x", "y")],
    ],
    [
      "of a job that stays",
      [created("new", ["x", "y"]), same("b", ["y"])],
      [ofOther("left-by-kept", "b", "y")],
    ],
    [
      "that a replaced job left and its former job keeps",
      [same("a", ["y"]), earlier(), created("b", ["x"])],
      [ofOther("left-by-kept", "a", "x")],
    ],
    ["that a deleted job deletes", [created("new", ["x"]), deleted("old", ["x"], deleteAssets)], []],
    ["that no other job has", [created("new", ["x"]), deleted("old", ["z"])], []],
    [
      "that another job creates in the same run",
      [created("a", ["x", "y"]), created("b", ["y", "z"])],
      [ofOther("created", "b", "y")],
    ],
    [
      "that the job names twice",
      [created("a", ["x", "y", "x"])],
      [{ kind: "duplicate-assets", cause: "repeated", assets: ["x"] }],
    ],
    ["that are unknown", [created("a", [unknown, unknown])], []],
  ];
  for (const [what, steps, warnings] of cases)
    it(`${warnings.length > 0 ? "warns" : "does not warn"} about assets ${what}`, () =>
      expect(warningsIn(...steps)).to.deep.equal(warnings));

  it("reports the deletion of a former job's assets if the job itself does not run", () => {
    const effect = { kind: "former-deleted", assets: { names: ["x", "z"], outcome: "deleted" } };
    expect(effectsOf(reviewed([same("a", ["y"]), earlier(deleteAssets)]))).to.deep.equal([["a", effect]]);
    expect(reviewed([same("a", ["y"]), earlier()]).idle).to.deep.equal([]);
  });

  it("does not report the former job of a renamed job that is replaced in this run", () => {
    const renamed = step("replace", { name: "new", inputs: importOf(["y"]), old: imported(["x"]) });
    const former = step("delete-replaced", { name: "old", old: imported(["x"], deleteAssets) });
    expect(reviewed([renamed, former, step("create-replacement", { name: "new" })]).idle).to.deep.equal([]);
  });
});
