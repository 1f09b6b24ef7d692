import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { get as httpGet, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { CopyObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { ServedS3 } from "./s3/support";
import { EmulatorService, jobRequest, md5Of, rejection, until } from "./support";

describe("emulator: signed URLs", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start({ signedUrlLifetime: "10m" });
  });
  after(() => service.stop());

  const readJob = async (JobId: string) => (await service.call("GetJob", { JobId })).State;

  const uploadUrl = async (text: string, of = service): Promise<{ id: string; url: string }> => {
    const ids = await of.createRevisionIds();
    const { Id, Details } = await of.call(
      "CreateJob",
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: md5Of(text) }),
    );
    return { id: Id!, url: Details!.ImportAssetFromSignedUrl!.SignedUrl! };
  };

  const downloadUrl = async () => {
    const { assets, DataSetId, RevisionId } = await service.createFilledRevision({ k: "body" });
    const asset = { DataSetId, RevisionId, AssetId: assets[0]!.Id };
    const job = await service.runJob(jobRequest("ExportAssetToSignedUrl", asset));
    return { asset, url: job.Details!.ExportAssetToSignedUrl!.SignedUrl! };
  };

  const expectXml = async (response: Response, status: number, code: string): Promise<void> => {
    const text = await response.text();
    expect([response.status, response.headers.get("content-type")], text).to.deep.equal([
      status,
      "application/xml",
    ]);
    expect(text).to.include(`<Code>${code}</Code>`);
  };

  it("refuses a body whose MD5 is not the one sent with it, and keeps the one before", async () => {
    const { id, url } = await uploadUrl("right");
    const put = (body: string, md5: string) =>
      fetch(url, { method: "PUT", body, headers: { "content-md5": md5 } });
    expect((await put("right", md5Of("right"))).status).to.equal(200);
    await expectXml(await put("wrong", md5Of("right")), 400, "BadDigest");
    await expectXml(await put("right", "no-md5"), 400, "InvalidDigest");
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
  });

  it("records an upload that breaks off, and leaves the console alone", async () => {
    const { url } = await uploadUrl("right");
    const { warn } = console;
    const written: unknown[] = [];
    console.warn = (...words) => written.push(words);
    try {
      const request = httpRequest(url, { method: "PUT", headers: { "content-length": "5" } });
      request.on("error", () => undefined).write("righ");
      setTimeout(() => request.destroy(), 50);
      await until(() => Promise.resolve(service.local.requests.at(-1)?.operation === "UploadBody"));
      expect(service.local.requests.at(-1)!.status).to.equal("reset");
    } finally {
      console.warn = warn;
    }
    expect(written).to.deep.equal([]);
  });

  it("tells the bytes that it took and gives by their ETag, as S3 does", async () => {
    const { url } = await uploadUrl("right");
    const etag = `"${createHash("md5").update("body").digest("hex")}"`;
    expect((await fetch(url, { method: "PUT", body: "body" })).headers.get("etag")).to.equal(etag);
    const { headers } = await fetch((await downloadUrl()).url);
    expect(headers.get("etag")).to.equal(etag);
    expect(Date.parse(headers.get("last-modified") ?? "")).to.be.closeTo(Date.now(), 60_000);
  });

  it("keeps no body for a job that waits no longer", async () => {
    const backend = await ServedS3.start();
    const own = await EmulatorService.start({ s3Endpoint: backend.endpoint });
    const files = async () => (await readdir(backend.directory)).length;
    const jobs = [await uploadUrl("body", own), await uploadUrl("body", own)] as const;
    const put = ({ url }: { url: string }) => fetch(url, { method: "PUT", body: "body" });
    for (const job of jobs) expect((await put(job)).status).to.equal(200);
    expect(await files()).to.equal(2);
    await own.call("CancelJob", { JobId: jobs[0].id });
    expect((await own.finishJob(jobs[1].id)).State).to.equal("COMPLETED");
    for (const job of jobs) expect((await put(job)).status).to.equal(200);
    // That of the asset stays.
    await until(async () => (await files()) === 1);
    await own.stop();
    await backend.stop();
  });

  it("refuses a body of unknown length", async () => {
    const { url } = await uploadUrl("right");
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("right"));
        controller.close();
      },
    });
    await expectXml(await fetch(url, { method: "PUT", body, duplex: "half" }), 411, "MissingContentLength");
  });

  it("takes an empty body", async () => {
    const { id, url } = await uploadUrl("");
    expect((await fetch(url, { method: "PUT", body: "" })).status).to.equal(200);
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");
  });

  it("looks at the expiry when a request begins: a body may come for longer", async () => {
    const { id, url } = await uploadUrl("long body");
    const request = httpRequest(url, { method: "PUT", headers: { "content-length": "9" } });
    const answered = new Promise((resolve) => request.once("response", resolve));
    request.write("long ");
    await until(async () => (await readJob(id)) === "WAITING" && service.local.jobs().at(-1)!.id === id);
    await sleep(50);
    service.local.clock.advance("11m");
    // Whoever looks at the job meanwhile does not end its wait.
    expect(await readJob(id)).to.equal("WAITING");
    request.end("body");
    expect(((await answered) as IncomingMessage).statusCode).to.equal(200);
    expect((await service.finishJob(id)).State).to.equal("COMPLETED");

    const { id: late, url: used } = await uploadUrl("x");
    service.local.clock.advance("11m");
    await expectXml(await fetch(used, { method: "PUT", body: "x" }), 403, "AccessDenied");
    expect(await readJob(late)).to.equal("TIMED_OUT");
  });

  it("times a job out when the body that began in time broke off after it", async () => {
    const { id, url } = await uploadUrl("long body");
    const request = httpRequest(url, { method: "PUT", headers: { "content-length": "9" } });
    request.on("error", () => undefined).write("long ");
    await sleep(50);
    service.local.clock.advance("11m");
    expect(await readJob(id)).to.equal("WAITING");
    request.destroy();
    await until(async () => (await readJob(id)) === "TIMED_OUT");
  });

  it("lasts a minute unless told otherwise", async () => {
    const usual = await EmulatorService.start();
    const { url } = await uploadUrl("x", usual);
    expect(new URL(url).searchParams.get("X-Amz-Expires")).to.equal("60");
    await usual.stop();
  });

  it("refuses both ways after expiry", async () => {
    const { url: up } = await uploadUrl("x");
    const { url: down } = await downloadUrl();
    service.local.clock.advance("9m");
    expect((await fetch(down)).status).to.equal(200);
    service.local.clock.advance("2m");
    await expectXml(await fetch(down), 403, "AccessDenied");
    await expectXml(await fetch(up, { method: "PUT", body: "x" }), 403, "AccessDenied");
  });

  it("refuses a URL that was changed, another method, and no signature at all", async () => {
    const { url } = await downloadUrl();
    await expectXml(await fetch(url.replace(/Expires=\d+/, "Expires=999999")), 403, "SignatureDoesNotMatch");
    await expectXml(await fetch(url, { method: "PUT", body: "x" }), 403, "SignatureDoesNotMatch");
    await expectXml(await fetch(url.split("?")[0]!), 403, "AccessDenied");
  });

  it("lets nobody into the service's own bucket by other ways", async () => {
    const { url } = await downloadUrl();
    const [, Bucket, ...key] = new URL(url).pathname.split("/");
    const get = service.s3.send(new GetObjectCommand({ Bucket, Key: key.join("/") }));
    expect((await rejection(get)).name).to.equal("AccessDenied");
    const copied = {
      Bucket: await service.createBucket("copies"),
      Key: "k",
      CopySource: `${Bucket}/${key.join("/")}`,
    };
    const copy = service.s3.send(new CopyObjectCommand(copied));
    expect((await rejection(copy)).name).to.equal("AccessDenied");

    const { port } = new URL(service.local.endpoint);
    const scope = "K/20260101/us-east-1/s3/aws4_request";
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
    const inHost = {
      path: `/${key.join("/")}`,
      headers: { authorization, host: `${Bucket}.localhost:${port}` },
    };
    const encoded = { path: `/%6c${Bucket!.slice(1)}/${key.join("/")}`, headers: { authorization } };
    const slashes = { path: `//${Bucket}/${key.join("/")}`, headers: { authorization } };
    for (const call of [inHost, encoded, slashes]) {
      const status = await new Promise((resolve, reject) => {
        httpGet({ port, ...call }, (answer) => resolve(answer.resume().statusCode)).once("error", reject);
      });
      expect(status, call.path).to.equal(403);
    }
  });

  it("answers 404 when the asset is gone", async () => {
    const { asset, url } = await downloadUrl();
    await service.call("DeleteAsset", asset);
    let response = await fetch(url);
    // The bytes go after the answer to DeleteAsset.
    while (response.status === 200) response = await fetch(url);
    await expectXml(response, 404, "NoSuchKey");
  });
});
