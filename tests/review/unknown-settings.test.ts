/** Jobs of explicit providers, some of whose settings are not known yet. */
import { expect } from "chai";

import { unknownValue } from "../../lib/pulumi-values";
import { describeReason } from "../../review/describe-reason";
import { toJson } from "../../review/render";
import { toPlainText } from "../../review/rich-text";
import { headlineOf } from "../../review/summary";
import { at, importOf, imported, reviewed, step, urnOf } from "./previews";
import { importsOf, ranSet } from "./set-previews";

const job = "dataexchange:index:Job";

describe("the review of jobs whose provider has a setting that is not known yet", () => {
  const provider = (name: string, inputs: object) =>
    step("update", { name, type: "pulumi:providers:dataexchange", inputs });
  const under = (of: object, name = "aws"): object => {
    const { newState, ...rest } = of as { newState: object };
    const reference = `${urnOf(name, "pulumi:providers:dataexchange")}::id`;
    return { ...rest, newState: { ...newState, provider: reference } };
  };
  const unknown = provider("aws", { assumeRoles: [{ roleArn: unknownValue }] });
  const note = (urn: string) => ({
    ...{ severity: "warning", urn },
    message: "warning: The provider for this resource has inputs that are not known during preview.\n",
  });

  it("shows a failed job that the engine takes for unchanged", () => {
    const failed = {
      name: "a",
      type: job,
      inputs: importOf(["a"]),
      old: imported(["a"], { state: "ERROR" }),
    };
    const [row] = reviewed([unknown, under(step("same", failed))]).running;
    expect(row!.action).to.equal("rerun");
    expect(row!.reasons.map(({ kind }) => kind)).to.deep.equal(["failed", "not-known-yet"]);
    expect(toPlainText(describeReason(row!.reasons[1]!))).to.equal(
      "assumeRoles of provider aws is not known yet",
    );
  });

  it("resumes an unfinished job", () => {
    const old = imported(["a"], { state: "IN_PROGRESS" });
    const update = under(step("update", { name: "a", type: job, inputs: importOf(["a"]), old }));
    expect(headlineOf(reviewed([unknown, update]))).to.equal("1 job is resumed");
  });

  it("compares the jobs of a set, without credentials that the preview has in clear", () => {
    const api = (apiKey: string) => ({
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: { importAssetFromApiGatewayApi: { ...at, apiId: "abc123", stage: "prod", apiKey } },
    });
    const jobs = (apiKey: string, x: string) => ({ ...importsOf({ a: { x } }), api: api(apiKey) });
    const type = "dataexchange:index:JobSet";
    const old = ranSet(jobs("[secret]", "1"));
    const update = under(step("update", { name: "set", type, inputs: { jobs: jobs("planted", "2") }, old }));
    const review = reviewed([unknown, update], { diagnostics: [note(urnOf("set", type))] });
    const actions = review.running.map(({ urn, action }) => [urn.name, action]);
    expect(actions).to.deep.equal([
      ["set[a]", "rerun"],
      ["set[api]", "possibleRerun"],
    ]);
    expect(review.deferred).to.deep.equal([]);
    expect(toJson(review)).to.not.contain("planted");
  });

  it("counts the jobs of one account together", () => {
    const jobs = (name: string) =>
      Array.from({ length: 6 }, (_, index) =>
        under(step("create", { name: `${name}-${index}`, type: job, inputs: importOf(["a"]) }), name),
      );
    const queuesWith = (other: object) =>
      reviewed([provider("one", {}), provider("two", other), ...jobs("one"), ...jobs("two")]).queues;
    expect(queuesWith({ defaultTags: "{}" })).to.containSubset([{ jobs: 12, waves: 2 }]);
    expect(queuesWith({ profile: "other" })).to.deep.equal([]);
  });
});
