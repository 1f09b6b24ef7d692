import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { body, host, md5Of } from "../support/host";
import {
  apiImport,
  codeOf,
  expectOneJob,
  failureOf,
  hour,
  s3Export,
  s3Import,
  upload,
  urlExport,
} from "../support/samples";
import { Simulator } from "../support/simulator";

/** The story of an upload in its order; assets and answer are asked for at the same time. */
const order = ["createJob", "put", "startJob", "getJob", "listRevisionAssets"];

const byStory = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

describe("create: the story", () => {
  it("of an import: creates, looks for rivals, starts, waits, collects the assets", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(s3Import(["a.csv", "b.csv"]));
    expect(service.story()).to.deep.equal([
      ...["createJob", "listJobs", "startJob"],
      // Two looks at once, and then one a second.
      ...["listJobs", "listJobs", "listJobs", "listJobs", "listJobs", "listJobs", "listJobs"],
      "listRevisionAssets",
    ]);
    expect(outputs).to.deep.include({ state: "COMPLETED", errors: [], ...s3Import(["a.csv", "b.csv"]) });
    expect(outputs.arn).to.equal(`arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`);
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["a.csv", "b.csv"]);
    expect(outputs.assets[0]).to.have.keys("id", "name");
  });

  it("of an upload: puts the body with its MD5 to the URL that the job gave, then starts", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(upload("prices"));
    expect(service.story("listJobs")).to.deep.equal(
      ["createJob", "put", "startJob", "listRevisionAssets"].sort(byStory),
    );
    expect([...service.bodies]).to.deep.equal([
      [`https://uploads.test/${id}`, JSON.stringify({ text: "prices", md5: md5Of("prices") })],
    ]);
    expect(service.jobs[0]!.details.importAssetFromSignedUrl!.md5Hash).to.equal(md5Of("prices"));
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["prices.csv"]);
  });

  it("of a signed-URL export: asks for the job once more when it has ended, for the URL is in that answer alone", async () => {
    const service = new Simulator();
    const { id, outputs } = await host(service).create(urlExport());
    expect(service.story().at(-1)).to.equal("getJob");
    expect(outputs.signedUrl).to.equal(`https://downloads.test/${id}?X-Amz-Signature=SECRET${id}`);
    expect(Date.parse(outputs.signedUrlExpiresAt!)).to.be.greaterThan(Date.parse(outputs.updatedAt));
  });

  it("of an S3 export: collects nothing", async () => {
    const service = new Simulator();
    const { outputs } = await host(service).create(s3Export());
    expect(service.count("listRevisionAssets") + service.count("getJob")).to.equal(0);
    expect(outputs.assets).to.deep.equal([]);
  });

  it("tells what is being done, step by step", async () => {
    const process = host(new Simulator());
    await process.create(upload("prices"));
    expect(process.statuses).to.deep.equal([
      "creating the job",
      "uploading, 1 kB of 1 kB",
      "starting the job",
      "in progress",
      "completed, 1 asset",
    ]);
  });

  it("keeps credentials out of all but the outputs that are secret, and body and upload URL out of state", async () => {
    const { outputs } = await host(new Simulator()).create(apiImport({ apiKey: "KEY" }));
    const { apiKey, details, ...visible } = outputs;
    expect(apiKey).to.equal("KEY");
    expect(details.importAssetFromApiGatewayApi!.apiKey).to.equal("KEY");
    expect(JSON.stringify(visible)).to.not.match(/KEY|SECRET/);
    expect(outputs)
      .to.include({ uploadHash: body("{}").hash })
      .and.not.have.property("upload");
  });

  it("sends the asset configuration along", async () => {
    const service = new Simulator();
    const assetConfiguration = { tags: [{ key: "team", value: "prices" }] };
    await host(service).create(s3Import(["a"], { assetConfiguration }));
    expect(service.jobs[0]).to.deep.include({ assetConfiguration });
  });
});

