import type { CustomResourceOptions, Inputs } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import type { AttachedPlugin } from "../../harness/attached-plugin";
import { PluginJob, PluginProvider, attachPlugin, pluginConfig } from "../../harness/attached-plugin";
import { until } from "../../harness/processes";
import { prepareJobs } from "../../harness/one-job-per-type";
import { importArgs } from "../../harness/programs";
import { TestService, credentials, region } from "../../harness/service";
import { TestStack, expectSuccess, messageCodes, valuesOf } from "../../harness/stack";

const declare =
  (jobs: Record<string, JobArgs>, opts: Record<string, CustomResourceOptions> = {}): PulumiFn =>
  () => {
    const made = Object.entries(jobs).map(([name, args]) => new PluginJob(name, args, opts[name]));
    return Promise.resolve({ assets: made[0]!.assets.apply((assets) => assets.map(({ name }) => name)) });
  };

describe("the plugin on the engine", function () {
  this.timeout("5m");
  let service: TestService;
  let plugin: AttachedPlugin;
  let stack: TestStack;

  before(async function () {
    // The first run may build the Pulumi CLI.
    this.timeout("15m");
    service = await TestService.start();
    plugin = await attachPlugin();
    stack = await TestStack.create({ env: plugin.env, config: pluginConfig(service) });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") console.error(stack.lastRun?.stdout, stack.lastRun?.stderr);
    await stack.clearState();
  });
  after(async () => {
    await stack?.remove();
    plugin?.stop();
    await service?.stop();
  });

  it("previews, runs, keeps, replaces and deletes a job", async () => {
    const revision = await service.createEmptyRevision();
    await service.createBucket("life", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    const args = (...keys: string[]) => {
      const all = importArgs(revision, keys, { onDelete: "deleteAssets" });
      const { importAssetsFromS3: own } = all.details as { importAssetsFromS3: { assetSources: object[] } };
      const assetSources = own.assetSources.map((source) => ({ ...source, bucket: "life" }));
      return { ...all, details: { importAssetsFromS3: { ...own, assetSources } } } as JobArgs;
    };
    const first = declare({ prices: args("a.csv", "b.csv") });
    expect(expectSuccess(await stack.preview(first)).changes).to.deep.equal({ create: 2 });
    expect(valuesOf(expectSuccess(await stack.up(first))).assets).to.have.members(["a.csv", "b.csv"]);
    expect(expectSuccess(await stack.up(declare({ prices: args("b.csv", "a.csv") }))).changes).to.deep.equal({
      same: 2,
    });
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 2 });
    const other = declare({ prices: args("a.csv", "c.csv") });
    const preview = expectSuccess(await stack.preview(other));
    expect(preview.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(preview.stdout).to.contain('"b.csv"').and.contain('"c.csv"').and.not.contain('"a.csv"');
    const before = await stack.job();
    expectSuccess(await stack.up(other));
    expect((await stack.job()).id).to.not.equal(before.id);
    expect(await service.listAssetNames(revision)).to.have.members(["a.csv", "c.csv"]);
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
  });

  it("keeps a failed job in state, names the cause in the preview, and retries", async () => {
    const revision = await service.createEmptyRevision();
    await service.createBucket("source");
    const program = declare({ prices: importArgs(revision, ["later.csv"]) });
    const failed = await stack.up(program);
    expect(failed.error).to.be.an("error");
    expect(messageCodes(failed)).to.include("job-failed");
    const kept = await stack.job();
    expect(kept.outputs.state).to.equal("ERROR");
    expect(kept.initErrors).to.have.length(1);
    const preview = await stack.preview(program);
    expect(preview.changes).to.deep.equal({ replace: 1, same: 1 });
    expect(preview.stdout).to.match(/state\s*: "ERROR"/);
    await service.putObject("source", "later.csv", "1");
    expectSuccess(await stack.up(program));
    expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: 2 });
  });

  it("imports a job of each type, and changes nothing afterwards", async () => {
    const jobs = (await prepareJobs(service))(1);
    expectSuccess(await stack.up(declare(jobs)));
    const state = await stack.readState();
    expect(state).to.not.contain("body 1").and.not.contain("planted-api-key");
    const all = await stack.jobs();
    const options = Object.fromEntries(all.map(({ urn, id }) => [urn.split("::").at(-1)!, { import: id }]));
    await stack.clearState();
    const imported = expectSuccess(await stack.up(declare(jobs, options)));
    expect(imported.changes).to.deep.equal({ create: 1, import: 9 });
    const withDefaults = Object.fromEntries(
      Object.entries(jobs).map(([name, args]) => [name, { ...args, onDelete: "retain" as const }]),
    );
    for (const program of [declare(jobs, options), declare(withDefaults)]) {
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: 10 });
    }
    expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 10 });
    expect(expectSuccess(await stack.up(declare(jobs))).changes).to.deep.equal({ same: 10 });
    expect(all.map(({ id }) => id)).to.have.members(await stack.listJobIds());
  });

  it("ends the wait for a job when the run is cancelled, and resumes it", async () => {
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const release = service.local.pauseJobs();
    const program = declare({ prices: importArgs(revision, ["a.csv"]) });
    const cancelled = new AbortController();
    const earlier = service.local.requests.length;
    const isStarted = () =>
      service.local.requests.slice(earlier).some(({ operation }) => operation === "StartJob");
    const up = stack.up(program, { signal: cancelled.signal });
    await until(isStarted);
    const since = performance.now();
    cancelled.abort();
    const run = await up;
    expect(performance.now() - since).to.be.lessThan(20_000);
    expect(messageCodes(run)).to.include("run-cancelled");
    const { id, outputs } = await stack.job();
    expect(outputs.state).to.equal("IN_PROGRESS");
    expect(await stack.readState()).to.not.contain("pending_operations");
    release();
    expectSuccess(await stack.up(program));
    expect(await stack.job()).to.deep.include({ id });
  });

  it("runs jobs through an explicit provider, and again if its region changes", async () => {
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const { endpoint } = service;
    const program =
      (settings: Inputs): PulumiFn =>
      () => {
        const provider = new PluginProvider("aws", {
          ...{ accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey },
          endpoints: JSON.stringify([{ dataexchange: endpoint, s3: endpoint, sts: endpoint }]),
          ...settings,
        });
        new PluginJob("prices", importArgs(revision, ["a.csv"]), { provider });
        return Promise.resolve();
      };
    const first = { region };
    expect(expectSuccess(await stack.preview(program(first))).changes).to.deep.equal({ create: 3 });
    expectSuccess(await stack.up(program(first)));
    expect((await stack.job()).outputs.region).to.equal(region);
    expect(await stack.readState()).to.not.contain(credentials.secretAccessKey);
    const limited = { ...first, concurrentJobs: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 1 }) };
    expect(expectSuccess(await stack.up(program(limited))).changes).to.deep.equal({ same: 2, update: 1 });
    const moved = await stack.preview(program({ ...limited, region: "eu-west-1" }));
    expect(moved.changes).to.deep.equal({ same: 1, update: 1, replace: 1 });
    const wrong = await stack.up(program({ ...limited, endpoints: "{" }));
    expect(messageCodes(wrong)).to.include("invalid-config");
  });

  it("ends the wait for a job after customTimeouts, and resumes it", async () => {
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const release = service.local.pauseJobs();
    const jobs = { prices: importArgs(revision, ["a.csv"]) };
    const late = await stack.up(declare(jobs, { prices: { customTimeouts: { create: "2s" } } }));
    expect(messageCodes(late)).to.include("deadline-passed");
    const { id, outputs } = await stack.job();
    expect(outputs.state).to.equal("IN_PROGRESS");
    release();
    expectSuccess(await stack.up(declare(jobs)));
    expect(await stack.job()).to.deep.include({ id });
  });
});
