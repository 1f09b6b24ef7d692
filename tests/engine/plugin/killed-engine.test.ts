import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { PluginJob } from "../../harness/attached-plugin";
import { pluginSettings } from "../../harness/plugin-settings";
import { kill, running, until } from "../../harness/processes";
import { importArgs } from "../../harness/programs";
import type { RevisionIds } from "../../harness/service";
import { expectSuccess, messageCodes } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";

describe("a job in state, whose engine was killed before the end of its run", function () {
  this.timeout("5m");
  const shared = useStack({}, pluginSettings);
  let revision: RevisionIds;
  let job: PluginJob;

  const program: PulumiFn = () => {
    job = new PluginJob("prices", importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" }));
    return Promise.resolve();
  };

  before(async () => {
    const { stack, service } = shared;
    revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    let isInState = false;
    const killed = stack.up(async () => {
      await program();
      await new Promise((resolve) => job.id.apply(resolve));
      isInState = true;
      await new Promise(() => undefined);
    });
    await until(() => isInState);
    kill(running().engine!);
    await killed;
    await stack.stack.cancel();
  });

  it("is not taken for its own replacement by --replace, which the next up completes", async () => {
    const { stack, service } = shared;
    const { id, urn } = await stack.job();
    const replaced = await stack.up(program, { replace: [urn] });
    expect(messageCodes(replaced)).to.include("job-not-replaced");
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);

    const completed = expectSuccess(await stack.up(program));
    expect(messageCodes(completed)).to.include("deletion-interrupted");
    expect(await stack.listJobIds())
      .to.have.length(1)
      .and.not.include(id);
    expect(await service.listAssetNames(revision)).to.deep.equal(["a.csv"]);
    expect((await stack.up(program)).changes).to.deep.equal({ same: 2 });
  });
});
