import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { output, secret, unknown, type Output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { S3ImportArgs } from "../../../components/s3-import";
import { S3Import } from "../../../components/s3-import";
import { useProgramEnvironment } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { expectSuccess, useStack } from "../../harness/stack";

const text = ({ stdout, stderr }: EngineRun): string => stdout + stderr;

describe("S3Import on the engine", function () {
  this.timeout("5m");
  const shared = useStack();
  useProgramEnvironment(shared);
  const keys = Array.from({ length: 260 }, (_, i) => `2026/${i}.csv`);
  let place: { dataSetId: string; revisionId: string };

  before(() => shared.service.createBucket("tables", Object.fromEntries(keys.map((key) => [key, key]))));
  beforeEach(async () => (place = await shared.service.createEmptyRevision()));
  afterEach(async () => {
    await shared.stack.clearState();
  });

  const importing =
    (args: Partial<S3ImportArgs> = {}): PulumiFn =>
    () => {
      const { jobIds, states, assets, objects } = new S3Import("tables", {
        ...place,
        bucket: "tables",
        prefix: "2026/",
        ...args,
      });
      const [names, found] = [assets.apply((made) => made.map(({ name }) => name)), objects.length];
      return Promise.resolve({ jobIds, states, names, objects: found });
    };

  it("imports each object once; one more object, and other bytes, touch one job each and leave no doubles", async () => {
    const { stack, service } = shared;
    const first = expectSuccess(await stack.up(importing()));
    expect(first.outputs.jobIds!.value).to.have.length(3);
    expect(first.outputs.objects!.value).to.equal(260);
    expect([...(first.outputs.names!.value as string[])].sort()).to.deep.equal([...keys].sort());
    expect(new Set(first.outputs.states!.value as string[])).to.deep.equal(new Set(["COMPLETED"]));
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

    await service.putObject("tables", "2026/one more.csv", "1");
    const calls = service.local.requests.length;
    expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 2, update: 1 });
    expect(service.countCalls(calls).CreateJob).to.equal(1);

    await service.putObject("tables", keys[0]!, "other bytes");
    const previewed = expectSuccess(await stack.preview());
    expect(previewed.changes).to.deep.equal({ same: 2, update: 1 });
    // What has changed is told by the key of the object.
    expect(text(previewed)).to.contain(keys[0]);
    const before = service.local.requests.length;
    const last = expectSuccess(await stack.up());
    expect(last.changes).to.deep.equal({ same: 2, update: 1 });
    expect(service.countCalls(before).CreateJob).to.equal(1);
    expect([...(last.outputs.names!.value as string[])].sort()).to.deep.equal(
      [...keys, "2026/one more.csv"].sort(),
    );

    await service.s3.send(new DeleteObjectCommand({ Bucket: "tables", Key: "2026/one more.csv" }));
    expectSuccess(await stack.up());
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(place)).to.deep.equal([]);
  });

  it("takes keys as they are, secret ones and those of a bucket to come too, and a trigger beside them", async () => {
    const { stack, service } = shared;
    const args = { keys: secret(keys.slice(0, 3)), prefix: undefined };
    const bucket = output(unknown) as unknown as Output<string>;
    expect(expectSuccess(await stack.preview(importing({ ...args, bucket }))).changes).to.deep.equal({
      create: 3,
    });
    const first = expectSuccess(await stack.up(importing(args)));
    expect(first.changes).to.deep.equal({ create: 3 });
    expect(first.outputs.jobIds!.secret).to.equal(false);
    expect(await stack.readState()).to.not.contain(keys[0]);
    expect(await service.listAssetNames(place)).to.deep.equal(keys.slice(0, 3).sort());
    const again = expectSuccess(await stack.up(importing({ ...args, triggers: ["again"] })));
    expect(again.changes).to.deep.equal({ same: 2, update: 1 });
    expect(await service.listAssetNames(place)).to.deep.equal(keys.slice(0, 3).sort());
  });

  it("says no in one sentence, once, and without a stack trace", async () => {
    const refused = await shared.stack.preview(importing({ prefix: "1999/" }));
    expect(refused.error).to.be.an("error");
    const sentence = 'S3Import "tables": s3://tables/1999/ holds no object that is meant';
    expect(text(refused)).to.contain(sentence);
    expect(text(refused)).to.not.match(/\n\s+at /);
  });
});
