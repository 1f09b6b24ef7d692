import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { S3ImportArgs } from "../../../components/s3-import";
import { S3Import } from "../../../components/s3-import";
import { unknownOutput } from "../../../components/support/resolve-input";
import { forEachHost } from "../../harness/hosts";
import type { RevisionIds } from "../../harness/service";
import { useProgramEnvironment } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";

forEachHost("S3Import on the engine", function (host) {
  this.timeout("5m");
  const shared = host.useStack();
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 260 }, (_, i) => `2026/${i}.csv`).sort();
  let revision: RevisionIds;

  before(() => shared.service.createBucket("tables", Object.fromEntries(keys.map((key) => [key, key]))));
  beforeEach(async () => (revision = await shared.service.createEmptyRevision()));
  afterEach(() => shared.stack.clearState());

  const importing =
    (args: Partial<S3ImportArgs> = {}): PulumiFn =>
    () => {
      const own = { ...revision, bucket: "tables", prefix: "2026/", ...args };
      const { jobIds, states, assets, objects } = new S3Import("tables", own);
      const names = assets.apply((made) => made.map(({ name }) => name).sort());
      return Promise.resolve({ jobIds, states, names, objects: objects.length });
    };

  it("imports each object once, and runs one job for an added or changed object", async () => {
    const { stack, service } = shared;
    const expectOneUpdate = async () => {
      const requests = service.local.requests.length;
      const run = expectSuccess(await stack.up());
      expect(run.changes).to.deep.equal({ same: 2, update: 1 });
      expect(service.countCalls(requests).CreateJob).to.equal(1);
      return run;
    };
    const { outputs } = expectSuccess(await stack.up(importing()));
    expect(outputs.jobIds!.value).to.have.length(3);
    expect(outputs.objects!.value).to.equal(260);
    expect(outputs.names!.value).to.deep.equal(keys);
    expect(outputs.states!.value).to.deep.equal(Array(3).fill("COMPLETED"));
    // The state contains the assets once, with the jobs that created them.
    const [component] = await stack.resources(":S3Import");
    expect(component!.outputs).to.have.all.keys("jobIds", "states");
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

    await service.putObject("tables", "2026/one more.csv", "1");
    await expectOneUpdate();

    await service.putObject("tables", keys[0]!, "other bytes");
    const previewed = expectSuccess(await stack.preview());
    expect(previewed.changes).to.deep.equal({ same: 2, update: 1 });
    // The preview names the changed object.
    expect(previewed.stdout).to.contain(keys[0]);
    const last = await expectOneUpdate();
    expect(last.outputs.names!.value).to.deep.equal([...keys, "2026/one more.csv"].sort());

    await service.deleteObject("tables", "2026/one more.csv");
    expectSuccess(await stack.up());
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
  });

  it("accepts secret keys, a bucket that a preview does not know, and triggers", async () => {
    const { stack, service } = shared;
    const args = { keys: secret(keys.slice(0, 3)), prefix: undefined };
    const preview = await stack.preview(importing({ ...args, bucket: unknownOutput<string>() }));
    expect(expectSuccess(preview).changes).to.deep.equal({ create: 3 });
    const first = expectSuccess(await stack.up(importing(args)));
    expect(first.changes).to.deep.equal({ create: 3 });
    expect(first.outputs.jobIds!.secret).to.equal(false);
    expect(await stack.readState()).to.not.contain(keys[0]);
    expect(await service.listAssetNames(revision)).to.deep.equal(keys.slice(0, 3));
    const again = expectSuccess(await stack.up(importing({ ...args, triggers: ["again"] })));
    expect(again.changes).to.deep.equal({ same: 2, update: 1 });
    expect(await service.listAssetNames(revision)).to.deep.equal(keys.slice(0, 3));
  });
});
