import { expect } from "chai";

import { rerunOf, at, importOf, imported, reviewed, secret, step, unknown, warningsIn } from "./previews";

const revision = at.revisionId;
const remedy = "set-on-delete-first";

/** The preview has the steps of replacements. */
const withReplacements = step("create-replacement", { name: "a" });
const creates = (name: string, ...keys: string[]) => step("create", { name, inputs: importOf(keys) });

const doubled = (rest: object) => ({
  kind: "duplicate-assets",
  cause: "last-run",
  revision,
  remedy,
  ...rest,
});
const deleted = (assets: string[], cause = "last-run") => ({
  kind: "deleted-assets",
  cause,
  assets,
  isAfterSet: false,
});

describe("review: warnings about assets", () => {
  const failed = { state: "ERROR", assets: [] };
  const earlier = (rest: object = {}) => {
    const waiting = step("delete-replaced", { name: "a", old: imported(["x", "z"], rest) });
    return { ...waiting, oldState: { ...(waiting as { oldState: object }).oldState, id: "earlier" } };
  };
  const ofEarlier = [
    { kind: "duplicate-assets", cause: "earlier-run", revision, remedy: "delete-by-hand", assets: ["x"] },
    { kind: "remaining-assets", cause: "earlier-run", revision, assets: ["z"] },
  ];
  const upload = {
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    details: { importAssetFromSignedUrl: { ...at, assetName: "x" } },
    assets: [{ id: "1", name: "x" }],
  };
  const ofOther = { kind: "duplicate-assets", revision, mayBeRenamed: true };
  const inSecretRevision = { ...at, revisionId: secret };

  const cases: [what: string, steps: object[], warnings: object[]][] = [
    ["of a last run that left none", [rerunOf(["x"], { assets: [] })], []],
    [
      "that will be twice and that stay",
      [rerunOf(["x", "z"])],
      [doubled({ assets: ["x"] }), { kind: "remaining-assets", cause: "last-run", revision, assets: ["z"] }],
    ],
    [
      "that only stay",
      [rerunOf(["z"])],
      [{ kind: "remaining-assets", cause: "last-run", revision, assets: ["z"], remedy }],
    ],
    ["that deleteAssets deletes", [rerunOf(["x"], { onDelete: "deleteAssets" })], [deleted(["x"])]],
    [
      "that retainOnDelete keeps",
      [rerunOf(["x"], { onDelete: "deleteAssets" }, { retainOnDelete: true })],
      [doubled({ assets: ["x"], remedy: "drop-retain-on-delete" })],
    ],
    [
      "of the job of another process",
      [rerunOf(["x"], { __shared: true })],
      [doubled({ assets: ["x"], remedy: "none-shared" })],
    ],
    [
      "of which a secret hides the revision",
      [
        step("replace", {
          name: "a",
          inputs: importOf(["x", "y"], inSecretRevision),
          old: { outputs: { ...imported(["x"]).outputs, ...importOf(["x"], inSecretRevision) } },
          replaceReasons: ["details"],
        }),
      ],
      [{ kind: "duplicate-assets", cause: "last-run", remedy, assets: ["x"] }],
    ],
    [
      "of hidden details",
      [
        step("replace", {
          name: "a",
          inputs: { type: "IMPORT_ASSETS_FROM_S3", details: unknown },
          old: imported(["x"]),
          replaceReasons: ["details"],
        }),
      ],
      [{ kind: "duplicate-assets", cause: "last-run", remedy }],
    ],
    [
      "of a completed run that were not listed",
      [rerunOf(["x", "z"], { assets: [], __pending: true }), withReplacements],
      [doubled({ assets: ["x"] }), { kind: "remaining-assets", cause: "last-run", revision, assets: ["z"] }],
    ],
    [
      "of a completed run that were not all listed",
      [
        rerunOf(["x", "z"], {
          assets: [{ id: "1", name: "x" }],
          __incomplete: true,
          onDelete: "deleteAssets",
        }),
      ],
      [deleted(["x", "z"])],
    ],
    [
      "of a failed run that were not listed",
      [rerunOf(["x"], { ...failed, __pending: true }), withReplacements],
      [{ kind: "deleted-assets", cause: "last-run", isAfterSet: false }],
    ],
    [
      "of a run that never started",
      [rerunOf(["x"], { state: "WAITING", assets: [], __pending: true }), withReplacements],
      [],
    ],
    [
      "of a failed run, which the next run deletes",
      [rerunOf(["x"], { state: "ERROR" }), withReplacements],
      [deleted(["x"])],
    ],
    [
      "of a run that has not ended",
      [rerunOf(["x"], { state: "IN_PROGRESS", assets: [] })],
      [{ kind: "duplicate-assets", cause: "running-job", state: "IN_PROGRESS" }],
    ],
    ["of a run before a failed one", [rerunOf(["x", "y"], failed), earlier()], ofEarlier],
    [
      "of a run before one that is resumed",
      [
        step("update", {
          name: "a",
          inputs: importOf(["x", "y"]),
          old: imported(["x", "y"], { state: "IN_PROGRESS", assets: [], __pending: true }),
        }),
        earlier(),
      ],
      ofEarlier,
    ],
    [
      "of a run before a failed one that deleteAssets deletes",
      [rerunOf(["x", "y"], failed), earlier({ onDelete: "deleteAssets" })],
      [deleted(["x", "z"], "earlier-run")],
    ],
    [
      "of a run before a failed one that the preview does not show",
      [rerunOf(["x"], failed)],
      [{ kind: "duplicate-assets", cause: "hidden-run" }],
    ],
    ["of no run before a failed one", [rerunOf(["x"], failed), withReplacements], []],
    ["of a last run of another type", [rerunOf([], upload)], [doubled({ assets: ["x"] })]],
    [
      "of a last run of another type that deleteAssets deletes",
      [
        step("replace", {
          name: "a",
          inputs: { type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: { dataSetId: "d" } } },
          old: imported([], { ...upload, onDelete: "deleteAssets" }),
          replaceReasons: ["type"],
        }),
      ],
      [deleted(["x"])],
    ],
    [
      "that a deleted job leaves",
      [creates("new", "x", "y"), step("delete", { name: "old", old: imported(["x", "y", "z"]) })],
      [{ ...ofOther, cause: "left-by-deleted", assets: ["x", "y"], jobs: ["old"] }],
    ],
    [
      "of a job that stays",
      [creates("new", "x", "y"), step("same", { name: "b", inputs: importOf(["y"]), old: imported(["y"]) })],
      [{ ...ofOther, cause: "left-by-kept", assets: ["y"], jobs: ["b"] }],
    ],
    [
      "that a replaced job left and its former job keeps",
      [
        step("same", { name: "a", inputs: importOf(["y"]), old: imported(["y"]) }),
        earlier(),
        creates("b", "x"),
      ],
      [{ ...ofOther, cause: "left-by-kept", assets: ["x"], jobs: ["a"] }],
    ],
    [
      "of a deleted job that deletes them",
      [
        creates("new", "x"),
        step("delete", { name: "old", old: imported(["x"], { onDelete: "deleteAssets" }) }),
      ],
      [],
    ],
    [
      "that no other job has",
      [creates("new", "x"), step("delete", { name: "old", old: imported(["z"]) })],
      [],
    ],
    [
      "that another job creates in the same run",
      [creates("a", "x", "y"), creates("b", "y", "z")],
      [{ ...ofOther, cause: "created", assets: ["y"], jobs: ["b"] }],
    ],
    [
      "that the job names twice",
      [creates("a", "x", "y", "x")],
      [{ kind: "duplicate-assets", cause: "repeated", assets: ["x"] }],
    ],
    ["that are unknown", [creates("a", unknown, unknown)], []],
  ];
  for (const [what, steps, warnings] of cases)
    it(`consider assets ${what}`, () => expect(warningsIn(...steps)).to.deep.equal(warnings));

  it("report the deletion of a former job's assets where the job itself does not run", () => {
    const calm = step("same", { name: "a", inputs: importOf(["y"]), old: imported(["y"]) });
    const { idle } = reviewed([calm, earlier({ onDelete: "deleteAssets" })]);
    expect(idle.map(({ effect }) => effect)).to.deep.equal([
      { kind: "former-deleted", assets: { names: ["x", "z"], fate: "deleted" } },
    ]);
    expect(reviewed([calm, earlier()]).idle).to.deep.equal([]);
  });

  it("do not report the former job of a renamed job that is replaced in this run", () => {
    const renamed = step("replace", { name: "new", inputs: importOf(["y"]), old: imported(["x"]) });
    const former = step("delete-replaced", {
      name: "old",
      old: imported(["x"], { onDelete: "deleteAssets" }),
    });
    expect(reviewed([renamed, former, step("create-replacement", { name: "new" })]).idle).to.deep.equal([]);
  });
});
