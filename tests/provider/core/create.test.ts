import { expect } from "chai";

import { body, expectOneJob, host, md5Of, namesOf, statesOf } from "../../simulation/host";
import {
  apiImport,
  codeOf,
  failureOf,
  hour,
  s3Export,
  s3Import,
  unfinishedOf,
  upload,
  urlExport,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

const minute = 60_000;

describe("createJob", () => {
  it("lists jobs between CreateJob and StartJob, waits, and lists the assets of an import", async () => {
    const service = new Simulator();
    const inputs = s3Import(["a.csv", "b.csv"]);
    const { id, outputs } = await host(service).create(inputs);
    const [created, listed, started, ...rest] = service.story();
    expect([created, listed, started]).to.deep.equal(["createJob", "listJobs", "startJob"]);
    expect(rest.pop()).to.equal("listRevisionAssets");
    expect(new Set(rest)).to.deep.equal(new Set(["listJobs"]));
    expect(outputs).to.deep.include({ state: "COMPLETED", errors: [], ...inputs });
    expect(outputs.arn).to.equal(`arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`);
    expect(namesOf(outputs.assets)).to.deep.equal(["a.csv", "b.csv"]);
    expect(outputs.assets[0]).to.have.keys("id", "name");
  });

  it("uploads the body with its MD5 to the job's URL before StartJob", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(upload("prices"));
    const story = service.story();
    expect(story.indexOf("put")).to.be.above(story.indexOf("createJob")).and.below(story.indexOf("startJob"));
    expect([...service.bodies]).to.deep.equal([
      [`https://uploads.test/${id}`, JSON.stringify({ text: "prices", md5: md5Of("prices") })],
    ]);
    expect(service.jobs[0]!.details.importAssetFromSignedUrl!.md5Hash).to.equal(md5Of("prices"));
    expect(namesOf(outputs.assets)).to.deep.equal(["prices.csv"]);
  });

  it("calls GetJob for an ended signed URL export, because only that answer contains the URL", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(urlExport());
    expect(service.story().at(-1)).to.equal("getJob");
    expect(outputs.signedUrl).to.equal(`https://downloads.test/${id}?X-Amz-Signature=SECRET${id}`);
    expect(Date.parse(outputs.signedUrlExpiresAt!)).to.be.greaterThan(Date.parse(outputs.updatedAt));
  });

  it("calls neither GetJob nor ListRevisionAssets for an S3 export", async () => {
    const service = new Simulator();
    const { outputs } = await host(service).create(s3Export());
    expect(service.count("listRevisionAssets") + service.count("getJob")).to.equal(0);
    expect(outputs.assets).to.deep.equal([]);
  });

  it("reports each step as a status", async () => {
    const process = host(new Simulator());
    await process.create(upload("prices"));
    expect(process.statuses).to.deep.equal([
      ...["creating the job", "uploading, 1 kB of 1 kB", "starting the job", "in progress"],
      "completed, 1 asset",
    ]);
  });

  it("keeps credentials out of all outputs but the secret ones, and the body out of state", async () => {
    const { outputs } = await host(new Simulator()).create(apiImport({ apiKey: "KEY" }));
    const { apiKey, details, ...visible } = outputs;
    expect(apiKey).to.equal("KEY");
    expect(details.importAssetFromApiGatewayApi!.apiKey).to.equal("KEY");
    expect(JSON.stringify(visible)).to.not.match(/KEY|SECRET/);
    expect(outputs)
      .to.include({ uploadHash: body("{}").hash })
      .and.not.have.property("upload");
  });

  it("sends the asset configuration", async () => {
    const service = new Simulator();
    const assetConfiguration = { tags: [{ key: "team", value: "prices" }] };
    await host(service).create(s3Import(["a"], { assetConfiguration }));
    expect(service.jobs[0]).to.deep.include({ assetConfiguration });
  });
});

describe("createJob: failed calls", () => {
  for (const inputs of [s3Import(), s3Export(), upload()]) {
    it(`runs one ${inputs.type} job if two answers of CreateJob are lost`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true, times: 2 });
      expect((await host(service).create(inputs)).id).to.equal("job1");
      expectOneJob(service, 3);
    });
  }

  it(`leaves an earlier job alone with adopt: "none" if the answer of CreateJob is lost`, async () => {
    const service = new Simulator().fail("createJob", "unavailable", { after: true });
    const left = service.newJob(s3Import(), hour);
    const { id } = await host(service).create(s3Import(["a.csv"], { adopt: "none" }));
    expect(id).to.not.equal(left.id);
    expect([left.state, service.effects()]).to.deep.equal(["WAITING", [id]]);
  });

  for (const duration of [0, 5_000]) {
    it(`starts a job of ${duration} ms once if the answer of StartJob is lost`, async () => {
      const service = new Simulator({ duration }).fail("startJob", "unavailable", { after: true });
      const { outputs } = await host(service).create(s3Import());
      expect([outputs.state, outputs.assets.length]).to.deep.equal(["COMPLETED", 1]);
      expectOneJob(service);
    });
  }

  it("detects the failure of a job whose StartJob got no answer", async () => {
    const outcome = () => ({ state: "ERROR" as const });
    const service = new Simulator({ duration: 0, outcome }).fail("startJob", "unavailable", { after: true });
    expect(await codeOf(host(service).create(s3Import()))).to.equal("job-failed");
    expect(service.effects()).to.have.length(1);
  });

  const operations = ["listJobs", "createJob", "put", "startJob", "getJob", "listRevisionAssets"] as const;
  for (const operation of operations) {
    for (const kind of ["throttled", "unavailable"] as const) {
      it(`completes if ${operation} fails as ${kind} five times`, async () => {
        const service = new Simulator().fail(operation, kind, { times: 5 });
        const { outputs } = await host(service).create(upload());
        expect([outputs.state, outputs.assets.length]).to.deep.equal(["COMPLETED", 1]);
        expectOneJob(service);
      });
    }
  }

  for (const kind of ["invalid", "accessDenied", "conflict", "notFound", "other"] as const) {
    it(`does not repeat a CreateJob that failed as ${kind}`, async () => {
      const service = new Simulator().fail("createJob", kind, { times: Infinity });
      await failureOf(host(service).create(s3Import()));
      expect(service.count("createJob")).to.equal(1);
    });
  }

  for (const operation of ["createJob", "startJob"] as const) {
    it(`repeats ${operation} while the account's quota is used up, and reports that`, async () => {
      const service = new Simulator().fail(operation, "limit", { times: 20 });
      const { create, statuses } = host(service);
      await create(s3Import());
      expect(statuses).to.include("waiting for the account's other jobs of this type to end");
      expectOneJob(service);
    });
  }

  it("waits for the quota until timeouts.queue, and keeps the job in state", async () => {
    const service = new Simulator().fail("startJob", "limit", { times: Infinity });
    const started = service.clock.now();
    const inputs = s3Import(["a"], { timeouts: { queue: "30m" } });
    const { outputs } = await unfinishedOf(host(service).create(inputs));
    expect(service.clock.now() - started).to.be.within(29 * minute, 30 * minute);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
  });

  it("repeats a failed upload until timeouts.upload, and cancels the job", async () => {
    const service = new Simulator().fail("put", "unavailable", { times: Infinity });
    const started = service.clock.now();
    await failureOf(host(service).create(upload("x", { timeouts: { upload: "10m" } })));
    expect(service.count("put")).to.be.greaterThan(5);
    expect(service.clock.now() - started).to.be.at.most(10 * minute);
    expect([service.effects(), statesOf(service.jobs)]).to.deep.equal([[], ["CANCELLED"]]);
  });
});
