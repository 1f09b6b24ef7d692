import { connect } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EmulatorClients, EmulatorService, jobRequest, rejection, until } from "./support";
import { canMeasure, Served } from "./load/served";

const scope = (service: string) => `K/20260101/us-east-1/${service}/aws4_request`;
const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host, Signature=00`,
});

describe("emulator: callers who mean no good", () => {
  let service: EmulatorService;
  before(async () => (service = await EmulatorService.start()));
  after(() => service.stop());

  const serviceBucket = "local-aws-data-exchange";

  it("get nothing of the service's own bucket by jobs either", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "mine" });
    const Key = `000000000000/us-east-1/assets/${assets[0]!.Id}`;
    const stranger = service.connect("us-east-1", "333333333333");
    const foreign = await service.createRevisionIds("S3_SNAPSHOT", stranger);
    for (const Bucket of [serviceBucket, `${serviceBucket}/000000000000`, `/${serviceBucket}`]) {
      const AssetSources = [{ Bucket, Key }];
      const job = await service.finishJob(
        await service.createJob(jobRequest("ImportAssetsFromS3", { ...foreign, AssetSources }), stranger),
        stranger,
      );
      expect(job.State, Bucket).to.equal("ERROR");
      expect(job.Errors![0]!.Code).to.be.oneOf(["ACCESS_DENIED_EXCEPTION", "VALIDATION_EXCEPTION"]);
    }
    const AssetDestinations = [{ AssetId: assets[0]!.Id!, Bucket: serviceBucket, Key }];
    const overwriting = { ExportAssetsToS3: { ...ids, AssetDestinations } };
    const export_ = await service.finishJob(
      await service.createJob({ Type: "EXPORT_ASSETS_TO_S3", Details: overwriting }),
    );
    expect(export_.Errors![0]!.Code).to.equal("ACCESS_DENIED_EXCEPTION");
  });

  it("are told of wrong buckets and keys one by one, while the rest is written", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1", b: "2", c: "3" });
    const Bucket = await service.createBucket("partial");
    const [one, two, three] = assets.map(({ Id }) => Id!);
    const AssetDestinations = [
      { AssetId: one!, Bucket, Key: "good" },
      { AssetId: two!, Bucket: "x/y", Key: "k" },
      { AssetId: three!, Bucket, Key: "k".repeat(1025) },
    ];
    const job = await service.finishJob(
      await service.createJob(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations })),
    );
    expect(job.Errors!.map(({ Code, ResourceId }) => [Code, ResourceId])).to.deep.equal([
      ["VALIDATION_EXCEPTION", two],
      ["VALIDATION_EXCEPTION", three],
    ]);
    expect(await service.readObject(Bucket, "good")).to.have.length(1);
  });

  it("cannot move the clock out of time, or plant a fault that breaks answers", async () => {
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

  it("get their answer also when they send all of a refused upload before they read", async () => {
    const size = 30 * 1024 ** 2;
    const { port } = new URL(service.local.endpoint);
    const socket = connect(Number(port), "127.0.0.1");
    const headers = { host: `127.0.0.1:${port}`, "content-length": size, ...signed("s3") };
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

  it("find uploads at the name by which they found the service", async () => {
    const byName = new EmulatorClients(service.local.endpoint.replace("127.0.0.1", "localhost"));
    const ids = await byName.createRevisionIds();
    const job = await byName.runJob(
      jobRequest("ImportAssetsFromS3", {
        ...ids,
        AssetSources: [{ Bucket: await byName.createBucket("named", { k: "v" }), Key: "k" }],
      }),
    );
    expect(job.State).to.equal("COMPLETED");
    const AssetId = (await byName.listAssets(ids))[0]!.Id!;
    const { Details } = await byName.runJob(jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }));
    expect(new URL(Details!.ExportAssetToSignedUrl!.SignedUrl!).hostname).to.equal("localhost");
    byName.close();
  });

  it("are web pages that found another name for this machine, and get nothing", async () => {
    for (const name of ["dataexchange", "s3"]) {
      const ask = (headers: Record<string, string>) =>
        new Promise<string>((resolve) => {
          const { port } = new URL(service.local.endpoint);
          const lines = Object.entries({ ...signed(name), connection: "close", ...headers });
          const socket = connect(Number(port), "127.0.0.1", () =>
            socket.write(
              `GET /v1/data-sets HTTP/1.1\r\n${lines.map(([n, v]) => `${n}: ${v}\r\n`).join("")}\r\n`,
            ),
          );
          let text = "";
          socket.on("data", (data) => (text += data.toString())).on("close", () => resolve(text));
        });
      expect(await ask({ host: "attacker.example" }), name).to.match(/^HTTP\/1\.1 403 /);
      expect(await ask({ host: "localhost", origin: "http://attacker.example" })).to.match(
        /^HTTP\/1\.1 403 /,
      );
    }
  });

  it("do not see the service's bucket in another spelling of the host", async () => {
    const list = service.s3.send(new ListObjectsV2Command({ Bucket: serviceBucket }));
    expect((await rejection(list)).name).to.equal("AccessDenied");
    const put = service.s3.send(new PutObjectCommand({ Bucket: serviceBucket, Key: "k", Body: "x" }));
    expect((await rejection(put)).name).to.equal("AccessDenied");
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

  it("is not filled by long requests, recorded or refused", async () => {
    const url = `${served.endpoint}/v1/data-sets/${"a".repeat(32)}`;
    const ask = async (bytes: number) =>
      (await fetch(url, { method: "PATCH", headers: signed("dataexchange"), body: bodyOf(bytes) })).status;
    expect(await ask(10)).to.equal(404);
    expect(await ask(2 * 1024 ** 2)).to.equal(413);
    for (let round = 0; round < 50; round += 1) await ask(900 * 1024);
    const before = served.memory;
    for (let round = 0; round < 200; round += 1) await ask(900 * 1024);
    // Kept whole, these would be 180 MB.
    expect(served.memory - before).to.be.below(100);
  });

  it("is not filled by bodies that never end", async () => {
    const before = served.memory;
    const { port } = new URL(served.endpoint);
    const head = Object.entries({
      host: `127.0.0.1:${port}`,
      "content-length": 1_000_000,
      ...signed("dataexchange"),
    })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    const sockets = Array.from({ length: 300 }, () => {
      const socket = connect(Number(port), "127.0.0.1")
        .on("error", () => undefined)
        .resume();
      socket.write(`POST /v1/data-sets HTTP/1.1\r\n${head}\r\n${"x".repeat(990_000)}`);
      return socket;
    });
    await sleep(2_000);
    // Together they sent 297 MB.
    expect(served.memory - before).to.be.below(200);
    sockets.forEach((socket) => socket.destroy());
    await until(async () => {
      const answer = await fetch(`${served.endpoint}/v1/data-sets`, { headers: signed("dataexchange") });
      return answer.status === 200;
    });
  });
});

describe("emulator: a command whose starter ends", function () {
  this.timeout(60_000);

  it("ends as well when npm started it, since npm hands no signal on", async () => {
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
