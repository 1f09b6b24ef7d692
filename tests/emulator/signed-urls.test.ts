import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { S3Service } from "./s3/support";
import { EmulatorService, jobRequest, md5Of, until } from "../harness/emulator-service";

describe("emulator: signed URLs", () => {
  let service: EmulatorService;
  before(async () => (service = await EmulatorService.start({ signedUrlLifetime: "10m" })));
  after(() => service.stop());

  const stateOf = async (JobId: string) => (await service.call("GetJob", { JobId })).State;

  /** Sends the first five bytes of an upload of nine. */
  const beginUpload = (url: string): ClientRequest => {
    const request = httpRequest(url, { method: "PUT", headers: { "content-length": "9" } });
    request.on("error", () => undefined).write("long ");
    return request;
  };

  const downloadUrl = async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "body" });
    const asset = { DataSetId, RevisionId, AssetId: assets[0]!.Id };
    const job = await service.runJob(jobRequest("ExportAssetToSignedUrl", asset));
    return { asset, url: job.Details!.ExportAssetToSignedUrl!.SignedUrl! };
  };

  const expectXml = async (response: Response, status: number, code: string): Promise<void> => {
    const text = await response.text();
    const form = [response.status, response.headers.get("content-type")];
    expect(form, text).to.deep.equal([status, "application/xml"]);
    expect(text).to.include(`<Code>${code}</Code>`);
  };

  it("rejects a body that differs from its Content-MD5, and keeps the previous body", async () => {
    const { id, url } = await service.createUpload("right");
    const put = (body: string, md5: string) =>
      fetch(url, { method: "PUT", body, headers: { "content-md5": md5 } });
    expect((await put("right", md5Of("right"))).status).to.equal(200);
    await expectXml(await put("wrong", md5Of("right")), 400, "BadDigest");
    await expectXml(await put("right", "no-md5"), 400, "InvalidDigest");
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
  });

  it("records an interrupted upload, and does not write to the console", async () => {
    const { url } = await service.createUpload("right");
    const { warn } = console;
    const written: unknown[] = [];
    console.warn = (...words) => written.push(words);
    try {
      const request = beginUpload(url);
      setTimeout(() => request.destroy(), 50);
      await until(() => Promise.resolve(service.local.requests.at(-1)?.operation === "UploadBody"));
      expect(service.local.requests.at(-1)!.status).to.equal("reset");
    } finally {
      console.warn = warn;
    }
    expect(written).to.deep.equal([]);
  });

  it("returns the ETag of uploads and downloads, as S3 does", async () => {
    const { url } = await service.createUpload("right");
    const etag = `"${createHash("md5").update("body").digest("hex")}"`;
    const before = Date.now();
    const uploaded = await fetch(url, { method: "PUT", body: "body" });
    // Source: Terraform's acceptance tests, revision_assets_test.go: the answer to an upload has no body.
    expect([uploaded.headers.get("etag"), await uploaded.text()]).to.deep.equal([etag, ""]);
    const { headers } = await fetch((await downloadUrl()).url);
    expect(headers.get("etag")).to.equal(etag);
    // In whole seconds.
    expect(Date.parse(headers.get("last-modified") ?? "")).to.be.within(before - 1_000, Date.now());
  });

  it("stores no body for a job that is no longer WAITING", async () => {
    const backend = await S3Service.start();
    const own = await EmulatorService.start({ s3Endpoint: backend.endpoint });
    const files = async () => (await readdir(backend.directory)).length;
    const jobs = [await own.createUpload("body"), await own.createUpload("body")] as const;
    const put = ({ url }: { url: string }) => fetch(url, { method: "PUT", body: "body" });
    for (const job of jobs) expect((await put(job)).status).to.equal(200);
    expect(await files()).to.equal(2);
    await own.call("CancelJob", { JobId: jobs[0].id });
    expect((await own.finishJob(jobs[1].id)).State).to.equal("COMPLETED");
    for (const job of jobs) expect((await put(job)).status).to.equal(200);
    // The asset's body stays.
    await until(async () => (await files()) === 1);
    await own.stop();
    await backend.stop();
  });

  it("rejects a body of unknown length", async () => {
    const { url } = await service.createUpload("right");
    const body = new Blob(["right"]).stream();
    await expectXml(await fetch(url, { method: "PUT", body, duplex: "half" }), 411, "MissingContentLength");
  });

  it("accepts an empty body", async () => {
    const { id, url } = await service.createUpload("");
    expect((await fetch(url, { method: "PUT", body: "" })).status).to.equal(200);
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
  });

  it("accepts a body that begins before the URL expires and ends after it", async () => {
    const { id, url } = await service.createUpload("long body");
    const request = beginUpload(url);
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    await sleep(50);
    service.local.clock.advance("11m");
    expect(await stateOf(id)).to.equal("WAITING");
    request.end("body");
    expect((await answered)[0].statusCode).to.equal(200);
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
  });

  it("ends a job as TIMED_OUT when its upload is interrupted after the URL has expired", async () => {
    const { id, url } = await service.createUpload("long body");
    const request = beginUpload(url);
    await sleep(50);
    service.local.clock.advance("11m");
    expect(await stateOf(id)).to.equal("WAITING");
    request.destroy();
    await until(async () => (await stateOf(id)) === "TIMED_OUT");
  });

  it("issues URLs that expire after a minute by default", async () => {
    const usual = await EmulatorService.start();
    const { url } = await usual.createUpload("x");
    expect(new URL(url).searchParams.get("X-Amz-Expires")).to.equal("60");
    await usual.stop();
  });

  it("rejects uploads and downloads after expiry, and ends the job as TIMED_OUT", async () => {
    const { id, url: up } = await service.createUpload("x");
    const { url: down } = await downloadUrl();
    service.local.clock.advance("9m");
    expect((await fetch(down)).status).to.equal(200);
    service.local.clock.advance("2m");
    await expectXml(await fetch(down), 403, "AccessDenied");
    await expectXml(await fetch(up, { method: "PUT", body: "x" }), 403, "AccessDenied");
    expect(await stateOf(id)).to.equal("TIMED_OUT");
  });

  it("rejects a changed URL, another method and a missing signature", async () => {
    const { url } = await downloadUrl();
    await expectXml(await fetch(url.replace(/Expires=\d+/, "Expires=999999")), 403, "SignatureDoesNotMatch");
    await expectXml(await fetch(url, { method: "PUT", body: "x" }), 403, "SignatureDoesNotMatch");
    await expectXml(await fetch(url.split("?")[0]!), 403, "AccessDenied");
  });

  it("returns 404 after the asset is deleted", async () => {
    const { asset, url } = await downloadUrl();
    await service.call("DeleteAsset", asset);
    let response = await fetch(url);
    // The bytes are deleted after the response to DeleteAsset.
    while (response.status === 200) response = await fetch(url);
    await expectXml(response, 404, "NoSuchKey");
  });
});
