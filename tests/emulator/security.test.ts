import { connect } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { EmulatorClients, EmulatorService, jobRequest, until } from "../harness/emulator-service";
import { signedFor } from "../harness/http";
import { isAlive } from "../harness/processes";
import { canMeasure, Served } from "./load/served";

describe("emulator: hostile callers", () => {
  let service: EmulatorService;
  before(async () => (service = await EmulatorService.start()));
  after(() => service.stop());

  const serviceBucket = "local-aws-data-exchange";

  it("denies jobs that read from or write to the service's own bucket", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "mine" });
    const AssetId = assets[0]!.Id!;
    const Key = `000000000000/us-east-1/assets/${AssetId}`;
    const stranger = service.connect("us-east-1", "333333333333");
    const foreign = await service.createRevisionIds("S3_SNAPSHOT", stranger);
    for (const Bucket of [serviceBucket, `${serviceBucket}/000000000000`, `/${serviceBucket}`]) {
      const importing = jobRequest("ImportAssetsFromS3", { ...foreign, AssetSources: [{ Bucket, Key }] });
      const { Code } = await service.jobError(importing, stranger);
      expect(Code, Bucket).to.be.oneOf(["ACCESS_DENIED_EXCEPTION", "VALIDATION_EXCEPTION"]);
    }
    const AssetDestinations = [{ AssetId, Bucket: serviceBucket, Key }];
    const overwriting = jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations });
    expect((await service.jobError(overwriting)).Code).to.equal("ACCESS_DENIED_EXCEPTION");
  });

  it("reports each invalid bucket and key of an export, and writes the rest", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1", b: "2", c: "3" });
    const Bucket = await service.createBucket("partial");
    const [one, two, three] = assets.map(({ Id }) => Id!);
    const AssetDestinations = [
      { AssetId: one!, Bucket, Key: "good" },
      { AssetId: two!, Bucket: "x/y", Key: "k" },
      { AssetId: three!, Bucket, Key: "k".repeat(1025) },
    ];
    const request = jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations });
    const { Errors } = await service.finishJob(await service.createJob(request));
    expect(Errors!.map(({ Code, ResourceId }) => [Code, ResourceId])).to.deep.equal([
      ["VALIDATION_EXCEPTION", two],
      ["VALIDATION_EXCEPTION", three],
    ]);
    expect(await service.readObject(Bucket, "good")).to.have.length(1);
  });

  it("rejects clock changes beyond any date, and faults that would break responses", async () => {
    const post = (path: string, body: string) =>
      fetch(`${service.local.endpoint}/_local/${path}`, { method: "POST", body });
    for (const [path, body] of [
      ["clock/advance", '{"by":"99999999d"}'],
      ["clock/advance", "null"],
      ["faults", '{"operation":"GetJob","error":"a\\r\\nb: c"}'],
      ["faults", '{"operation":"GetJob","error":{"a":1}}'],
      ["faults", '{"operation":"GetJob","error":500,"probability":"0.5"}'],
      ["faults", "null"],
    ] as const) {
      expect((await post(path, body)).status, body).to.equal(400);
    }
    expect((await service.call("ListDataSets", {})).$metadata.httpStatusCode).to.equal(200);
  });

  it("responds to a client that sends all of a rejected upload before it reads", async () => {
    const size = 30 * 1024 ** 2;
    const { port } = new URL(service.local.endpoint);
    const socket = connect(Number(port), "127.0.0.1");
    const headers = { host: `127.0.0.1:${port}`, "content-length": size, ...signedFor("s3") };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.pause();
    socket.write(`PUT /no-such-bucket/key HTTP/1.1\r\n${lines.join("")}\r\n`);
    const chunk = Buffer.alloc(1024 ** 2);
    for (let sent = 0; sent < size; sent += chunk.length) {
      if (!socket.write(chunk)) await once(socket, "drain");
    }
    socket.resume();
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).to.match(/^HTTP\/1\.1 404 /);
    socket.destroy();
  });

  it("issues signed URLs with the host name that the client used", async () => {
    const byName = new EmulatorClients(service.endpoint.replace("127.0.0.1", "localhost"));
    const { DataSetId, RevisionId, assets } = await byName.createFilledRevision({ k: "v" });
    const asset = { DataSetId, RevisionId, AssetId: assets[0]!.Id! };
    const { Details } = await byName.runJob(jobRequest("ExportAssetToSignedUrl", asset));
    expect(new URL(Details!.ExportAssetToSignedUrl!.SignedUrl!).hostname).to.equal("localhost");
    byName.close();
  });
});

describe("emulator: memory", function () {
  this.timeout(180_000);
  let served: Served;
  before(async function () {
    if (!canMeasure) return this.skip();
    served = await Served.start();
  });
  after(() => served?.stop());

  const bodyOf = (bytes: number): string => JSON.stringify({ Description: "x".repeat(bytes) });

  it("does not grow with long requests, recorded or rejected", async () => {
    const url = `${served.endpoint}/v1/data-sets/${"a".repeat(32)}`;
    const patch = async (bytes: number) =>
      (await fetch(url, { method: "PATCH", headers: signedFor("dataexchange"), body: bodyOf(bytes) })).status;
    expect(await patch(10)).to.equal(404);
    expect(await patch(2 * 1024 ** 2)).to.equal(413);
    for (let round = 0; round < 50; round += 1) await patch(900 * 1024);
    const before = served.memory;
    for (let round = 0; round < 200; round += 1) await patch(900 * 1024);
    // Stored whole, these requests would take 180 MB.
    expect(served.memory - before).to.be.below(100);
  });

  it("does not grow with bodies that never end", async () => {
    const before = served.memory;
    const { port } = new URL(served.endpoint);
    const headers = { host: `127.0.0.1:${port}`, "content-length": 1_000_000, ...signedFor("dataexchange") };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const sockets = Array.from({ length: 300 }, () => {
      const socket = connect(Number(port), "127.0.0.1")
        .on("error", () => undefined)
        .resume();
      socket.write(`POST /v1/data-sets HTTP/1.1\r\n${head.join("")}\r\n${"x".repeat(990_000)}`);
      return socket;
    });
    await sleep(2_000);
    // Together they sent 297 MB.
    expect(served.memory - before).to.be.below(200);
    sockets.forEach((socket) => socket.destroy());
    await until(async () => {
      const answer = await fetch(`${served.endpoint}/v1/data-sets`, { headers: signedFor("dataexchange") });
      return answer.status === 200;
    });
  });
});

describe("emulator: command started by npm", function () {
  this.timeout(60_000);

  it("ends when npm ends, because npm passes no signal on", async () => {
    const cli = join(__dirname, "../../cli/main.js");
    const script = `"${process.execPath}" "${cli}" emulator --quiet & echo $!; wait`;
    const shell = spawn("sh", ["-c", script], { env: { ...process.env, npm_lifecycle_event: "npx" } });
    let printed = "";
    shell.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    await until(async () => (await sleep(50), printed.includes("ready ")));
    const pid = Number(/^\d+/.exec(printed)![0]);
    shell.kill("SIGKILL");
    await until(async () => (await sleep(100), !isAlive(pid)));
  });
});
