import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { UnfinishedJobError } from "../../../provider/core/errors";
import { body, host, md5Of } from "../support/host";
import {
  apiImport,
  codeOf,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  upload,
  urlExport,
} from "../support/samples";
import { Simulator } from "../support/simulator";

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

/** The story of an upload in its order; assets and answer are asked for at the same time. */
const order = ["createJob", "put", "startJob", "getJob", "listRevisionAssets"];
const byStory = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

describe("create: jobs that do not come to a good end", () => {
  const failing = () =>
    new Simulator({
      outcome: () => ({
        state: "ERROR",
        errors: [
          {
            code: "RESOURCE_NOT_FOUND_EXCEPTION",
            message: "The object does not exist.",
            details: { importAssetsFromS3JobErrorDetails: [{ bucket: "source", key: "a.csv" }] },
          },
        ],
      }),
    });

  it("a job that fails stays in state with its id and outputs", async () => {
    const { id, outputs } = await failureOf(host(failing()).create(s3Import()), UnfinishedJobError);
    expect(id).to.equal("job1");
    expect(outputs).to.deep.include({ ...s3Import(), state: "ERROR" });
    expect(outputs.errors[0]!.code).to.equal("RESOURCE_NOT_FOUND_EXCEPTION");
  });

  it("a job that fails is told with its id, the service's error, the object and what to do", async () => {
    const { message } = await failureOf(host(failing()).create(s3Import()), UnfinishedJobError);
    for (const part of [
      "job1",
      "RESOURCE_NOT_FOUND_EXCEPTION: The object does not exist",
      "s3://source/a.csv",
      "[job-failed]",
    ])
      expect(message).to.contain(part);
  });

  it("a job that fails tells why even when its assets cannot be listed", async () => {
    const service = failing().fail("listRevisionAssets", "accessDenied", { times: Infinity });
    const { message, outputs } = await failureOf(host(service).create(s3Import()), UnfinishedJobError);
    expect(message).to.contain("The object does not exist");
    expect(outputs.state).to.equal("ERROR");
  });

  it("a job that fails takes no asset that another job makes meanwhile", async () => {
    const service = new Simulator({
      outcome: ({ id }) => (id === "job1" ? { state: "ERROR", errors: [] } : { state: "COMPLETED" }),
    });
    const { create } = host(service);
    const [failed, made] = await Promise.all([
      failureOf(create(s3Import()), UnfinishedJobError),
      create(s3Import()),
    ]);
    expect(failed.outputs.assets).to.deep.equal([]);
    expect(made.outputs.assets).to.have.length(1);
  });

  for (const state of ["TIMED_OUT", "CANCELLED"] as const) {
    it(`a job that ends in ${state} while it runs stays in state`, async () => {
      const service = new Simulator({ outcome: () => ({ state }) });
      const { outputs, code } = await failureOf(host(service).create(s3Export()), UnfinishedJobError);
      expect(outputs.state).to.equal(state);
      expect(code).to.equal(`job-${state.toLowerCase().replace("_", "-")}`);
      expect(service.effects()).to.have.length(1);
    });
  }

  it("a wait that runs out leaves the job running and says so, and the next up goes on with it", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const process = host(service);
    const { id, outputs, code } = await failureOf(
      process.create(s3Import(["a"], { timeouts: { run: "1h" } })),
      UnfinishedJobError,
    );
    expect(code).to.equal("run-timeout");
    expect(outputs.state).to.equal("IN_PROGRESS");
    expect(process.diff(id, outputs, s3Import(["a"]))).to.deep.include({ replaces: [], updates: true });
    expect((await process.update(id, outputs, s3Import(["a"]))).state).to.equal("COMPLETED");
    expect(service.effects()).to.deep.equal(["job1"]);
  });

  it("a turn that does not come within its time leaves a job that waits, and the next run goes on with it", async () => {
    const service = new Simulator({ duration: 2 * hour });
    const { create, statuses } = host(service, { quotas: { IMPORT_ASSETS_FROM_S3: 1 } });
    const first = create(s3Import(["a"]));
    const { outputs, code } = await failureOf(
      create(s3Import(["b"], { timeouts: { queue: "1h" } })),
      UnfinishedJobError,
    );
    expect(code).to.equal("queue-timeout");
    expect(statuses).to.include("waiting for its turn: 1 jobs of this type may run at once, 0 wait ahead");
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    expect(service.effects()).to.deep.equal(["job1"]);
    await first;
  });

  it("CreateJob denied leaves nothing in state, and says what to allow", async () => {
    const service = new Simulator().fail("createJob", "accessDenied", {
      facts: { action: "dataexchange:CreateJob" },
    });
    const error = await failureOf(host(service).create(s3Import()));
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.message).to.match(
      /^No IMPORT_ASSETS_FROM_S3 job was started: CreateJob failed with AccessDenied/,
    );
    expect(error.message).to.contain("Allow dataexchange:CreateJob to the identity that runs Pulumi");
    expect(service.count("createJob")).to.equal(1);
  });

  it("StartJob denied keeps the job in state, to be started when it is allowed", async () => {
    const service = new Simulator().fail("startJob", "accessDenied");
    const process = host(service);
    const { id, outputs } = await failureOf(process.create(s3Import()), UnfinishedJobError);
    expect(outputs).to.include({ state: "WAITING", __pending: true });
    expect((await process.update(id, outputs, s3Import())).state).to.equal("COMPLETED");
    expect(service.effects()).to.deep.equal([id]);
  });

  it("a revision that is gone when the job is to start is told, and the job stays in state", async () => {
    const service = new Simulator().fail("startJob", "notFound", {
      facts: { resourceId: revisionId, resourceType: "REVISION" },
    });
    const { outputs, code } = await failureOf(host(service).create(s3Import()), UnfinishedJobError);
    expect(outputs.state).to.equal("WAITING");
    expect(code).to.equal("resource-not-found");
  });

  it("a job whose record vanishes while it runs is made anew by the next up", async () => {
    const service = new Simulator({ duration: 10 * hour });
    const process = host(service);
    const made = failureOf(process.create(s3Import()), UnfinishedJobError);
    await service.clock.pass(hour);
    service.jobs.pop();
    const { id, outputs } = await made;
    expect(process.diff(id, outputs, s3Import()).replaces).to.deep.equal(["state"]);
  });

  it("a body that is refused makes nothing, and its job is cancelled", async () => {
    const service = new Simulator().fail("put", "other", {
      facts: { name: "InvalidDigest", message: "The Content-MD5 is not valid." },
    });
    const error = await failureOf(host(service).create(upload()), CodedError);
    expect(error).to.not.be.instanceOf(UnfinishedJobError);
    expect(error.code).to.equal("upload-refused");
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
  });

  it("an upload whose URL expired before it began goes to the URL of a new job", async () => {
    const service = new Simulator().fail("put", "expired", { times: 2 });
    const { id, outputs } = await host(service).create(upload());
    expect([id, outputs.state]).to.deep.equal(["job3", "COMPLETED"]);
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED", "CANCELLED", "COMPLETED"]);
  });

  it("an upload whose URLs expire again and again makes nothing, and says so", async () => {
    const service = new Simulator().fail("put", "expired", { times: Infinity });
    expect(await codeOf(host(service).create(upload()))).to.equal("upload-url-expired");
    expect([service.effects(), service.jobs.length]).to.deep.equal([[], 3]);
  });

  it("begins nothing for an engine that is gone", async () => {
    const service = new Simulator();
    const gone = await failureOf(host(service, { wanted: () => false }).create(s3Import()));
    expect(gone.message).to.contain("The engine has gone away");
    expect(service.jobs).to.deep.equal([]);
  });

  it("does not start the job when the engine went away after it was made", async () => {
    const service = new Simulator();
    const wanted = () => service.jobs.length === 0;
    const { outputs } = await failureOf(host(service, { wanted }).create(s3Import()), UnfinishedJobError);
    expect(outputs.state).to.equal("WAITING");
    expect(service.effects()).to.deep.equal([]);
  });
});
