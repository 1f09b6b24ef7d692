import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import type { CallError } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import { dataSetId, failureOf, hour, revisionId, s3Import, urlExport } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { useAwsEnvironment } from "../../harness/environment";
import { secret, unknown, urnOf } from "./samples";

const urn = urnOf("Job");
const keyed = (...keys: string[]) => ({ ...s3Import(keys) });

describe("a Job of the plugin", () => {
  useAwsEnvironment();

  it("is created, stays the same, is updated, replaced and deleted", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(keyed("a.csv", "b.csv"));
    const { state, inputs } = stack.stored!;
    expect(state).to.include({ state: "COMPLETED", region: "us-east-1" });
    expect(state).to.not.have.any.keys("__urn", "upload");
    expect((state.assets as object[])[0]).to.deep.equal({
      id: "asset2",
      arn: `arn:aws:dataexchange:us-east-1:123456789012:data-sets/${dataSetId}/revisions/${revisionId}/assets/asset2`,
      name: "a.csv",
      assetType: "S3_SNAPSHOT",
    });
    expect(inputs).to.include({ region: "us-east-1" });
    await stack.up(keyed("b.csv", "a.csv"));
    await stack.refresh();
    await stack.up(keyed("a.csv", "b.csv"));
    await stack.up({ ...keyed("a.csv", "b.csv"), onDelete: "deleteAssets" });
    await stack.up({ ...keyed("a.csv", "c.csv"), onDelete: "deleteAssets" });
    await stack.destroy();
    expect(stack.steps).to.deep.equal(["create", "same", "same", "update", "replace"]);
    expect(plugin.service.effects()).to.deep.equal(["job1", "job4"]);
    expect(plugin.service.assets).to.deep.equal([]);
  });

  it("stays in state if it fails, and runs again", async () => {
    let fails = true;
    const service = new Simulator({
      outcome: () =>
        fails ? { state: "ERROR", errors: [{ code: "e", message: "denied" }] } : { state: "COMPLETED" },
    });
    await using plugin = await TestPlugin.start(service);
    const stack = new PluginStack(plugin, urn);
    const error = await failureOf<CallError>(stack.up(keyed("a.csv")));
    expect(codesIn(error.message)).to.deep.equal(["job-failed"]);
    expect(error.kept).to.deep.include({ id: "job1", reasons: [error.message] });
    expect(await plugin.diff(urn, stack.stored!, stack.stored!.inputs)).to.deep.equal({
      changes: true,
      replaces: ["state"],
      details: { state: "UPDATE_REPLACE*" },
    });
    fails = false;
    await stack.up(keyed("a.csv"));
    expect(stack.stored!.state).to.include({ state: "COMPLETED" });
  });

  it("no longer exists once the service has deleted a job that failed", async () => {
    const service = new Simulator({ outcome: () => ({ state: "ERROR" }) });
    await using plugin = await TestPlugin.start(service);
    const stack = new PluginStack(plugin, urn);
    await failureOf(stack.up(keyed("a.csv")));
    service.jobs.length = 0;
    await stack.refresh();
    expect(stack.stored).to.equal(undefined);
  });

  it("shows the changes of a set against the inputs of the last run", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(keyed("a", "b"));
    await stack.up(keyed("b", "a"));
    const { inputs } = await plugin.check(urn, keyed("a", "c"));
    expect((await plugin.diff(urn, stack.stored!, inputs)).details).to.deep.equal({
      "details.importAssetsFromS3.assetSources[0]": "DELETE_REPLACE",
      "details.importAssetsFromS3.assetSources[1]": "ADD_REPLACE",
    });
  });

  it("continues a state of the dynamic provider", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(keyed("a", "b"));
    const own = {
      __urn: urn.replace("dataexchange:index:Job", "pulumi-nodejs:dynamic/dataexchange:Job"),
      __provider: "code",
    };
    const { id, state, inputs } = stack.stored!;
    const assets = (state.assets as { id: string }[]).map((asset) => ({ id: asset.id }));
    stack.stored = { id, state: { ...state, assets, ...own }, inputs: { ...inputs, ...own } };
    const { host } = plugin.runs.at(-1)!;
    const key = (await host.findResourceKey({}, own.__urn))!;
    await host.records.write(key, { work: "w", job: id });
    await stack.up(keyed("b", "a"));
    expect(await host.records.find(key)).to.equal(undefined);
    await stack.refresh();
    expect(stack.stored.state).to.deep.equal(state);
    await stack.up(keyed("b", "a"));
    expect(stack.steps).to.deep.equal(["create", "same", "same"]);
  });

  it("is refused with the path of each problem, and no property", async () => {
    await using plugin = await TestPlugin.start();
    const { failures, properties } = await plugin.check(urn, { ...keyed("ok", ""), upload: "x" });
    expect(failures.flatMap(codesIn)).to.deep.equal(["empty-value", "unused-upload"]);
    expect(failures[0]).to.match(/^details\.importAssetsFromS3\.assetSources\[1\]\.key /);
    expect(properties).to.deep.equal(["", ""]);
  });

  it("needs a region, and names where the plugin reads it", async () => {
    await using plugin = await TestPlugin.start();
    await plugin.configure({});
    const { failures } = await plugin.check(urn, keyed("a"));
    expect(failures.flatMap(codesIn)).to.deep.equal(["missing-region"]);
    expect(failures[0]).to.contain("dataexchange:region").and.not.contain("aws:region");
  });

  it("shows its known outputs in a preview", async () => {
    await using plugin = await TestPlugin.start();
    const inputs = { ...keyed("a.csv"), region: "us-east-1" };
    const { id, state } = await plugin.create(urn, inputs, { preview: true });
    const later = { arn: unknown, createdAt: unknown, updatedAt: unknown, state: unknown, errors: unknown };
    expect([id, state]).to.deep.equal(["", { ...inputs, ...later, assets: unknown }]);
    expect(plugin.service.calls).to.deep.equal([]);
  });

  it("has a signed URL that a preview does not know", async () => {
    await using plugin = await TestPlugin.start();
    const { state } = await plugin.create(urn, { ...urlExport() }, { preview: true });
    expect(state).to.deep.include({ signedUrl: secret(unknown), signedUrlExpiresAt: unknown });
  });

  it("runs again if the user replaces an unfinished job, for which the engine calls no diff", async () => {
    await using plugin = await TestPlugin.start(new Simulator({ duration: hour }));
    const stack = new PluginStack(plugin, urn);
    await failureOf(stack.up({ ...keyed("a.csv"), timeouts: { run: "1m" } }));
    await plugin.begin("127.0.0.1:2");
    const { inputs } = await plugin.check(urn, keyed("a.csv"), stack.stored!.inputs);
    await plugin.create(urn, inputs);
    expect(plugin.service.effects()).to.have.length(2);
  });

  it("keeps its outputs in the preview of an update", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(keyed("a.csv"));
    const news = { ...stack.stored!.inputs, onDelete: "deleteAssets" };
    const preview = (stored = stack.stored!) => plugin.update(urn, stored, news, { preview: true });
    expect(await preview()).to.deep.equal({ ...stack.stored!.state, onDelete: "deleteAssets" });
    const state = { ...stack.stored!.state, state: "IN_PROGRESS" };
    expect(await preview({ ...stack.stored!, state })).to.include({ state: unknown, assets: unknown });
  });

  it("accepts unknown values, and plans a new job for them", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up(keyed("a.csv"));
    const details = {
      importAssetsFromS3: { dataSetId, revisionId, assetSources: [{ bucket: "source", key: unknown }] },
    };
    const { inputs, failures } = await plugin.check(urn, { ...keyed(), details });
    expect(failures).to.deep.equal([]);
    expect(inputs.details).to.deep.equal(details);
    expect(await plugin.diff(urn, stack.stored!, inputs)).to.deep.equal({
      changes: true,
      replaces: ["details"],
      details: { "details.importAssetsFromS3.assetSources[0]": "UPDATE_REPLACE" },
    });
  });
});