describe("create: calls that fail on the way", () => {
  for (const inputs of [s3Import(), s3Export(), upload()]) {
    it(`finds the ${inputs.type} job again whose CreateJob was cut off after it was taken`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true });
      const { id } = await host(service).create(inputs);
      expect(id).to.equal("job1");
      expectOneJob(service, 2);
    });

    it(`makes the ${inputs.type} job again whose CreateJob was cut off before it was taken`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { times: 3 });
      await host(service).create(inputs);
      expect(service.count("createJob")).to.equal(4);
      expectOneJob(service);
    });
  }

  it(`with adopt: "none" leaves a job of before alone, although a CreateJob was cut off`, async () => {
    const service = new Simulator().fail("createJob", "unavailable", { after: true });
    const left = service.newJob(s3Import(), "WAITING", hour);
    const { id } = await host(service).create(s3Import(["a.csv"], { adopt: "none" }));
    expect(id).to.not.equal(left.id);
    expect([left.state, service.effects()]).to.deep.equal(["WAITING", [id]]);
  });

  it("gives CreateJob up after timeouts.request, with nothing in state", async () => {
    const service = new Simulator().fail("createJob", "unavailable", { times: Infinity });
    const started = service.clock.now();
    const error = await failureOf(
      host(service).create(s3Import(["a"], { timeouts: { request: "5m" } })),
      CodedError,
    );
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.code).to.equal("service-unavailable");
    expect(service.clock.now() - started).to.be.within(4.6 * 60_000, 5 * 60_000);
  });

  it("starts a job once whose StartJob was cut off after it took effect", async () => {
    const service = new Simulator().fail("startJob", "unavailable", { after: true });
    await host(service).create(s3Import());
    expectOneJob(service);
  });

  it("sees a job end that ended before a cut-off StartJob was made again", async () => {
    const service = new Simulator({ duration: 0 }).fail("startJob", "unavailable", { after: true });
    const { outputs } = await host(service).create(s3Import());
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.assets).to.have.length(1);
    expectOneJob(service);
  });

  it("sees a job fail that failed before a cut-off StartJob was made again", async () => {
    const outcome = () => ({
      state: "ERROR" as const,
      errors: [{ code: "VALIDATION_EXCEPTION", message: "No." }],
    });
    const service = new Simulator({ duration: 0, outcome }).fail("startJob", "unavailable", { after: true });
    expect(await codeOf(host(service).create(s3Import()))).to.equal("job-failed");
    expect(service.effects()).to.have.length(1);
  });

  for (const operation of [
    "listJobs",
    "createJob",
    "put",
    "startJob",
    "getJob",
    "listRevisionAssets",
  ] as const) {
    for (const kind of ["throttled", "unavailable"] as const) {
      it(`bears ${operation} ${kind} five times`, async () => {
        const service = new Simulator().fail(operation, kind, { times: 5 });
        const { outputs } = await host(service).create(upload());
        expect(outputs).to.include({ state: "COMPLETED" });
        expect(outputs.assets).to.have.length(1);
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

  it("waits at StartJob while the account's quota is used up, says so, and goes on", async () => {
    const service = new Simulator().fail("startJob", "limit", { times: 20 });
    const { create, statuses } = host(service);
    await create(s3Import());
    expect(statuses).to.include("waiting for the account's other jobs of this type to end");
    expectOneJob(service);
  });

  it("waits at CreateJob while the account's quota is used up, and goes on", async () => {
    const service = new Simulator().fail("createJob", "limit", { times: 3 });
    await host(service).create(s3Import());
    expectOneJob(service);
  });

  it("waits for the quota no longer than timeouts.queue, and keeps the job", async () => {
    const service = new Simulator().fail("startJob", "limit", { times: Infinity });
    const started = service.clock.now();
    const inputs = s3Import(["a"], { timeouts: { queue: "30m" } });
    const { outputs } = await failureOf(host(service).create(inputs), UnfinishedJobError);
    expect(service.clock.now() - started).to.be.within(29 * 60_000, 30 * 60_000);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
  });

  it("puts a body again whose upload broke off, gives up after timeouts.upload, and cancels the job", async () => {
    const service = new Simulator().fail("put", "unavailable", { times: Infinity });
    const started = service.clock.now();
    await failureOf(host(service).create(upload("x", { timeouts: { upload: "10m" } })));
    expect(service.count("put")).to.be.greaterThan(5);
    expect(service.clock.now() - started).to.be.at.most(10 * 60_000);
    expect([service.effects(), service.jobs[0]!.state]).to.deep.equal([[], "CANCELLED"]);
  });
});
