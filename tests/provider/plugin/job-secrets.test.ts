import { expect } from "chai";

import type { CallError } from "../../simulation/plugin";
import { TestPlugin } from "../../simulation/plugin";
import { PluginStack } from "../../simulation/plugin-stack";
import { apiImport, dataSetId, failureOf, revisionId, s3Import, urlExport } from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { useAwsEnvironment } from "../../harness/environment";
import { secret, textAsset, urnOf } from "./samples";

const urn = urnOf("Job");
const keyed = (...keys: string[]) => ({ ...s3Import(keys) });

describe("the secrets of a Job of the plugin", () => {
  useAwsEnvironment();

  it("are credentials and texts, whether the program has marked them or not", async () => {
    await using plugin = await TestPlugin.start();
    const news = { ...apiImport({ apiKey: "k" }), upload: textAsset("{}"), triggers: [textAsset("t")] };
    const { inputs } = await plugin.check(urn, news);
    const { apiKey } = (inputs.details as Record<string, Record<string, unknown>>)
      .importAssetFromApiGatewayApi!;
    expect(apiKey).to.deep.equal(secret("k"));
    expect(inputs.upload).to.deep.equal(secret(textAsset("{}")));
    expect(inputs.triggers).to.deep.equal([secret(textAsset("t"))]);
    const { state } = await plugin.create(urn, inputs);
    const text = JSON.stringify({ state, inputs });
    const hidden = text.replaceAll(
      /\{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270".*?\}/g,
      "",
    );
    expect(text).to.contain('"k"');
    expect(hidden).to.not.contain('"k"');
  });

  it("stay nested in the outputs, and hide what repeats them", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    const source = { bucket: "source", key: secret("hidden.csv") };
    const details = { importAssetsFromS3: { dataSetId, revisionId, assetSources: [source] } };
    await stack.up({ ...keyed(), details });
    const expectHidden = () => {
      const { state } = stack.stored!;
      expect(state.details).to.deep.equal(details);
      const assets = (state.assets as { value: { name: string }[] }).value;
      expect(state.assets).to.deep.equal(secret(assets));
      expect(assets[0]!.name).to.equal("hidden.csv");
    };
    expectHidden();
    await stack.refresh();
    expectHidden();
    await stack.up({ ...keyed(), details });
    expect(stack.steps).to.deep.equal(["create", "same"]);
  });

  it("are masked in the message and hidden in the state of a failure", async () => {
    const errors = [{ code: "e", message: "hidden.csv is missing" }];
    await using plugin = await TestPlugin.start(
      new Simulator({ outcome: () => ({ state: "ERROR", errors }) }),
    );
    const source = { bucket: "source", key: secret("hidden.csv") };
    const details = { importAssetsFromS3: { dataSetId, revisionId, assetSources: [source] } };
    const { message, kept } = await failureOf<CallError>(
      new PluginStack(plugin, urn).up({ ...keyed(), details }),
    );
    expect(message).to.not.contain("hidden");
    expect(kept!.state.errors).to.deep.equal(secret(errors));
    expect(kept!.state.details).to.deep.equal(details);
  });

  it("include the signed URL of a download", async () => {
    await using plugin = await TestPlugin.start();
    const stack = new PluginStack(plugin, urn);
    await stack.up({ ...urlExport() });
    expect(stack.stored!.state.signedUrl).to.have.property("value").that.contains("SECRET");
    expect(JSON.stringify({ ...stack.stored!.state, signedUrl: undefined })).to.not.contain("SECRET");
  });
});
