import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

import {
  CreateDataSetCommand,
  CreateRevisionCommand,
  DataExchangeClient,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";

import { Job } from "../../index";
import type { RecordingProxy } from "../harness/http";
import { openRecordingProxy } from "../harness/http";
import { until } from "../harness/processes";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";
import { credentials, region } from "../harness/service";

const elsewhere = "eu-west-1";
/** Nobody listens at this port, which the system keeps for "discard". */
const nowhere = "http://127.0.0.1:9";
const type = "IMPORT_ASSETS_FROM_S3";

interface Place {
  dataSetId: string;
  revisionId: string;
}

describe("the connection", function () {
  this.timeout("5m");
  const shared = useStack({ quotas: { [type]: 12 } });
  let doorway: RecordingProxy;
  let folder: string;
  let places: { here: Place; there: Place };
  let unrelated: Record<string, string>;

  /** The keys of the environment, as most stacks have them. */
  const keys = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };

  /** The AWS settings that the engine's processes find in their environment; of this process's own, none. */
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

  async function placeIn(name: string): Promise<Place> {
    const client = new DataExchangeClient({
      region: name,
      endpoint: shared.service.local.endpoint,
      credentials,
    });
    const dataSet = await client.send(
      new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "prices", Description: name }),
    );
    const revision = await client.send(new CreateRevisionCommand({ DataSetId: dataSet.Id }));
    client.destroy();
    return { dataSetId: dataSet.Id!, revisionId: revision.Id! };
  }

  before(async () => {
    const { service, stack } = shared;
    doorway = await openRecordingProxy(service.local.endpoint);
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
    places = { here: await placeIn(region), there: await placeIn(elsewhere) };
    doorway.forget();
    shared.service.local.clearRequests();
  });
  afterEach(async () => {
    const { stack } = shared.stack;
    const { error } = await shared.stack.destroy();
    expect(error?.message).to.equal(undefined);
    const set = Object.keys(await stack.getAllConfig());
    if (set.length > 0) await stack.removeAllConfig(set);
  });
  after(async () => {
    await doorway?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("comes from the stack's config alone, whose secrets show nowhere", async () => {
    const { stack, service } = shared;
    environment({});
    const [secretKey, token] = ["planted-stack-secret-key", "planted-stack-token"];
    await stack.stack.setAllConfig({
      "aws:region": { value: elsewhere },
      "aws:accessKey": { value: "AKIDOFTHESTACK" },
      "aws:secretKey": { value: secretKey, secret: true },
      "aws:token": { value: token, secret: true },
    });
    await stack.stack.setConfig("aws:endpoints[0].dataexchange", { value: doorway.url }, true);
    const program = declareJob(importArgs(places.there, ["0.csv"]));
    const runs = [await stack.preview(program), await stack.up(program), await stack.refresh()];
    for (const run of runs) expect(run.error?.message).to.equal(undefined);

    expect(doorway.signers()).to.deep.equal([{ accessKeyId: "AKIDOFTHESTACK", region: elsewhere, token }]);
    expect((await stack.job()).outputs).to.include({ state: "COMPLETED", region: elsewhere });
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

  it("takes an endpoint of the stack's config that is given as JSON, or as one object", async () => {
    const { stack } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: nowhere });
    for (const endpoints of [
      [{ s3: nowhere }, { dataexchange: doorway.url }],
      { dataexchange: doorway.url },
    ]) {
      doorway.forget();
      await stack.stack.setConfig("aws:endpoints", { value: JSON.stringify(endpoints) });
      const run = await stack.up(declareJob(importArgs(places.here, ["0.csv"], { triggers: [endpoints] })));
      expect(run.error?.message).to.equal(undefined);
      expect(doorway.signers()).to.deep.equal([{ accessKeyId: credentials.accessKeyId, region }]);
    }
  });

  it("prefers AWS_ENDPOINT_URL_DATAEXCHANGE to AWS_ENDPOINT_URL", async () => {
    const { stack } = shared;
    environment({
      AWS_REGION: region,
      ...keys,
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_DATAEXCHANGE: doorway.url,
    });
    const run = await stack.up(declareJob(importArgs(places.here, ["0.csv"])));
    expect(run.error?.message).to.equal(undefined);
    expect(doorway.signers()).to.have.length(1);
  });

  it("is each resource's own where it names an endpoint and a region", async () => {
    const { stack, service } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: nowhere });
    const run = await stack.up(() => {
      new Job("here", importArgs(places.here, ["0.csv"], { endpoint: service.local.endpoint }));
      new Job("there", importArgs(places.there, ["1.csv"], { endpoint: doorway.url, region: elsewhere }));
      return Promise.resolve();
    });
    expect(run.error?.message).to.equal(undefined);
    expect(doorway.signers()).to.deep.equal([{ accessKeyId: credentials.accessKeyId, region: elsewhere }]);
    const regions = new Map(service.local.jobs().map(({ id, region }) => [id, region]));
    const jobs = await stack.jobs();
    expect(
      jobs.map(({ id, urn, outputs }) => [urn.split("::").at(-1), regions.get(id), outputs.region]).sort(),
    ).to.deep.equal([
      ["here", region, region],
      ["there", elsewhere, elsewhere],
    ]);
  });

  it("to another region makes a new job there", async () => {
    const { stack, service } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: doorway.url });
    const made = await stack.up(declareJob(importArgs(places.here, ["0.csv"])));
    expect(made.error?.message).to.equal(undefined);
    const before = await stack.job();

    // The same job, but for its region: as its own argument, and as the stack's.
    const own = await stack.preview(declareJob(importArgs(places.here, ["0.csv"], { region: elsewhere })));
    expect(own.changes).to.deep.equal({ same: 1, replace: 1 });
    await stack.stack.setConfig("aws:region", { value: elsewhere });
    const theStacks = await stack.preview(declareJob(importArgs(places.here, ["0.csv"])));
    expect(theStacks.changes).to.deep.equal({ same: 1, replace: 1 });

    const moved = await stack.up(declareJob(importArgs(places.there, ["0.csv"])));
    expect(moved.error?.message).to.equal(undefined);
    expect(moved.changes).to.deep.equal({ same: 1, replace: 1 });
    const { id, outputs } = await stack.job();
    expect(id).not.to.equal(before.id);
    expect(outputs).to.include({ region: elsewhere, state: "COMPLETED" });
    expect(service.local.jobs({ region: elsewhere }).filter((job) => job.id === id)).to.have.length(1);

    // Named where it was the default, nothing changes.
    const named = await stack.preview(declareJob(importArgs(places.there, ["0.csv"], { region: elsewhere })));
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
        `[default]\nregion = us-west-2\n\n[profile team]\nregion = ${elsewhere}\n\n[profile everyone]\nregion = ${region}\n`,
      );
      const entry = (profile: string, key: string) =>
        `[${profile}]\naws_access_key_id = ${key}\naws_secret_access_key = planted-${profile}\n`;
      await writeFile(
        files.AWS_SHARED_CREDENTIALS_FILE!,
        entry("team", "AKIDOFTHETEAM") + entry("everyone", "AKIDOFEVERYONE"),
      );
    });

    it("takes keys and region from a resource's profile, and from the stack's", async () => {
      const { stack } = shared;
      // The keys of the environment are not the profile's.
      environment({ ...files, ...keys, AWS_ENDPOINT_URL: doorway.url });
      await stack.stack.setConfig("aws:profile", { value: "everyone" });
      const run = await stack.up(() => {
        const stacks = new Job("stacks", importArgs(places.here, ["0.csv"]));
        new Job("own", importArgs(places.there, ["1.csv"], { profile: "team" }), { dependsOn: stacks });
        return Promise.resolve();
      });
      expect(run.error?.message).to.equal(undefined);
      expect(doorway.signers()).to.deep.equal([
        { accessKeyId: "AKIDOFEVERYONE", region },
        { accessKeyId: "AKIDOFTHETEAM", region: elsewhere },
      ]);
    });

    it("takes a resource's profile before the stack's keys", async () => {
      const { stack } = shared;
      environment({ ...files, AWS_ENDPOINT_URL: doorway.url });
      await stack.stack.setAllConfig({
        "aws:region": { value: elsewhere },
        "aws:accessKey": { value: "AKIDOFTHESTACK" },
        "aws:secretKey": { value: "planted-stack-secret-key", secret: true },
      });
      const run = await stack.up(declareJob(importArgs(places.there, ["0.csv"], { profile: "team" })));
      expect(run.error?.message).to.equal(undefined);
      expect(doorway.signers()).to.deep.equal([{ accessKeyId: "AKIDOFTHETEAM", region: elsewhere }]);
    });

    it("fails, and takes nobody else's keys, where the profile does not exist", async () => {
      const { stack, service } = shared;
      environment({ ...files, AWS_REGION: region, AWS_ENDPOINT_URL: doorway.url });
      const { error, stdout } = await stack.up(
        declareJob(importArgs(places.here, ["0.csv"], { profile: "nobody" })),
      );
      expect(error).to.be.an("error");
      expect(stdout).to.match(/No IMPORT_ASSETS_FROM_S3 job was started: .*CredentialsProviderError/);
      expect(stdout).to.contain("nobody");
      expect(stdout).to.contain("Check region, endpoint and credentials");
      expect(doorway.signers()).to.deep.equal([]);
      expect(
        service.local
          .jobs()
          .filter(({ details }) => JSON.stringify(details).includes(places.here.revisionId)),
      ).to.be.empty;
    });
  });

  describe("with quotas of the stack's config", () => {
    let release = () => {};
    afterEach(() => release());

    it("runs as many jobs at once as they allow", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig(`dataexchange:concurrentJobs.${type}`, { value: "12" }, true);
      release = service.local.pauseJobs();
      let ended = false;
      const up = stack
        .up(
          () => {
            for (let i = 0; i < 12; i++) new Job(`job-${i}`, importArgs(places.here, [`${i}.csv`]));
            return Promise.resolve();
          },
          { parallel: 64 },
        )
        .finally(() => (ended = true));
      const inProgress = () => service.local.jobs().filter(({ state }) => state === "IN_PROGRESS").length;
      await until(() => ended || inProgress() === 12);
      release();
      const run = await up;
      expect(run.error?.message).to.equal(undefined);
      expect(run.changes).to.deep.equal({ create: 13 });
      expect(run.stdout).not.to.contain("waiting for its turn");
    });

    it("waits for turns that they do not give", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig("dataexchange:concurrentJobs", { value: JSON.stringify({ [type]: 1 }) });
      // No turn ends before another job has asked for one.
      const release = service.local.pauseJobs();
      const running = stack.up(() => {
        for (let i = 0; i < 3; i++) new Job(`job-${i}`, importArgs(places.here, [`${i}.csv`]));
        return Promise.resolve();
      });
      const turn = "waiting for its turn: 1 jobs of this type may run at once";
      await until(() => stack.output.includes(turn)).finally(release);
      expect((await running).error?.message).to.equal(undefined);
    });

    it("refuses wrong ones in the preview", async () => {
      const { stack, service } = shared;
      environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
      await stack.stack.setConfig("dataexchange:concurrentJobs", { value: '{"EXPORT_ASSETS":20}' });
      service.local.clearRequests();
      const { error, stderr } = await stack.preview(declareJob(importArgs(places.here, ["0.csv"])));
      expect(error).to.be.an("error");
      expect(stderr.replaceAll(/\s+/g, " ")).to.contain(
        'The stack\'s config dataexchange:concurrentJobs must be a JSON object such as {"EXPORT_ASSETS_TO_S3": 20}; ' +
          "EXPORT_ASSETS is not a job type with a whole number from 1.",
      );
      expect(service.countCalls()).to.deep.equal({});
    });
  });
});
