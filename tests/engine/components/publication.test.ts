import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  DeleteDataGrantCommand,
  ListDataSetRevisionsCommand,
} from "@aws-sdk/client-dataexchange";
import { asset, secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { writeFile } from "node:fs/promises";

import type { RevisionPublicationArgs } from "../../../components/revision-publication";
import { RevisionPublication } from "../../../components/revision-publication";
import { forEachHost } from "../../harness/hosts";
import { expectSuccess, valuesOf } from "../../harness/stack";
import { attachedAws } from "../../harness/use-stack";
import { previewAsJson } from "../../harness/review-result";
import { useFolder } from "../../harness/folder";
import { useProgramEnvironment } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";

const text = ({ stdout, stderr }: EngineRun): string => stdout + stderr;

forEachHost("RevisionPublication on the engine", function (host) {
  this.timeout("10m");
  const shared = host.useStack({}, attachedAws);
  useProgramEnvironment(shared);
  const at = useFolder();
  const keys = Array.from({ length: 120 }, (_, i) => `prices/${i}.csv`);

  let dataSetId: string;
  before(async () => {
    const objects = keys.map((key) => [key, key] as const);
    await shared.service.createBucket("prices-bucket", Object.fromEntries(objects));
  });
  beforeEach(async () => (dataSetId = await shared.service.createDataSet()));
  afterEach(async () => {
    shared.service.local.faults.clear();
    await shared.stack.clearState();
  });

  const everything = { files: { s3: { bucket: "prices-bucket", prefix: "prices/" } } };

  const outputsOf = (publication: RevisionPublication) => {
    const { revisionId, assets, finalized } = publication;
    return { revisionId, finalized, names: assets.apply((made) => made.map(({ name }) => name).sort()) };
  };

  const publishing =
    (args: Partial<RevisionPublicationArgs> = {}): PulumiFn =>
    () => {
      const own = { dataSetId, contents: everything, ...args };
      return Promise.resolve(outputsOf(new RevisionPublication("prices", own)));
    };

  /** The revisions of a data set, oldest first: how many assets each has, and whether it is finalized. */
  const revisions = async (DataSetId = dataSetId) => {
    const { service } = shared;
    const request = new ListDataSetRevisionsCommand({ DataSetId });
    const { Revisions = [] } = await service.dataExchange.send(request);
    const oldestFirst = Revisions.sort((a, b) => Number(a.CreatedAt) - Number(b.CreatedAt));
    return Promise.all(
      oldestFirst.map(async ({ Id, Finalized: finalized }) => {
        const names = await service.listAssetNames({ dataSetId: DataSetId, revisionId: Id! });
        return { id: Id!, finalized, assets: names.length };
      }),
    );
  };

  const change = (key: string) =>
    shared.service.putObject("prices-bucket", key, `changed at ${process.hrtime.bigint()}`);

  describe("for two data sets, with previousRevisions retain and delete", () => {
    let dataSets: { retain: string; delete: string };
    beforeEach(async () => {
      dataSets = { retain: dataSetId, delete: await shared.service.createDataSet() };
    });

    const both =
      (args: Partial<RevisionPublicationArgs> = {}): PulumiFn =>
      () => {
        const [retain, remove] = (["retain", "delete"] as const).map((previousRevisions) => {
          const dataSetId = dataSets[previousRevisions];
          const own = { dataSetId, contents: everything, previousRevisions, ...args };
          return outputsOf(new RevisionPublication(previousRevisions, own));
        });
        return Promise.resolve({ retain, delete: remove });
      };

    type Outputs = Record<"retain" | "delete", { revisionId: string; names: string[]; finalized: boolean }>;
    const outputsIn = (run: EngineRun) => valuesOf(expectSuccess(run)) as Outputs;
    const whole = (id: string) => ({ id, finalized: true, assets: 120 });

    it("publishes a revision, and another only after a change", async () => {
      const { stack, service } = shared;
      const requests = service.local.requests.length;
      // The stack, and of each: publication, revision, import, its set of jobs, finalization.
      expect(expectSuccess(await stack.preview(both())).changes).to.deep.equal({ create: 11 });
      expect(service.countCalls(requests)).to.not.have.any.keys(
        "CreateRevision",
        "CreateJob",
        "UpdateRevision",
      );

      const first = outputsIn(await stack.up(both()));
      for (const name of ["retain", "delete"] as const) {
        expect(first[name].names).to.deep.equal([...keys].sort());
        expect(first[name].finalized).to.equal(true);
        expect(await revisions(dataSets[name])).to.deep.equal([whole(first[name].revisionId)]);
      }
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 11 });

      await change(keys[7]!);
      expect(expectSuccess(await stack.preview()).changes).to.deep.equal({ replace: 4, update: 2, same: 5 });
      const second = outputsIn(await stack.up());
      expect(await revisions(dataSets.retain)).to.deep.equal(
        [first, second].map(({ retain }) => whole(retain.revisionId)),
      );
      expect(await revisions(dataSets.delete)).to.deep.equal([whole(second.delete.revisionId)]);

      // Triggers and tags create another revision. The jobs of the previous one are not deleted.
      const again = expectSuccess(await stack.up(both({ triggers: ["again"], tags: { team: "market" } })));
      expect(again.changes).to.deep.equal({ replace: 4, update: 2, same: 5 });
      expect((await revisions(dataSets.retain)).map(({ finalized }) => finalized)).to.deep.equal(
        Array(3).fill(true),
      );
    });

    it("does not finalize after a failed job, and resumes with the next `pulumi up`", async () => {
      const { stack, service } = shared;
      const first = outputsIn(await stack.up(both()));
      await change(keys[3]!);
      // Each publication has two jobs, so at least one of each fails.
      const fault = { operation: "RunJob", error: "INTERNAL_SERVER_EXCEPTION", times: 3 };
      service.local.faults.add(fault);
      const requests = service.local.requests.length;
      const failed = await stack.up(undefined, { continueOnError: true });
      expect(failed.error).to.be.an("error");
      expect(text(failed)).to.match(/Job \w+ \(IMPORT_ASSETS_FROM_S3\) ended in ERROR: INTERNAL_SERVER/);
      expect(service.countCalls(requests)).to.not.have.any.keys("UpdateRevision");
      const between = { retain: await revisions(dataSets.retain), delete: await revisions(dataSets.delete) };
      for (const name of ["retain", "delete"] as const) {
        expect(between[name].map(({ finalized }) => finalized)).to.deep.equal([true, false]);
        expect(between[name][0]).to.deep.equal(whole(first[name].revisionId));
      }

      const healed = outputsIn(await stack.up());
      expect(healed.retain.revisionId).to.equal(between.retain[1]!.id);
      expect(await revisions(dataSets.retain)).to.deep.equal(between.retain.map(({ id }) => whole(id)));
      expect(await revisions(dataSets.delete)).to.deep.equal([whole(between.delete[1]!.id)]);
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 11 });
    });
  });

  it("is not finalized after a job failed in part, and contains each asset once after the next `pulumi up`", async () => {
    const { stack, service } = shared;
    await service.createBucket("in-part", { "a.csv": "1" });
    const contents = { tables: { s3: { bucket: "in-part", keys: ["a.csv", "b.csv"] } } };
    expect(text(await stack.up(publishing({ contents })))).to.contain("ended in ERROR");
    expect((await revisions()).map(({ finalized }) => finalized)).to.deep.equal([false]);
    expect(await stack.resources(":RevisionFinalization")).to.have.length(0);
    await service.putObject("in-part", "b.csv", "2");
    const { outputs } = expectSuccess(await stack.up());
    expect(outputs).to.deep.include({ names: { value: ["a.csv", "b.csv"], secret: false } });
    expect(await revisions()).to.deep.equal([
      { id: outputs.revisionId!.value as string, finalized: true, assets: 2 },
    ]);
  });

  it("can be previewed as JSON with secrets, and publishes again if a secret or an asset changes", async () => {
    const { stack } = shared;
    const file = at("trigger.txt");
    const program = (version: string): PulumiFn =>
      publishing({
        triggers: [secret(version), new asset.FileAsset(file)],
        tags: { team: secret("market") },
        region: secret("us-east-1"),
        contents: {
          one: { s3: { bucket: "prices-bucket", keys: [keys[0]!] } },
          two: { s3: { bucket: "prices-bucket", keys: [keys[1]!], triggers: [secret("part")] } },
        },
      });
    await writeFile(file, "1");
    expect(await previewAsJson(stack, program("first"))).to.contain("RevisionFinalization");
    const { outputs: first } = expectSuccess(await stack.up(program("first")));
    expect(expectSuccess(await stack.up()).changes).to.have.all.keys("same");
    const { outputs: second } = expectSuccess(await stack.up(program("second")));
    expect(second.revisionId!.value).to.not.equal(first.revisionId!.value);
    await writeFile(file, "2");
    const { outputs: third } = expectSuccess(await stack.up());
    expect(third.revisionId!.value).to.not.equal(second.revisionId!.value);
  });

  it("finalizes an opened revision again after a refresh", async () => {
    const { stack, service } = shared;
    const { outputs } = expectSuccess(await stack.up(publishing()));
    const revision = { dataSetId, revisionId: outputs.revisionId!.value as string };
    await service.reopenRevision(revision);
    expectSuccess(await stack.refresh());
    expect(expectSuccess(await stack.preview()).changes).to.deep.equal({ update: 1, same: 5 });
    expectSuccess(await stack.up());
    expect((await revisions()).map(({ finalized }) => finalized)).to.deep.equal([true]);
  });

  it("warns that a revision with subscribers stays, and deletes it once the grant is deleted", async () => {
    const { stack, service } = shared;
    const program = (key: string) => {
      const contents = { files: { s3: { bucket: "prices-bucket", keys: [key] } } };
      return publishing({ contents, previousRevisions: "delete" });
    };
    const { outputs } = expectSuccess(await stack.up(program(keys[0]!)));
    const revisionId = outputs.revisionId!.value as string;
    const [account, scope] = ["222222222222", "NONE"] as const;
    const grant = { Name: "prices", SourceDataSetId: dataSetId, ReceiverPrincipal: account };
    const { Arn, Id } = await service.dataExchange.send(
      new CreateDataGrantCommand({ ...grant, GrantDistributionScope: scope }),
    );
    const subscriber = service.connect(undefined, account);
    await subscriber.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    subscriber.destroy();

    const failed = await stack.up(program(keys[1]!));
    expect(failed.error).to.be.an("error");
    expect(failed.stdout)
      .to.contain(`warning: Revision ${revisionId} of data set ${dataSetId} is published`)
      .and.to.contain("[published-revision-stays-finalized]");
    const [old, current] = await revisions();
    expect([old, current]).to.deep.equal([
      { id: revisionId, finalized: true, assets: 1 },
      { id: current!.id, finalized: true, assets: 1 },
    ]);
    const jobs = await stack.listJobIds();
    expect((await stack.up()).error).to.be.an("error");
    expect(await stack.listJobIds()).to.deep.equal(jobs);

    await service.dataExchange.send(new DeleteDataGrantCommand({ DataGrantId: Id }));
    await service.reopenRevision({ dataSetId, revisionId });
    expectSuccess(await stack.up());
    expect(await revisions()).to.deep.equal([current]);
  });
});
