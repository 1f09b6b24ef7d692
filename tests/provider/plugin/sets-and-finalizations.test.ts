import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import type { CallError } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import { serviceError } from "../../simulation/faults";
import { Simulator } from "../../simulation/simulator";
import { apiImport, dataSetId, failureOf, revisionId, s3Export, s3Import } from "../../simulation/samples";
import { useAwsEnvironment } from "../../harness/environment";
import { secret, textAsset, urnOf } from "./samples";

describe("a JobSet of the plugin", () => {
  useAwsEnvironment();
  const set = urnOf("JobSet");

  it("names the jobs that changed, and hides their secrets", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, set);
    const api = { ...apiImport({ apiKey: "k" }), upload: textAsset("{}") };
    await stack.up({ jobs: { a: s3Import(["1"]), "b.c": api, d: s3Export() } });
    const { results } = stack.stored!.state as {
      results: Record<string, { details: Record<string, { apiKey: unknown }> }>;
    };
    expect(results["b.c"]!.details.importAssetFromApiGatewayApi!.apiKey).to.deep.equal(secret("k"));
    const { inputs } = await plugin.check(set, {
      jobs: { a: s3Import(["2"]), "b.c": { ...api, upload: textAsset("[]") }, e: s3Export() },
    });
    expect(await plugin.diff(set, stack.stored!, inputs)).to.deep.equal({
      changes: true,
      replaces: [],
      details: {
        "jobs.a.details.importAssetsFromS3.assetSources[0]": "UPDATE",
        'jobs["b.c"].upload': "UPDATE",
        "jobs.d": "DELETE",
        "jobs.e": "ADD",
      },
    });
  });

  it("masks the secrets of a job in its message, and keeps them in the state", async () => {
    const errors = [{ code: "e", message: "hidden.csv is missing" }];
    let fails = true;
    const service = new Simulator({
      outcome: ({ details }) =>
        fails && JSON.stringify(details).includes("hidden")
          ? { state: "ERROR", errors }
          : { state: "COMPLETED" },
    });
    await using plugin = await TestPlugin.start(service);
    const stack = new PluginStack(plugin, set);
    const details = {
      importAssetsFromS3: {
        dataSetId,
        revisionId,
        assetSources: [{ bucket: "source", key: secret("hidden.csv") }],
      },
    };
    const news = { jobs: { a: { type: "IMPORT_ASSETS_FROM_S3", details }, "b.c": s3Import(["1"]) } };
    const { message, kept } = await failureOf<CallError>(stack.up(news));
    expect([message, ...kept!.reasons].join())
      .to.contain("a: ")
      .and.not.contain("hidden");
    fails = false;
    await stack.up(news);
    await stack.up(news);
    expect(stack.steps).to.deep.equal(["create", "update", "same"]);
    const { results } = stack.stored!.state as { results: Record<string, { details: unknown }> };
    expect(results.a!.details).to.deep.equal(details);
  });

  it("shows the jobs that did not complete, and not the others, before they run again", async () => {
    const service = new Simulator({
      outcome: ({ details }) =>
        JSON.stringify(details).includes("bad") ? { state: "ERROR" } : { state: "COMPLETED" },
    });
    await using plugin = await TestPlugin.start(service);
    const stack = new PluginStack(plugin, set);
    await failureOf(stack.up({ jobs: { a: s3Import(["1"]), "b.c": s3Import(["bad"]) } }));
    expect((await plugin.diff(set, stack.stored!, stack.stored!.inputs)).details).to.deep.equal({
      'jobs["b.c"].state': "ADD",
    });
  });

  it("cannot be imported", async () => {
    await using plugin = await TestPlugin.start();
    const { message } = await failureOf(new PluginStack(plugin, set).import("id1"));
    expect(codesIn(message)).to.deep.equal(["not-importable"]);
  });
});

describe("a RevisionFinalization of the plugin", () => {
  useAwsEnvironment();

  it("finalizes a revision, names what changed and opens the revision again", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urnOf("RevisionFinalization"));
    const news = { dataSetId, revisionId, jobs: ["1".repeat(32), "2".repeat(32)] };
    await stack.up(news);
    expect(stack.stored!.state).to.include({ finalized: true });
    await stack.up({ ...news, jobs: news.jobs.toReversed() });
    const { inputs } = await plugin.check(stack.urn, { ...news, jobs: news.jobs.slice(1) });
    expect((await plugin.diff(stack.urn, stack.stored!, inputs)).details).to.deep.equal({
      "jobs[0]": "DELETE",
    });
    plugin.service.finalized.clear();
    await stack.refresh();
    expect((await plugin.diff(stack.urn, stack.stored!, stack.stored!.inputs)).details).to.deep.equal({
      finalized: "UPDATE*",
    });
    await stack.destroy();
    expect(stack.steps).to.deep.equal(["create", "same"]);
  });

  it("is imported by the ids of its data set and revision, and stays the same", async () => {
    await using plugin = await TestPlugin.start();
    plugin.service.finalized.add(revisionId);
    const news = { dataSetId, revisionId, jobs: ["1".repeat(32)], assetCount: 3, endpoint: "https://d.test" };
    for (const program of [news, undefined]) {
      const stack = new PluginStack(plugin, urnOf("RevisionFinalization"));
      await stack.import(`${dataSetId}:${revisionId}`, program);
      const printed = { dataSetId, revisionId, jobs: [], region: "us-east-1" };
      await stack.up(program ?? printed);
      await stack.refresh();
      await stack.up(program ?? printed);
      expect(stack.steps).to.deep.equal(["import", "same", "same"]);
      const { inputs } = await plugin.check(stack.urn, { ...news, jobs: ["2".repeat(32)] });
      expect((await plugin.diff(stack.urn, stack.stored!, inputs)).details).to.include({
        "jobs[0]": program ? "UPDATE" : "ADD",
      });
    }
    expect(plugin.service.calls.filter(({ operation }) => operation === "setFinalized")).to.deep.equal([]);
  });

  for (const [what, id, code] of [
    ["without a revision", dataSetId, "wrong-import-id"],
    ["of a revision that is not finalized", `${dataSetId}:${revisionId}`, "not-importable"],
  ] as const) {
    it(`is not imported by an id ${what}`, async () => {
      await using plugin = await TestPlugin.start();
      const { message } = await failureOf(new PluginStack(plugin, urnOf("RevisionFinalization")).import(id));
      expect(codesIn(message)).to.deep.equal([code]);
    });
  }

  it("is not imported by an id of a revision that does not exist", async () => {
    await using plugin = await TestPlugin.start();
    plugin.service.getRevision = () => Promise.reject(serviceError("getRevision", "notFound"));
    const stack = new PluginStack(plugin, urnOf("RevisionFinalization"));
    const { message } = await failureOf(stack.import(`${dataSetId}:${revisionId}`));
    expect(codesIn(message)).to.deep.equal(["revision-not-found"]);
  });
});
