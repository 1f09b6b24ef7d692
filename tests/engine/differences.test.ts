/** What only one of the two providers does. Each test names the row of the table that it shows. */
import { createHash } from "node:crypto";

import type { CustomResourceOptions, Inputs } from "@pulumi/pulumi";
import { asset, secret } from "@pulumi/pulumi";
import type { Deployment, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../index";
import { Job, JobSet } from "../../index";
import { isRecord } from "../../service-model/validate";
import { PluginProvider } from "../harness/attached-plugin";
import { forEachHost } from "../harness/hosts";
import { prepareJobs } from "../harness/one-job-per-type";
import { importArgs, uploadArgs } from "../harness/programs";
import { credentials, region } from "../harness/service";
import { expectSuccess, messageCodes, valuesOf } from "../harness/stack";

const declare =
  (jobs: Record<string, JobArgs>, opts: Record<string, CustomResourceOptions> = {}): PulumiFn =>
  () => {
    for (const [name, args] of Object.entries(jobs)) new Job(name, args, opts[name]);
    return Promise.resolve();
  };

forEachHost("what only one provider does", function (host) {
  this.timeout("5m");
  const shared = host.useStack();

  afterEach(() => shared.stack.clearState());

  const refuses = (option: string, opts: () => CustomResourceOptions, code: string): void => {
    it(`refuses the option ${option}`, async () => {
      const id = "0".repeat(32);
      const args = importArgs({ dataSetId: id, revisionId: id }, ["a.csv"]);
      const program = () => {
        new Job("prices", args, opts());
        return Promise.resolve();
      };
      expect(messageCodes(await shared.stack.preview(program))).to.include(code);
    });
  };

  host.only("dynamic", "import", () => {
    refuses("import", () => ({ import: "0".repeat(32) }), "unsupported-import");
  });
  host.only("plugin", "import", () => {
    it("imports a job of each type, and changes nothing afterwards", async () => {
      const { stack, service } = shared;
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

    it("refuses a failed job, which Job.get reads", async () => {
      const { stack, service } = shared;
      await service.createBucket("source", {});
      const args = importArgs(await service.createEmptyRevision(), ["missing.csv"]);
      expect(messageCodes(await stack.up(declare({ prices: args })))).to.include("job-failed");
      const { id } = await stack.job();
      await stack.clearState();

      const program = declare({ prices: args }, { prices: { import: id } });
      expect(messageCodes(await stack.up(program))).to.include("not-importable");
      expect(await stack.listJobIds()).to.deep.equal([]);

      const found = await stack.up(() => Promise.resolve({ state: Job.get("found", id).state }));
      expect(valuesOf(expectSuccess(found))).to.deep.equal({ state: "ERROR" });
      expect(service.local.jobs().filter((job) => job.state === "ERROR")).to.have.length(1);
    });
  });

  it("stores no hash of a secret text in clear, if the outputs that contain it are secret", async () => {
    const { stack, service } = shared;
    const text = "a text that is secret";
    const upload = {
      ...uploadArgs(await service.createEmptyRevision(), "notes.txt", text),
      upload: secret(new asset.StringAsset(text)),
    } as JobArgs;
    const program = () => {
      new Job("alone", upload, { additionalSecretOutputs: ["uploadHash"] });
      new JobSet("set", { jobs: { one: upload } }, { additionalSecretOutputs: ["results"] });
      return Promise.resolve();
    };
    expectSuccess(await stack.up(program));
    expect(await stack.readState()).to.not.contain(createHash("sha256").update(text).digest("hex"));
  });

  it("stores the text of an upload encrypted, or only its hash", async () => {
    const { stack, service } = shared;
    const text = "planted text";
    const upload = uploadArgs(await service.createEmptyRevision(), "notes.txt", text);
    const program = () => {
      new Job("alone", upload);
      new JobSet("set", { jobs: { one: upload } });
      return Promise.resolve();
    };
    expectSuccess(await stack.up(program));
    const state = await stack.readState();
    expect(state).to.not.contain(text);
    const hash = createHash("sha256").update(text).digest("hex");
    expect(state.includes(hash)).to.equal(host.differs("textUpload", { dynamic: true, plugin: false }));
    const decrypted = JSON.stringify(await stack.stack.exportStack());
    expect(decrypted).to.contain(hash);
    expect(decrypted.includes(text)).to.equal(host.differs("textUpload", { dynamic: false, plugin: true }));
    expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: 3 });
  });

  host.only("plugin", "textUpload", () => {
    it("changes nothing in a state that has the hash of a text in clear, and seals it in a refresh", async () => {
      const { stack, service } = shared;
      const upload = uploadArgs(await service.createEmptyRevision(), "notes.txt", "planted text");
      const program = () => {
        new Job("alone", upload);
        new JobSet("set", { jobs: { one: upload } });
        return Promise.resolve();
      };
      expectSuccess(await stack.up(program));
      const hash = createHash("sha256").update("planted text").digest("hex");
      const deployment = await stack.stack.exportStack();
      await stack.stack.importStack(unsealed(deployment, hash));
      expect(await stack.readState()).to.contain(hash);
      const jobs = service.local.jobs().length;
      const same = { same: 3 };
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal(same);
      expect(expectSuccess(await stack.refresh()).changes).to.deep.equal(same);
      expect(await stack.readState()).to.not.contain(hash);
      expect(expectSuccess(await stack.up(program)).changes).to.deep.equal(same);
      expect(service.local.jobs()).to.have.length(jobs);
    });
  });

  host.only("dynamic", "provider", () => {
    // No resource, because the engine would end without the plugin of a real one.
    refuses("provider", () => ({ provider: {} as PluginProvider }), "unsupported-provider");
  });
  host.only("plugin", "provider", () => {
    it("runs jobs through an explicit provider, and again if its region changes", async () => {
      const { stack, service } = shared;
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
          new Job("prices", importArgs(revision, ["a.csv"]), { provider });
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
  });
});

/** The deployment with one of its texts in clear. */
const unsealed = (deployment: Deployment, text: string): Deployment =>
  JSON.parse(JSON.stringify(deployment), (_, value: unknown) =>
    isRecord(value) && value.plaintext === JSON.stringify(text) ? text : value,
  ) as Deployment;
