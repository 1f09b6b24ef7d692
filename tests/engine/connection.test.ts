import { writeFile } from "node:fs/promises";
import { devNull } from "node:os";

import { expect } from "chai";

import { Job } from "../../index";
import { forEachHostProcess } from "../harness/hosts";
import { useFolder } from "../harness/folder";
import type { RecordingProxy } from "../harness/http";
import { openRecordingProxy } from "../harness/http";
import { until } from "../harness/processes";
import { declareJob, importArgs } from "../harness/programs";
import type { RevisionIds } from "../harness/service";
import { credentials, region } from "../harness/service";
import { expectSuccess, messageCodes } from "../harness/stack";

const otherRegion = "eu-west-1";
/** Nothing listens at this port, which is reserved for the discard protocol. */
const closedEndpoint = "http://127.0.0.1:9";
const type = "IMPORT_ASSETS_FROM_S3";

/** Keys in the environment, as in most stacks. */
const keys = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};

forEachHostProcess("the connection", function (host) {
  this.timeout("5m");
  const shared = host.useStack({ quotas: { [type]: 12 } });
  const at = useFolder();
  let proxy: RecordingProxy;
  let revisions: { here: RevisionIds; there: RevisionIds };
  let unrelated: Record<string, string>;

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
    const objects = Array.from({ length: 12 }, (_, i) => [`${i}.csv`, `${i}`] as const);
    await service.createBucket("source", Object.fromEntries(objects));
    const variables = Object.entries(stack.stack.workspace.envVars);
    unrelated = Object.fromEntries(variables.filter(([name]) => !name.startsWith("AWS_")));
  });
  beforeEach(async () => {
    revisions = { here: await revisionIn(region), there: await revisionIn(otherRegion) };
    proxy.clear();
  });
  afterEach(async () => {
    const { stack } = shared.stack;
    expectSuccess(await shared.stack.destroy());
    const set = Object.keys(await stack.getAllConfig());
    if (set.length > 0) await stack.removeAllConfig(set);
  });
  after(() => proxy?.close());

  it("uses only the stack's config, and shows its secrets nowhere", async () => {
    const { stack, service } = shared;
    environment({});
    const [secretKey, token] = ["planted-stack-secret-key", "planted-stack-token"];
    await stack.stack.setAllConfig({
      [host.setting("region")]: { value: otherRegion },
      [host.setting("accessKey")]: { value: "AKIDOFTHESTACK" },
      [host.setting("secretKey")]: { value: secretKey, secret: true },
      [host.setting("token")]: { value: token, secret: true },
    });
    await stack.stack.setConfig(host.setting("endpoints[0].dataexchange"), { value: proxy.url }, true);
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

  it("uses keys and region of the profile of a resource and of the stack", async () => {
    const { stack } = shared;
    const [config, secrets] = [at("config"), at("credentials")];
    await writeFile(
      config,
      `[profile team]\nregion = ${otherRegion}\n\n[profile everyone]\nregion = ${region}\n`,
    );
    const entry = (profile: string, key: string) =>
      `[${profile}]\naws_access_key_id = ${key}\naws_secret_access_key = planted-${profile}\n`;
    await writeFile(secrets, entry("team", "AKIDOFTHETEAM") + entry("everyone", "AKIDOFEVERYONE"));
    environment({
      ...{ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: secrets },
      // The keys in the environment differ from those of the profiles.
      ...keys,
      ...{ AWS_ENDPOINT_URL: closedEndpoint, AWS_ENDPOINT_URL_DATAEXCHANGE: proxy.url },
    });
    for (const [name, own] of [
      ["everyone", "misspelt"],
      ["misspelt", undefined],
    ] as const) {
      await stack.stack.setConfig(host.setting("profile"), { value: name });
      const refused = await stack.preview(() => {
        new Job("own", importArgs(revisions.there, ["1.csv"], { profile: own }));
        return Promise.resolve();
      });
      expect(messageCodes(refused)).to.deep.equal(["profile-not-found"]);
    }
    await stack.stack.setConfig(host.setting("profile"), { value: "everyone" });
    const run = await stack.up(() => {
      const stacks = new Job("stacks", importArgs(revisions.here, ["0.csv"]));
      new Job("own", importArgs(revisions.there, ["1.csv"], { profile: "team" }), { dependsOn: stacks });
      return Promise.resolve();
    });
    expectSuccess(run);
    // Needs the files, which the hook of the folder deletes first.
    expectSuccess(await stack.destroy());
    expect(proxy.signers()).to.deep.equal([
      { accessKeyId: "AKIDOFEVERYONE", region },
      { accessKeyId: "AKIDOFTHETEAM", region: otherRegion },
    ]);
  });

  it("runs as many jobs at once as the quota in the stack's config", async () => {
    const { stack, service } = shared;
    environment({ AWS_REGION: region, ...keys, AWS_ENDPOINT_URL: service.local.endpoint });
    await stack.stack.setConfig(`dataexchange:concurrentJobs.${type}`, { value: "12" }, true);
    const release = service.local.pauseJobs();
    let ended = false;
    const program = () => {
      for (let i = 0; i < 12; i++) new Job(`job-${i}`, importArgs(revisions.here, [`${i}.csv`]));
      return Promise.resolve();
    };
    const up = stack.up(program, { parallel: 64 }).finally(() => (ended = true));
    const inProgress = () => service.local.jobs().filter(({ state }) => state === "IN_PROGRESS").length;
    await until(() => ended || inProgress() === 12).finally(release);
    const run = expectSuccess(await up);
    expect(run.changes).to.deep.equal({ create: 13 });
    expect(run.stdout).not.to.contain("waiting for a slot");
  });
});
