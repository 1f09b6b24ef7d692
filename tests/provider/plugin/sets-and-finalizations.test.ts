import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
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

  it("cannot be imported", async () => {
    await using plugin = await TestPlugin.start();
    for (const type of ["JobSet", "RevisionFinalization"] as const) {
      const { message } = await failureOf(new PluginStack(plugin, urnOf(type)).import("id1"));
      expect(codesIn(message)).to.deep.equal(["not-importable"]);
    }
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
});
