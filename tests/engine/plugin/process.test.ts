import { PluginJob, pluginSettings } from "../../harness/attached-plugin";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";
import { expect } from "chai";

describe("the plugin as a process of the engine", function () {
  this.timeout("5m");
  const shared = useStack({}, pluginSettings);

  it("runs a job, keeps it and deletes it, with the settings of the AWS environment", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const program = () => {
      new PluginJob("prices", importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" }));
      return Promise.resolve();
    };
    expectSuccess(await stack.up(program));
    expect((await stack.job()).outputs.state).to.equal("COMPLETED");
    expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: 2 });
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
  });
});
