import type { Inputs } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { PluginJob, PluginProvider } from "../../harness/attached-plugin";
import { pluginSettings } from "../../harness/plugin-settings";
import { descendants, isAlive, kill, running, until } from "../../harness/processes";
import { importArgs } from "../../harness/programs";
import { credentials } from "../../harness/service";
import { expectSuccess } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";

const plugins = (): number[] =>
  descendants(process.pid)
    .filter(({ command }) => /plugin\/start\.cjs/.test(command))
    .map(({ pid }) => pid);

describe("the processes of two explicit providers of one account and region", function () {
  this.timeout("5m");
  const shared = useStack({ jobDuration: 300, quotas: { IMPORT_ASSETS_FROM_S3: 2 } }, pluginSettings);
  let program: (keysOf: Record<string, string[]>) => PulumiFn;

  beforeEach(async () => {
    const { service } = shared;
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    service.local.clearRequests();
    program = (keysOf) => () => {
      for (const [name, keys] of Object.entries(keysOf)) {
        // Other credentials, and the same account.
        const accessKey = `${credentials.accessKeyId}${name.toUpperCase()}`;
        const own: Inputs = { accessKey, secretKey: credentials.secretAccessKey };
        const concurrentJobs = JSON.stringify({ IMPORT_ASSETS_FROM_S3: 2 });
        const provider = new PluginProvider(name, { ...own, concurrentJobs });
        for (const [n, key] of keys.entries()) {
          new PluginJob(`${name}${n}`, importArgs(revision, [key], { onDelete: "deleteAssets" }), {
            provider,
          });
        }
      }
      return Promise.resolve();
    };
  });
  afterEach(() => shared.stack.clearState());

  const calls = (name: string) => shared.service.local.requests.filter(({ operation }) => operation === name);

  it("run each job once, with assets of its own, although all have the same request", async () => {
    const { stack, service } = shared;
    expectSuccess(await stack.up(program({ one: ["a.csv", "a.csv"], two: ["a.csv", "a.csv"] })));
    const jobs = await stack.jobs();
    expect(new Set(jobs.map(({ id }) => id)).size).to.equal(4);
    expect(new Set(jobs.flatMap(({ outputs }) => outputs.assets.map(({ id }) => id))).size).to.equal(4);
    expect(calls("StartJob")).to.have.length(4);
    expect(service.local.jobs().filter(({ state }) => state === "COMPLETED")).to.have.length(4);
    // The service never refused one because of its quota.
    expect(calls("StartJob").filter(({ status }) => status !== 202)).to.deep.equal([]);
    expectSuccess(await stack.destroy());
    expect(calls("DeleteAsset")).to.have.length(4);
  });

  it("go on if one of them is killed, and the next up continues its jobs", async () => {
    const { stack, service } = shared;
    const release = service.local.pauseJobs();
    const both = program({ one: ["a.csv", "b.csv"], two: ["a.csv", "b.csv"] });
    const up = stack.up(both);
    await until(() => calls("StartJob").length === 2);
    kill(plugins()[0]!);
    release();
    expect((await up).error).to.be.an("error");
    expect(await stack.listJobIds()).to.have.length(2);
    expectSuccess(await stack.up(both));
    expect(new Set(await stack.listJobIds()).size).to.equal(4);
    expect(calls("StartJob")).to.have.length(4);
  });

  it("end after their engine is killed, and begin nothing", async () => {
    const { stack, service } = shared;
    const release = service.local.pauseJobs();
    const both = program({ one: ["a.csv", "b.csv"], two: ["a.csv", "b.csv"] });
    const up = stack.up(both);
    await until(() => calls("StartJob").length === 2 && calls("CreateJob").length === 4);
    const processes = plugins();
    expect(processes).to.have.length(2);
    kill(running().engine!);
    expect((await up).error).to.be.an("error");
    release();
    await until(() => !processes.some(isAlive));
    expect(calls("StartJob")).to.have.length(2);
    await stack.stack.cancel();
    expectSuccess(await stack.up(both));
    expect(calls("StartJob")).to.have.length(4);
    expect(new Set(await stack.listJobIds()).size).to.equal(4);
  });
});
