import { expect } from "chai";

import { sentence } from "../../review/rich-text";
import type { Review } from "../../review/index";
import { at, importOf, imported, replaced, reviewed, secret, step, unknown, urnOf } from "./previews";

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
    expect(reasonsOf(told)[1]).to.match(/^details not known until bucket files exists$/);
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

  it("looks into no details that are hidden as a whole", () => {
    const change = (details: unknown) =>
      reviewed([
        step("replace", {
          name: "a",
          inputs: { type: "IMPORT_ASSETS_FROM_S3", details },
          old: imported(["x"]),
          replaceReasons: ["details"],
        }),
      ]);
    for (const wrapped of [false, true]) {
      const of = (value: string) => change(wrapped ? { importAssetsFromS3: value } : value);
      expect(of(unknown).running[0]!.action).to.equal("mayRerun");
      expect(reasonsOf(of(unknown))).to.deep.equal(["details not known yet"]);
      expect(of(secret).running[0]!.action).to.equal("rerun");
      expect(reasonsOf(of(secret))).to.deep.equal(["a secret in details changed"]);
      for (const [value, why] of [
        [unknown, "not known yet"],
        [secret, "secret"],
      ] as const) {
        expect(sentence(of(value).running[0]!.does)).to.match(
          new RegExp(`^imports objects .* \\(details ${why}\\)$`),
        );
        expect(cautionsOf(of(value))[0]).to.match(
          /^unless the revision is another one, assets may be in it twice;/,
        );
      }
    }
  });

  it("does not call a cause what the provider has not named, such as a mask that is new", () => {
    const { inputs, outputs } = imported(["x"], { triggers: ["one"] });
    const masked = { ...importOf([secret]), triggers: ["two"] };
    const job = step("replace", {
      name: "a",
      inputs: masked,
      old: { inputs, outputs },
      replaceReasons: ["triggers"],
    });
    expect(reasonsOf(reviewed([job]))).to.deep.equal(["trigger 1 changed from one to two"]);
  });

  it("names ten triggers, and of more the number of the rest", () => {
    const triggers = (number: number, value: unknown) =>
      Object.fromEntries(keysOf(number).map((key) => [key, value]));
    const change = (before: unknown, after: unknown) =>
      reviewed([
        step("replace", {
          name: "a",
          inputs: { ...importOf(["x"]), triggers: [after] },
          old: imported(["x"], { triggers: [before] }),
          replaceReasons: ["triggers"],
        }),
      ]);
    const told = reasonsOf(change(triggers(100, "one"), triggers(100, "two")));
    expect(told).to.have.length(11);
    expect(told[9]).to.equal("trigger 9.csv changed from one to two");
    expect(told[10]).to.equal("90 more triggers changed");
    const hidden = change(triggers(100, "one"), triggers(100, unknown));
    expect(hidden.running[0]!.action).to.equal("mayRerun");
    expect(reasonsOf(hidden)[10]).to.equal("90 more triggers not known yet");
    const named = change({}, JSON.parse('{ "constructor": "one", "__proto__": "two" }'));
    expect(reasonsOf(named)).to.deep.equal([
      "trigger constructor added: one",
      "trigger __proto__ added: two",
    ]);
  });

  it("does not tell of a source that comes or goes a second time by the trigger of its name", () => {
    const change = (before: object, after: object) =>
      reasonsOf(
        reviewed([
          step("replace", {
            name: "a",
            inputs: { ...importOf(["x", "z"]), triggers: [after] },
            old: imported(["x", "y"], { triggers: [before] }),
            replaceReasons: ["details", "triggers"],
          }),
        ]),
      );
    const sources = "1 object added: s3://source/z; 1 object removed: s3://source/y";
    expect(change({ x: "1", y: "1" }, { x: "1", z: "1" })).to.deep.equal([sources]);
    expect(change({ x: "1", y: "1" }, { x: "2", z: "1", other: "1" })).to.deep.equal([
      sources,
      "object s3://source/x has changed",
      "trigger other added: 1",
    ]);
    expect(change({ x: secret }, { x: secret })).to.deep.equal([sources, "a secret in triggers changed"]);
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

  it("is what another job has made in the same revision, and leaves there", () => {
    const cautions = (...steps: object[]) =>
      cautionsOf(reviewed([step("create", { name: "new", inputs: importOf(["x", "y"]) }), ...steps]));
    const old = imported(["x", "y", "z"]);
    expect(cautions(step("delete", { name: "old", old }))).to.deep.equal([
      "2 assets of job old, which is deleted, stay in revision rrrrrrrr… and will be in it twice: x, y; an alias keeps a renamed job as it is",
    ]);
    const one = imported(["y"]);
    expect(cautions(step("same", { name: "other", inputs: importOf(["y"]), old: one }))).to.deep.equal([
      "1 asset of job other is in revision rrrrrrrr… already and will be in it twice: y",
    ]);
    expect(cautions(step("delete", { name: "old", old: imported(["x"], { onDelete: "deleteAssets" }) }))).to
      .be.empty;
    expect(cautions(step("delete", { name: "old", old: imported(["z"]) }))).to.be.empty;
    expect(cautions(step("delete", { name: "old", old: imported(["x"], { assets: [] }) }))).to.be.empty;
    expect(cautions()).to.be.empty;
  });

  it("is what a job names twice, or another makes in the same run", () => {
    const make = (name: string, ...keys: string[]) => step("create", { name, inputs: importOf(keys) });
    const both = reviewed([make("a", "x", "y"), make("b", "y", "z")]);
    expect(cautionsOf(both, 0)).to.deep.equal([
      "job b makes 1 asset of the same name in revision rrrrrrrr…, too: y",
    ]);
    expect(cautionsOf(both, 1)).to.deep.equal([
      "job a makes 1 asset of the same name in revision rrrrrrrr…, too: y",
    ]);
    expect(cautionsOf(reviewed([make("a", "x", "y", "x")]))).to.deep.equal([
      "it names 1 asset more than once, and makes it as often: x",
    ]);
    expect(cautionsOf(reviewed([make("a", unknown, unknown)]))).to.be.empty;
  });

  it("is a revision that may be the same, where it is secret", () => {
    const place = { ...at, revisionId: secret };
    const { outputs } = imported(["x"]);
    const job = step("replace", {
      name: "a",
      inputs: importOf(["x", "y"], place),
      old: { outputs: { ...outputs, ...importOf(["x"], place) } },
      replaceReasons: ["details"],
    });
    expect(cautionsOf(reviewed([job]))[0]).to.match(
      /^unless the revision is another one, 1 asset will be in it twice: x;/,
    );
  });

  it("is what deleteAssets would delete, if retainOnDelete did not keep it", () => {
    const of = (retainOnDelete: boolean) => {
      const old = { ...imported(["x"], { onDelete: "deleteAssets" }), retainOnDelete };
      return cautionsOf(
        reviewed([
          step("replace", { name: "a", inputs: importOf(["x", "y"]), old, replaceReasons: ["details"] }),
        ]),
      );
    };
    expect(of(false)).to.deep.equal(["1 asset of its last run is deleted, unless the revision is finalized"]);
    expect(of(true)).to.deep.equal([
      "revision rrrrrrrr… is the same, so 1 asset will be in it twice: x; retainOnDelete keeps the old ones",
    ]);
  });

  describe("of runs whose assets were never listed", () => {
    const at = (state: string, rest: object, onDelete?: string) =>
      cautionsOf(
        reviewed([
          step("replace", {
            name: "a",
            inputs: importOf(["x", "y"]),
            old: imported(["x", "z"], { state, assets: [], ...rest, ...(onDelete && { onDelete }) }),
            replaceReasons: ["details"],
          }),
          step("create-replacement", { name: "a" }),
        ]),
      );

    it("is what they were to make, if they completed", () => {
      for (const rest of [{ __pending: true }, { __incomplete: true, assets: [{ id: "1", name: "x" }] }]) {
        expect(at("COMPLETED", rest)).to.deep.equal([
          'revision rrrrrrrr… is the same, so 1 asset will be in it twice: x; onDelete: "deleteAssets", applied before this in a run that does not replace the job, has the old ones deleted',
          "revision rrrrrrrr… is the same, so 1 asset of its last run stays in it beside the new: z",
        ]);
        expect(at("COMPLETED", rest, "deleteAssets")).to.deep.equal([
          "2 assets of its last run are deleted, unless the revision is finalized",
        ]);
      }
    });

    it("is nothing that is known, if they failed, and nothing, if they never started", () => {
      expect(at("ERROR", { __pending: true })).to.deep.equal([
        "the assets of its last run are deleted, unless the revision is finalized",
      ]);
      expect(at("WAITING", { __pending: true })).to.deep.equal([]);
    });
  });

  it("is what a run that failed left, which its retry takes away", () => {
    const failed = replaced("a", ["x", "y"], ["x", "y"], ["x"]) as { oldState: { outputs: object } };
    Object.assign(failed.oldState.outputs, { state: "ERROR" });
    expect(cautionsOf(reviewed([failed, step("create-replacement", { name: "a" })]))).to.deep.equal([
      "1 asset of its last run is deleted, unless the revision is finalized",
    ]);
  });

  describe("of a run before one that failed", () => {
    const failed = (op: string, rest = {}) =>
      step(op, {
        name: "a",
        inputs: importOf(["x", "y"]),
        old: imported(["x", "y"], { state: "ERROR", assets: [], ...rest }),
        replaceReasons: ["state"],
      });
    const earlier = (rest: object = {}) => {
      const waiting = step("delete-replaced", { name: "a", old: imported(["x", "z"], rest) });
      return { ...waiting, oldState: { ...(waiting as { oldState: object }).oldState, id: "earlier" } };
    };

    it("is what the preview shows of it", () => {
      const retained = [
        "revision rrrrrrrr… is the same, so 1 asset will be in it twice: x; what is there is of an earlier run, whose deletion leaves it: delete it by hand before",
        "revision rrrrrrrr… is the same, so 1 asset of an earlier run stays in it beside the new: z",
      ];
      expect(cautionsOf(reviewed([failed("replace"), earlier()]))).to.deep.equal(retained);
      const left = failed("update", { state: "IN_PROGRESS", __pending: true });
      expect(cautionsOf(reviewed([left, earlier()]))).to.deep.equal(retained);
      expect(cautionsOf(reviewed([failed("replace"), earlier({ onDelete: "deleteAssets" })]))).to.deep.equal([
        "2 assets of an earlier run are deleted, unless the revision is finalized",
      ]);
    });

    it("is that it cannot be known, where the preview does not show it", () => {
      expect(cautionsOf(reviewed([failed("replace")]))).to.deep.equal([
        "what a run before its last one made may be in the revision twice: only pulumi preview --show-replacement-steps shows whether there is one in state",
      ]);
      expect(cautionsOf(reviewed([failed("replace"), step("create-replacement", { name: "a" })]))).to.be
        .empty;
    });

    it("is told by other jobs, too, and where the job itself runs nothing", () => {
      const other = step("create", { name: "b", inputs: importOf(["x"]) });
      const calm = step("same", { name: "a", inputs: importOf(["y"]), old: imported(["y"]) });
      expect(cautionsOf(reviewed([calm, earlier(), other]))).to.deep.equal([
        "1 asset of job a is in revision rrrrrrrr… already and will be in it twice: x",
      ]);
      const { still } = reviewed([calm, earlier({ onDelete: "deleteAssets" })]);
      expect(still.map(({ phrase }) => sentence(phrase))).to.deep.equal([
        "was replaced before, and what it was then is deleted, and with it 2 assets that it made, unless their revision is finalized",
      ]);
      expect(reviewed([calm, earlier()]).still).to.be.empty;
    });
  });

  it("is what a last run of another type made", () => {
    const upload = {
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { ...at, assetName: "x" } },
    };
    const change = (rest: object, inputs = importOf(["x", "y"])) => {
      const outputs = { ...upload, state: "COMPLETED", assets: [{ id: "1", name: "x" }], ...rest };
      const job = step("replace", { name: "a", inputs, old: { outputs }, replaceReasons: ["type"] });
      return cautionsOf(reviewed([job]));
    };
    const deleted = "1 asset of its last run is deleted, unless the revision is finalized";
    expect(change({})[0]).to.match(/^revision rrrrrrrr… is the same, so 1 asset will be in it twice: x;/);
    expect(change({ onDelete: "deleteAssets" })).to.deep.equal([deleted]);
    const details = { exportRevisionsToS3: { dataSetId: at.dataSetId, revisionDestinations: [] } };
    expect(change({ onDelete: "deleteAssets" }, { type: "EXPORT_REVISIONS_TO_S3", details })).to.deep.equal([
      deleted,
    ]);
  });

  it("is nothing that a renamed job leaves, which is deleted before its replacement is made", () => {
    const renamed = step("replace", { name: "new", inputs: importOf(["y"]), old: imported(["x"]) });
    const parts = [
      step("delete-replaced", { name: "old", old: imported(["x"], { onDelete: "deleteAssets" }) }),
      step("create-replacement", { name: "new" }),
    ];
    expect(reviewed([renamed, ...parts]).still).to.be.empty;
  });

  it("is not told of assets that went before their replacement was refused", () => {
    const old = { ...imported(["x"], { onDelete: "deleteAssets" }), pendingReplacement: true };
    const job = step("replace", { name: "a", inputs: importOf(["x"]), old });
    const review = reviewed([job, step("create-replacement", { name: "a" })]);
    expect(cautionsOf(review)).to.be.empty;
    expect(reasonsOf(review)).to.deep.equal(["it was deleted to be replaced, and the new job is missing"]);
  });

  it("is a last run that has not ended", () => {
    const job = step("replace", {
      name: "a",
      inputs: importOf(["x", "y"]),
      old: imported(["x"], { state: "IN_PROGRESS", assets: [] }),
      replaceReasons: ["details"],
    });
    expect(cautionsOf(reviewed([job]))).to.deep.equal([
      "its last run was left in IN_PROGRESS and cannot be stopped: what it makes may be there twice",
    ]);
  });

  it("is an export to where the preview does not show", () => {
    const exportOf = (bucket: string, revisionId = at.revisionId, keyPattern?: string) => ({
      type: "EXPORT_REVISIONS_TO_S3",
      details: {
        exportRevisionsToS3: {
          dataSetId: at.dataSetId,
          revisionDestinations: [{ revisionId, bucket, ...(keyPattern !== undefined && { keyPattern }) }],
        },
      },
    });
    const cautions = (inputs: object, before = exportOf("target")) =>
      cautionsOf(
        reviewed([
          step("replace", {
            name: "a",
            inputs,
            old: { outputs: { ...before, state: "COMPLETED" } },
            replaceReasons: ["details"],
          }),
        ]),
      );
    const may = "it may overwrite what its last run wrote: the preview does not show where it writes to";
    const own = "${Revision.Id}/${Asset.Name}";
    expect(cautions(exportOf(unknown))).to.deep.equal([may]);
    expect(cautions({ ...exportOf("target"), details: secret })).to.deep.equal([may]);
    expect(cautions(exportOf("target", unknown))[0]).to.match(/^it overwrites what its last run wrote: s3:/);
    expect(cautions(exportOf("target", unknown, own), exportOf("target", at.revisionId, own))).to.be.empty;
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
