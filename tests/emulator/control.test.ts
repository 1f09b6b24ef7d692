import { get } from "node:http";
import { networkInterfaces } from "node:os";
import { expect } from "chai";
import type { FaultRule, JobSnapshot, RecordedRequest } from "../../emulator";
import { OptionError } from "../../emulator";
import { EmulatorService, jobRequest, md5Of, rejection } from "./support";

describe("emulator: control path", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  const ask = async <T>(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; json: T }> => {
    const response = await fetch(`${service.local.endpoint}/_local/${path}`, {
      method,
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: (text ? JSON.parse(text) : undefined) as T };
  };

  it("puts the clock forward", async () => {
    const { json } = await ask<{ now: string }>("POST", "clock/advance", { by: "90d" });
    expect(Date.parse(json.now)).to.be.greaterThan(Date.now() + 89 * 24 * 60 * 60 * 1000);
    expect((await ask<{ now: string }>("GET", "clock")).json.now >= json.now).to.equal(true);
    expect((await ask("POST", "clock/advance", { by: "soon" })).status).to.equal(400);
  });

  it("adds, lists and removes faults", async () => {
    const rule = { operation: "ListDataSets", error: "ThrottlingException", times: "always" };
    const { json: fault } = await ask<{ id: string }>("POST", "faults", rule);
    await rejection(service.call("ListDataSets", {}), "ThrottlingException");
    expect((await ask("GET", "faults")).json).to.deep.equal([{ id: fault.id, left: "always", ...rule }]);
    expect((await ask("DELETE", `faults/${fault.id}`)).status).to.equal(204);
    expect((await ask("DELETE", `faults/${fault.id}`)).status).to.equal(404);
    await service.call("ListDataSets", {});
    await ask("POST", "faults", rule);
    expect((await ask("DELETE", "faults")).status).to.equal(204);
    await service.call("ListDataSets", {});
    expect((await ask("POST", "faults", { operation: "Nothing" })).status).to.equal(400);
  });

  it("shows requests and jobs", async () => {
    await ask("DELETE", "requests");
    const ids = await service.createRevisionIds();
    await service.createJob(
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: "A".repeat(22) + "==" }),
    );
    const { json: requests } = await ask<RecordedRequest[]>("GET", "requests");
    expect(requests.map(({ operation }) => operation)).to.deep.equal([
      "CreateDataSet",
      "CreateRevision",
      "CreateJob",
    ]);
    expect(requests[1]!.input).to.deep.equal({ dataSetId: ids.DataSetId });
    const { json: jobs } = await ask<JobSnapshot[]>("GET", "jobs?region=us-east-1");
    expect(jobs).to.deep.equal(JSON.parse(JSON.stringify(service.local.jobs())));
    expect(jobs[0]).to.include({ state: "WAITING", startCount: 0, uploaded: false });
    expect(jobs[0]!.details["importAssetFromSignedUrl"]!["signedUrl"]).to.equal("***");
    expect((await ask("GET", "jobs?region=eu-west-1")).json).to.deep.equal([]);
  });

  it("knows no other paths", async () => {
    expect((await ask("GET", "nothing")).status).to.equal(404);
    expect((await ask("PUT", "faults")).status).to.equal(404);
  });

  it("answers no web page, and no machine but this one", async () => {
    const { port } = new URL(service.local.endpoint);
    const statusOf = (host: string, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const call = get({ host, port, path: "/_local/clock", headers });
        call.once("response", (answer) => resolve(answer.resume().statusCode ?? 0)).once("error", reject);
      });
    expect(await statusOf("127.0.0.1", {})).to.equal(200);
    expect(await statusOf("127.0.0.1", { host: `localhost:${port}` })).to.equal(200);
    expect(await statusOf("127.0.0.1", { host: `attacker.example:${port}` })).to.equal(403);
    expect(await statusOf("127.0.0.1", { origin: "http://attacker.example" })).to.equal(403);

    const open = await EmulatorService.start({ host: "0.0.0.0" });
    const others = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const address = others.find(({ internal, family }) => !internal && family === "IPv4")?.address;
    if (address !== undefined) {
      const answer = await fetch(`http://${address}:${new URL(open.local.endpoint).port}/_local/clock`);
      expect(answer.status).to.equal(403);
    }
    await open.stop();
  });
});

