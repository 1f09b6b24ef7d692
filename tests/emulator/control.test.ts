import { networkInterfaces } from "node:os";
import { expect } from "chai";
import type { FaultRule, JobSnapshot, RecordedRequest } from "../../emulator";
import { OptionError } from "../../emulator";
import { sendPlain } from "../harness/http";
import { EmulatorService, rejection } from "../harness/emulator-service";

describe("emulator: admin API", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  const ask = async <T>(method: string, path: string, body?: object) => {
    const init = { method, body: body && JSON.stringify(body) };
    const response = await fetch(`${service.endpoint}/_local/${path}`, init);
    const text = await response.text();
    return { status: response.status, json: (text ? JSON.parse(text) : undefined) as T };
  };
  const statusOf = async (method: string, path: string, body?: object) =>
    (await ask(method, path, body)).status;

  it("advances the clock", async () => {
    const { json } = await ask<{ now: string }>("POST", "clock/advance", { by: "90d" });
    expect(Date.parse(json.now)).to.be.greaterThan(Date.now() + 89 * 24 * 60 * 60 * 1000);
    expect((await ask<{ now: string }>("GET", "clock")).json.now >= json.now).to.equal(true);
    expect(await statusOf("POST", "clock/advance", { by: "soon" })).to.equal(400);
  });

  it("adds, lists and removes faults", async () => {
    const rule = { operation: "ListDataSets", error: "ThrottlingException", times: "always" };
    const { json: fault } = await ask<{ id: string }>("POST", "faults", rule);
    await rejection(service.call("ListDataSets", {}), "ThrottlingException");
    expect((await ask("GET", "faults")).json).to.deep.equal([{ id: fault.id, left: "always", ...rule }]);
    expect(await statusOf("DELETE", `faults/${fault.id}`)).to.equal(204);
    expect(await statusOf("DELETE", `faults/${fault.id}`)).to.equal(404);
    await service.call("ListDataSets", {});
    await ask("POST", "faults", rule);
    expect(await statusOf("DELETE", "faults")).to.equal(204);
    await service.call("ListDataSets", {});
    expect(await statusOf("POST", "faults", { operation: "Nothing" })).to.equal(400);
  });

  it("lists requests and jobs", async () => {
    await ask("DELETE", "requests");
    const ids = await service.createRevisionIds();
    await service.createUpload("text", ids);
    const { json: requests } = await ask<RecordedRequest[]>("GET", "requests");
    const operations = ["CreateDataSet", "CreateRevision", "CreateJob"];
    expect(requests.map(({ operation }) => operation)).to.deep.equal(operations);
    expect(requests[1]!.input).to.deep.equal({ dataSetId: ids.DataSetId });
    const { json: jobs } = await ask<JobSnapshot[]>("GET", "jobs?region=us-east-1");
    expect(jobs).to.deep.equal(JSON.parse(JSON.stringify(service.local.jobs())));
    expect(jobs[0]).to.include({ state: "WAITING", startCount: 0, uploaded: false });
    expect(jobs[0]!.details["importAssetFromSignedUrl"]!["signedUrl"]).to.equal("***");
    expect((await ask("GET", "jobs?region=eu-west-1")).json).to.deep.equal([]);
  });

  it("answers 404 for other paths and methods", async () => {
    expect(await statusOf("GET", "nothing")).to.equal(404);
    expect(await statusOf("PUT", "faults")).to.equal(404);
  });

  it("serves localhost and refuses other machines", async () => {
    const { port } = new URL(service.endpoint);
    const get = async (headers: Record<string, string>) =>
      (await sendPlain(service.endpoint, "GET", "/_local/clock", { headers })).status;
    expect(await get({ host: `localhost:${port}` })).to.equal(200);

    const open = await EmulatorService.start({ host: "0.0.0.0" });
    const others = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const address = others.find(({ internal, family }) => !internal && family === "IPv4")?.address;
    if (address !== undefined) {
      const answer = await fetch(`http://${address}:${new URL(open.endpoint).port}/_local/clock`);
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

  it("applies a fault once by default, before the effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", error: "ThrottlingException" });
    const error = await rejection(create(), "ThrottlingException");
    expect(error.$metadata.httpStatusCode).to.equal(429);
    expect(await count()).to.equal(0);
    await create();
    expect(await count()).to.equal(1);
  });

  it("resets the connection after the effect", async () => {
    service.local.faults.add({ operation: "CreateDataSet", connection: "reset", when: "after", times: 2 });
    await rejection(create());
    await rejection(create());
    expect(await count()).to.equal(2);
    const statuses = service.local.requests.map(({ operation, status }) => `${operation} ${status}`);
    expect(statuses).to.deep.equal(["CreateDataSet reset", "CreateDataSet reset", "ListDataSets 200"]);
  });

  it("resets the connection before the effect", async () => {
    service.local.faults.add({ operation: "*", connection: "reset" });
    await rejection(create());
    expect(await count()).to.equal(0);
  });

  it("answers with the status of a fault until the fault is removed", async () => {
    const fault = service.local.faults.add({ operation: "CreateDataSet", error: 503, times: "always" });
    for (let i = 0; i < 3; i += 1) await rejection(create());
    expect(fault.left).to.equal("always");
    fault.remove();
    await create();
    expect(service.local.faults.list()).to.be.empty;
  });

  it("applies faults to uploads", async () => {
    const { id, url } = await service.createUpload("x");
    const put = () => fetch(url, { method: "PUT", body: "x" });
    const add = (fault: Partial<FaultRule>) =>
      service.local.faults.add({ operation: "UploadBody", ...fault });
    const isUploaded = () => service.local.jobs()[0]!.uploaded;
    add({ error: 503 });
    expect((await put()).status).to.equal(503);
    add({ connection: "reset" });
    await rejection(put());
    expect(isUploaded()).to.equal(false);
    add({ connection: "reset", when: "after" });
    await rejection(put());
    expect(isUploaded()).to.equal(true);
    const uploads = service.local.requests.filter(({ operation }) => operation === "UploadBody");
    expect(uploads.map(({ status }) => status)).to.deep.equal([503, "reset", "reset"]);
    expect(uploads[0]!.input).to.deep.equal({ jobId: id });
  });

  it("refuses invalid fault rules", () => {
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
