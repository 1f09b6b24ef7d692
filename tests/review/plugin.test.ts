/** Previews of the plugin in the form in which the engine writes them. */
import { expect } from "chai";

import { parsePreview } from "../../review/parse-preview";
import { parsePropertyPath } from "../../review/property-path";
import { toJson } from "../../review/render";
import { reviewOf } from "../../review/review";
import { headlineOf } from "../../review/summary";
import { effectsOf } from "./expected";
import {
  at,
  created,
  deleted,
  importOf,
  imported,
  previewOf,
  replaced,
  rerunOf,
  reviewed,
  same,
  step,
  urnOf,
} from "./previews";
import { importsOf, ranSet, setStep } from "./set-previews";

const job = "dataexchange:index:Job";
const withPlugin = (text: string): string =>
  text.replaceAll("pulumi-nodejs:dynamic/dataexchange:", "dataexchange:index:");

describe("the review of a preview of the plugin", () => {
  const failed = { failed: { a: [{ code: "X", message: "x" }] }, former: importsOf({ a: { x: "1" } }) };
  const before = ranSet(importsOf({ a: { x: "1", y: "1" }, b: { z: "1" } }), failed);
  const previews: Record<string, object[]> = {
    "single jobs": [
      created("new"),
      replaced("changed", ["a", "b"], ["b", "c"]),
      rerunOf(["x"], {
        outputs: { state: "ERROR", errors: [{ code: "X", message: "x" }] },
        replaceReasons: ["state"],
      }),
      step("update", {
        name: "open",
        inputs: importOf(["a"]),
        old: imported(["a"], { state: "IN_PROGRESS" }),
      }),
      same("kept", ["a"]),
      deleted("gone", ["a"], { onDelete: "deleteAssets" }),
    ],
    "a set": [setStep("update", "set", importsOf({ a: { x: "2", y: "1" }, c: { z: "1" } }), before)],
    "a finalized revision": [
      step("create", { name: "last", inputs: importOf(["a"]) }),
      step("create", {
        name: "final",
        type: "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization",
        inputs: {},
        dependencies: [urnOf("last")],
      }),
    ],
  };
  for (const [what, steps] of Object.entries(previews)) {
    it(`is that of the same preview of the dynamic provider, for ${what}`, () => {
      const text = previewOf(steps);
      const [dynamic, plugin] = [text, withPlugin(text)].map((each) => reviewOf(parsePreview(each)));
      expect(dynamic!.running).to.have.length.above(0);
      expect(toJson(plugin!)).to.equal(withPlugin(toJson(dynamic!)));
    });
  }

  it("relates the jobs of a stack that has gone over to the plugin to their former ones", () => {
    const leftover = step("delete-replaced", {
      name: "a",
      old: { id: "k".repeat(32), ...imported(["x"], { onDelete: "deleteAssets" }) },
    });
    const rerun = JSON.parse(withPlugin(JSON.stringify(rerunOf(["y"])))) as object;
    const { running, idle } = reviewed([rerun, leftover]);
    expect(running[0]!.warnings).to.containSubset([
      { kind: "deleted-assets", cause: "earlier-run", assets: ["x"] },
    ]);
    expect(idle).to.deep.equal([]);
  });

  it("does not take a message on a job for one of a component", () => {
    const diagnostics = [{ severity: "info", message: "hello", urn: urnOf("a", job) }];
    expect(reviewed([created("a")], { diagnostics }).deferred).to.deep.equal([]);
  });

  it("reads what an imported job has of the program's inputs only", () => {
    const inputs = { ...importOf(["a"]), onDelete: "deleteAssets" };
    const gone = step("delete", { name: "a", type: job, old: { ...imported(["a"]), inputs } });
    expect(effectsOf(reviewed([gone]))).to.containSubset([
      ["a", { kind: "deleted", assets: { outcome: "deleted" } }],
    ]);
  });

  it("warns that a job with the option `import` is not replaced", () => {
    const importing = step("replace", {
      name: "a",
      type: job,
      inputs: importOf(["b"]),
      old: imported(["a"]),
      replaceReasons: ["details"],
    });
    const withOption = (importID: string) => {
      const { newState, ...rest } = importing as { newState: object };
      return reviewed([{ ...rest, newState: { ...newState, importID } }]).running[0]!.warnings.map(
        ({ kind }) => kind,
      );
    };
    expect(withOption("j".repeat(32))).to.include("import-option");
    expect(withOption("k".repeat(32))).to.not.include("import-option");
  });

  it("shows a job that takes the place of another by an import, and no run", () => {
    const old = { ...imported(["a"], { onDelete: "deleteAssets" }), id: "j".repeat(32) };
    const parts = { name: "a", type: job, inputs: importOf(["b"]) };
    const steps = [
      step("import-replacement", parts),
      step("replace", { ...parts, old }),
      step("update", { ...parts, old: imported(["b"]) }),
      step("delete-replaced", { name: "a", type: job, old }),
    ];
    const review = reviewed(steps);
    expect(headlineOf(review)).to.equal("1 job is imported");
    expect(effectsOf(review))
      .to.containSubset([["a", { kind: "imported", assets: { names: ["a"], outcome: "deleted" } }]])
      .and.to.have.length(1);
  });

  it("names the properties of an update that the plugin names", () => {
    const old = { ...imported(["a"]), inputs: { type: "IMPORT_ASSETS_FROM_S3" } };
    const parts = { name: "a", type: job, inputs: { ...importOf(["a"]), onDelete: "deleteAssets" }, old };
    const update = { ...step("update", parts), detailedDiff: { onDelete: { kind: "add", inputDiff: true } } };
    expect(effectsOf(reviewed([update]))).to.deep.equal([
      ["a", { kind: "updated", properties: ["onDelete"] }],
    ]);
  });

  it("shows no credential that a preview has in clear", () => {
    const api = (more: object) => ({
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: { importAssetFromApiGatewayApi: { ...at, apiId: "abc123", stage: "prod", ...more } },
    });
    const old = { inputs: api({}), outputs: { ...api({}), state: "COMPLETED", assets: [] } };
    const inputs = api({ apiKey: "planted" });
    const review = reviewed([
      step("replace", { name: "a", type: job, inputs, old, replaceReasons: ["details"] }),
    ]);
    expect(toJson(review)).to.contain("apiKey changed (secret)").and.not.contain("planted");
  });

  it("reads a set whose results are masked in part", () => {
    const masked = ranSet(importsOf({ a: { x: "1" } }), {
      former: importsOf({ a: { y: "1" } }),
      settings: { onDelete: "deleteAssets" },
    });
    const [result] = Object.values(
      (masked.outputs as { results: Record<string, Record<string, unknown>> }).results,
    );
    Object.assign(result!, { assets: "[secret]", errors: "[secret]", former: "[secret]" });
    const review = reviewed([
      JSON.parse(
        withPlugin(
          JSON.stringify(
            setStep("update", "set", importsOf({ a: { z: "1" } }), masked, {
              settings: { onDelete: "deleteAssets" },
            }),
          ),
        ),
      ) as object,
    ]);
    const unknown = { kind: "deleted-assets", isAfterSet: true };
    expect(review.running[0]!.warnings).to.deep.include.members([
      { ...unknown, cause: "last-run" },
      { ...unknown, cause: "earlier-run" },
    ]);
  });
});

describe("parsePropertyPath", () => {
  const paths: Record<string, (string | number)[]> = {
    triggers: ["triggers"],
    "details.importAssetsFromS3.assetSources[3].key": [
      "details",
      "importAssetsFromS3",
      "assetSources",
      3,
      "key",
    ],
    'jobs["a.b"]["c\\"d"].type': ["jobs", "a.b", 'c"d', "type"],
    '["a[0]"].b': ["a[0]", "b"],
  };
  for (const [text, path] of Object.entries(paths))
    it(`reads ${text}`, () => expect(parsePropertyPath(text)).to.deep.equal(path));
});