describe("emulator: faults", () => {
  let service: EmulatorService;
  beforeEach(async () => {
    service = await EmulatorService.start();
  });
  afterEach(() => service.stop());

  const create = () =>
    service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" });
  const count = async () => (await service.call("ListDataSets", {})).DataSets!.length;

  it("strikes once unless told otherwise, before there is an effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", error: "ThrottlingException" });
    const error = await rejection(create(), "ThrottlingException");
    expect(error.$metadata.httpStatusCode).to.equal(429);
    expect(await count()).to.equal(0);
    await create();
    expect(await count()).to.equal(1);
  });

  it("spoils the answer after the effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", connection: "reset", when: "after", times: 2 });
    await rejection(create());
    await rejection(create());
    expect(await count()).to.equal(2);
    const statuses = service.local.requests.map(({ operation, status }) => `${operation} ${status}`);
    expect(statuses).to.deep.equal(["CreateDataSet reset", "CreateDataSet reset", "ListDataSets 200"]);
  });

  it("breaks the connection before the effect", async () => {
    service.local.faults.add({ operation: "*", connection: "reset" });
    await rejection(create());
    expect(await count()).to.equal(0);
  });

  it("answers with any status, until it is removed", async () => {
    const fault = service.local.faults.add({ operation: "CreateDataSet", error: 503, times: "always" });
    for (let i = 0; i < 3; i += 1) await rejection(create());
    expect(fault.left).to.equal("always");
    fault.remove();
    await create();
    expect(service.local.faults.list()).to.be.empty;
  });

  it("strikes uploads too", async () => {
    const ids = await service.createRevisionIds();
    const { Id, Details } = await service.call(
      "CreateJob",
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: md5Of("x") }),
    );
    const put = () => fetch(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", body: "x" });
    service.local.faults.add({ operation: "UploadBody", error: 503 });
    expect((await put()).status).to.equal(503);
    service.local.faults.add({ operation: "UploadBody", connection: "reset" });
    await rejection(put());
    expect(service.local.jobs()[0]!.uploaded).to.equal(false);
    service.local.faults.add({ operation: "UploadBody", connection: "reset", when: "after" });
    await rejection(put());
    expect(service.local.jobs()[0]!.uploaded).to.equal(true);
    const uploads = service.local.requests.filter(({ operation }) => operation === "UploadBody");
    expect(uploads.map(({ status }) => status)).to.deep.equal([503, "reset", "reset"]);
    expect(uploads[0]!.input).to.deep.equal({ jobId: Id });
  });

  it("refuses rules that make no sense", () => {
    const rules: [object, string][] = [
      [{ operation: "CreateDataset", error: 500 }, "unknown-value"],
      [{ operation: "CreateJob" }, "no-effect"],
      [{ operation: "CreateJob", error: 200 }, "too-small"],
      [{ operation: "CreateJob", error: 500, connection: "reset" }, "conflicting-members"],
      [{ operation: "RunJob", connection: "reset" }, "conflicting-members"],
      [{ operation: "RunJob", error: "ThrottlingException" }, "unknown-value"],
      [{ operation: "CreateJob", error: 500, times: 0 }, "too-small"],
      [{ operation: "CreateJob", error: 500, times: "often" }, "unknown-value"],
      [{ operation: "CreateJob", error: 500, probability: 0 }, "too-small"],
      [{ operation: "CreateJob", delayMs: 2 ** 31 }, "too-large"],
    ];
    for (const [rule, code] of rules) {
      expect(() => service.local.faults.add(rule as FaultRule), JSON.stringify(rule))
        .to.throw(OptionError)
        .with.property("code", code);
    }
  });
});
