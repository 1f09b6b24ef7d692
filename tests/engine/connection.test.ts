import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { Job } from "../../index";
import type { RecordingProxy } from "../harness/http";
import { openRecordingProxy } from "../harness/http";
import { until } from "../harness/processes";
import { declareJob, importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import { credentials, region } from "../harness/service";
import { expectSuccess, useStack } from "../harness/stack";

const otherRegion = "eu-west-1";
/** Nothing listens at this port, which is reserved for the discard protocol. */
const closedEndpoint = "http://127.0.0.1:9";
const type = "IMPORT_ASSETS_FROM_S3";

describe("the connection", function () {
  this.timeout("5m");
  const shared = useStack({ quotas: { [type]: 12 } });
  let proxy: RecordingProxy;
  let folder: string;
  let revisions: { here: RevisionIds; there: RevisionIds };
  let unrelated: Record<string, string>;

  /** Keys in the environment, as in most stacks. */
  const keys = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };

  /** Sets the AWS settings of the engine's processes; those of this process are removed. */
  function environment(settings: Record<string, string>): void {
    const own = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
    shared.stack.stack.workspace.envVars = {
      ...unrelated,
      ...Object.fromEntries(own.map((name) => [name, ""])),
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: "true",
      ...settings,
    };
  }

  const revisionIn = (name: string): Promise<RevisionIds> =>
    shared.service.createEmptyRevision("S3_SNAPSHOT", shared.service.connect(name));

  before(async () => {
    const { service, stack } = shared;
    proxy = await openRecordingProxy(service.local.endpoint);
    folder = await mkdtemp(join(tmpdir(), "connection-test-"));
    await service.createBucket(
      "source",
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.csv`, `${i}`])),
    );
    unrelated = Object.fromEntries(
      Object.entries(stack.stack.workspace.envVars).filter(([name]) => !name.startsWith("AWS_")),
    );
  });
  beforeEach(async () => {
    revisions = { here: await revisionIn(region), there: await revisionIn(otherRegion) };
    proxy.forget();
    shared.service.local.clearRequests();
  });
  afterEach(async () => {
    const { stack } = shared.stack;
    expectSuccess(await shared.stack.destroy());
    const set = Object.keys(await stack.getAllConfig());
    if (set.length > 0) await stack.removeAllConfig(set);
  });
  after(async () => {
    await proxy?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("uses only the stack's config, and shows its secrets nowhere", async () => {
    const { stack, service } = shared;
    environment({});
    const [secretKey, token] = ["planted-stack-secret-key", "planted-stack-token"];
    await stack.stack.setAllConfig({
      "aws:region": { value: otherRegion },
      "aws:accessKey": { value: "AKIDOFTHESTACK" },
      "aws:secretKey": { value: secretKey, secret: true },
      "aws:token": { value: token, secret: true },
    });
    await stack.stack.setConfig("aws:endpoints[0].dataexchange", { value: proxy.url }, true);
    const program = declareJob(importArgs(revisions.there, ["0.csv"]));
    const runs = [await stack.preview(program), await stack.up(program), await stack.refresh()];
    for (const run of runs) expectSuccess(run);

    expect(proxy.signers()).to.deep.equal([{ accessKeyId: "AKIDOFTHESTACK", region: otherRegion, token }]);
    expect((await stack.job()).outputs).to.include({ state: "COMPLETED", region: otherRegion });
    const texts = {
      state: await stack.readState(),
      display: runs.map(({ stdout, stderr }) => stdout + stderr).join(""),
      events: JSON.stringify(runs.map(({ events }) => events)),
      requests: JSON.stringify(service.local.requests),
    };
    for (const [where, text] of Object.entries(texts)) {
      expect(text.length, where).to.be.greaterThan(2);
      for (const secret of [secretKey, token])
        expect(text.includes(secret), `${secret} in ${where}`).to.equal(false);
    }
  });

  it("reads an endpoint of the stack's config from JSON and from one object", async () => {
    const { stack } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: closedEndpoint });
    for (const endpoints of [
      [{ s3: closedEndpoint }, { dataexchange: proxy.url }],
      { dataexchange: proxy.url },
    ]) {
      proxy.forget();
      await stack.stack.setConfig("aws:endpoints", { value: JSON.stringify(endpoints) });
      expectSuccess(
        await stack.up(declareJob(importArgs(revisions.here, ["0.csv"], { triggers: [endpoints] }))),
      );
      expect(proxy.signers()).to.deep.equal([{ accessKeyId: credentials.accessKeyId, region }]);
    }
  });

  it("prefers AWS_ENDPOINT_URL_DATAEXCHANGE to AWS_ENDPOINT_URL", async () => {
    const { stack } = shared;
    environment({
      AWS_REGION: region,
      ...keys,
      AWS_ENDPOINT_URL: closedEndpoint,
      AWS_ENDPOINT_URL_DATAEXCHANGE: proxy.url,
    });
    expectSuccess(await stack.up(declareJob(importArgs(revisions.here, ["0.csv"]))));
    expect(proxy.signers()).to.have.length(1);
  });

  it("uses the endpoint and the region of each resource", async () => {
    const { stack, service } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: closedEndpoint });
    const run = await stack.up(() => {
      new Job("here", importArgs(revisions.here, ["0.csv"], { endpoint: service.local.endpoint }));
      new Job("there", importArgs(revisions.there, ["1.csv"], { endpoint: proxy.url, region: otherRegion }));
      return Promise.resolve();
    });
    expectSuccess(run);
    expect(proxy.signers()).to.deep.equal([{ accessKeyId: credentials.accessKeyId, region: otherRegion }]);
    const regions = new Map(service.local.jobs().map(({ id, region }) => [id, region]));
    const jobs = await stack.jobs();
    expect(
      jobs.map(({ id, urn, outputs }) => [urn.split("::").at(-1), regions.get(id), outputs.region]).sort(),
    ).to.deep.equal([
      ["here", region, region],
      ["there", otherRegion, otherRegion],
    ]);
  });

  it("creates a new job in another region", async () => {
    const { stack, service } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: proxy.url });
    const made = await stack.up(declareJob(importArgs(revisions.here, ["0.csv"])));
    expectSuccess(made);
    const before = await stack.job();

    // The same job in another region: by its argument, and by the stack's config.
    const own = await stack.preview(
      declareJob(importArgs(revisions.here, ["0.csv"], { region: otherRegion })),
    );
    expect(own.changes).to.deep.equal({ same: 1, replace: 1 });
    await stack.stack.setConfig("aws:region", { value: otherRegion });
    const theStacks = await stack.preview(declareJob(importArgs(revisions.here, ["0.csv"])));
    expect(theStacks.changes).to.deep.equal({ same: 1, replace: 1 });

    const moved = await stack.up(declareJob(importArgs(revisions.there, ["0.csv"])));
    expectSuccess(moved);
    expect(moved.changes).to.deep.equal({ same: 1, replace: 1 });
    const { id, outputs } = await stack.job();
    expect(id).not.to.equal(before.id);
    expect(outputs).to.include({ region: otherRegion, state: "COMPLETED" });
    expect(service.local.jobs({ region: otherRegion }).filter((job) => job.id === id)).to.have.length(1);

    // Writing out the default region changes nothing.
    const named = await stack.preview(
      declareJob(importArgs(revisions.there, ["0.csv"], { region: otherRegion })),
    );
    expect(named.changes).to.deep.equal({ same: 2 });
  });

  describe("by profiles of the shared files", () => {
    let files: Record<string, string>;

    before(async () => {
      files = {
        AWS_CONFIG_FILE: join(folder, "config"),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
      };
      await writeFile(
        files.AWS_CONFIG_FILE!,
        `[default]\nregion = us-west-2\n\n[profile team]\nregion = ${otherRegion}\n\n[profile everyone]\nregion = ${region}\n`,
      );
      const entry = (profile: string, key: string) =>
        `[${profile}]\naws_access_key_id = ${key}\naws_secret_access_key = planted-${profile}\n`;
      await writeFile(
        files.AWS_SHARED_CREDENTIALS_FILE!,
        entry("team", "AKIDOFTHETEAM") + entry("everyone", "AKIDOFEVERYONE"),
      );
    });

    it("uses keys and region of the profile of a resource and of the stack", async () => {
      const { stack } = shared;
      // The keys in the environment differ from those of the profile.
      environment({ ...files, ...keys, AWS_ENDPOINT_URL: proxy.url });
      await stack.stack.setConfig("aws:profile", { value: "everyone" });
      const run = await stack.up(() => {
        const stacks = new Job("stacks", importArgs(revisions.here, ["0.csv"]));
        new Job("own", importArgs(revisions.there, ["1.csv"], { profile: "team" }), { dependsOn: stacks });
        return Promise.resolve();
      });
      expectSuccess(run);
      expect(proxy.signers()).to.deep.equal([
        { accessKeyId: "AKIDOFEVERYONE", region },
        { accessKeyId: "AKIDOFTHETEAM", region: otherRegion },
      ]);
    });

    it("prefers the profile of a resource to the keys of the stack", async () => {
      const { stack } = shared;
      environment({ ...files, AWS_ENDPOINT_URL: proxy.url });
      await stack.stack.setAllConfig({
        "aws:region": { value: otherRegion },
        "aws:accessKey": { value: "AKIDOFTHESTACK" },
        "aws:secretKey": { value: "planted-stack-secret-key", secret: true },
      });
      expectSuccess(await stack.up(declareJob(importArgs(revisions.there, ["0.csv"], { profile: "team" }))));
      expect(proxy.signers()).to.deep.equal([{ accessKeyId: "AKIDOFTHETEAM", region: otherRegion }]);
    });

    it("fails and uses no other keys if the profile does not exist", async () => {
      const { stack, service } = shared;
      environment({ ...files, AWS_REGION: region, AWS_ENDPOINT_URL: proxy.url });
      const { error, stdout } = await stack.up(
        declareJob(importArgs(revisions.here, ["0.csv"], { profile: "nobody" })),
      );
      expect(error).to.be.an("error");
      expect(stdout).to.match(/No IMPORT_ASSETS_FROM_S3 job was started: .*CredentialsProviderError/);
      expect(stdout).to.contain("nobody");
      expect(stdout).to.contain("Check region, endpoint and credentials");
      expect(proxy.signers()).to.deep.equal([]);
      expect(
        service.local
          .jobs()
          .filter(({ details }) => JSON.stringify(details).includes(revisions.here.revisionId)),
      ).to.be.empty;
    });
  });

  describe("with quotas of the stack's config", () => {
    let release = () => {};
    afterEach(() => release());

    it("runs as many jobs at once as the configured quota allows", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig(`dataexchange:concurrentJobs.${type}`, { value: "12" }, true);
      release = service.local.pauseJobs();
      let ended = false;
      const up = stack
        .up(
          () => {
            for (let i = 0; i < 12; i++) new Job(`job-${i}`, importArgs(revisions.here, [`${i}.csv`]));
            return Promise.resolve();
          },
          { parallel: 64 },
        )
        .finally(() => (ended = true));
      const inProgress = () => service.local.jobs().filter(({ state }) => state === "IN_PROGRESS").length;
      await until(() => ended || inProgress() === 12);
      release();
      const run = await up;
      expectSuccess(run);
      expect(run.changes).to.deep.equal({ create: 13 });
      expect(run.stdout).not.to.contain("waiting for its turn");
    });

    it("waits when the configured quota is used up", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig("dataexchange:concurrentJobs", { value: JSON.stringify({ [type]: 1 }) });
      // No job ends before another one waits.
      const release = service.local.pauseJobs();
      const running = stack.up(() => {
        for (let i = 0; i < 3; i++) new Job(`job-${i}`, importArgs(revisions.here, [`${i}.csv`]));
        return Promise.resolve();
      });
      const turn = "waiting for its turn: 1 jobs of this type may run at once";
      await until(() => stack.lastRun!.stdout.includes(turn)).finally(release);
      expectSuccess(await running);
    });

    it("refuses an invalid quota in the preview", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig("dataexchange:concurrentJobs", { value: '{"EXPORT_ASSETS":20}' });
      service.local.clearRequests();
      const { error, stderr } = await stack.preview(declareJob(importArgs(revisions.here, ["0.csv"])));
      expect(error).to.be.an("error");
      expect(stderr.replaceAll(/\s+/g, " ")).to.contain(
        'The stack\'s config dataexchange:concurrentJobs must be a JSON object such as {"EXPORT_ASSETS_TO_S3": 20}; ' +
          "EXPORT_ASSETS is not a job type with a whole number from 1.",
      );
      expect(service.countCalls()).to.deep.equal({});
    });
  });
});
