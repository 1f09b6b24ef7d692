import { createHash } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect } from "chai";
import { EmulatorClients, jobRequest } from "../../harness/emulator-service";
import { canMeasure, Served } from "./served";

const gigabyte = 1024 ** 3;
/** Twice the memory that is allowed. */
const half = gigabyte / 2;
const block = createHash("sha512").update("a block of bytes").digest();
const chunk = Buffer.concat(Array.from({ length: 16 * 1024 }, () => block));

/** A stream of different chunks, created as they are read. */
function bytes(size: number): Readable {
  let created = 0;
  return new Readable({
    read() {
      if (created >= size) return void this.push(null);
      const next = Buffer.from(chunk);
      next.writeUInt32LE(created / chunk.length, 0);
      created += chunk.length;
      this.push(next);
    },
  });
}

async function hashOf(stream: Readable, algorithm: string) {
  const hash = createHash(algorithm);
  let length = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    hash.update(part);
    length += part.length;
  }
  return { length, digest: hash.digest("base64") };
}

describe("emulator: large objects", function () {
  this.timeout(600_000);
  let served: Served;
  let service: EmulatorClients;
  let idle: number;

  before(async function () {
    if (!canMeasure) return this.skip();
    served = await Served.start();
    service = new EmulatorClients(served.endpoint);
    // Loads the code before memory is compared.
    await service.createFilledRevision({ small: "object" });
    idle = served.memory;
  });
  after(async () => {
    service?.close();
    await served?.stop();
  });

  /** Fails if `act` uses more memory than is allowed; the title reports the peak. */
  const measured = (act: () => Promise<void>) =>
    async function (this: Mocha.Context): Promise<void> {
      served.forgetPeak();
      const from = performance.now();
      await act();
      const [above, seconds] = [served.peak - idle, (performance.now() - from) / 1000];
      this.test!.title += ` (${seconds.toFixed(1)} s, peak ${Math.round(above)} MB above ${Math.round(idle)} MB idle)`;
      expect(above).to.be.below(250);
    };

  it(
    "keeps the SHA-256 of 1 GB through an import and an export",
    measured(async () => {
      const sent = hashOf(bytes(gigabyte), "sha256");
      const [source, Bucket] = [await service.createBucket("source"), await service.createBucket("target")];
      const put = { Bucket: source, Key: "large", Body: bytes(gigabyte), ContentLength: gigabyte };
      await service.s3.putObject(put);
      const ids = await service.createRevisionIds();
      await service.importObjects(ids, source, "large");
      const [asset] = await service.listAssets(ids);
      expect(asset!.AssetDetails!.S3SnapshotAsset!.Size).to.equal(gigabyte);
      const AssetDestinations = [{ AssetId: asset!.Id!, Bucket, Key: "copy" }];
      await service.runJob(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }));
      const { Body } = await service.s3.getObject({ Bucket, Key: "copy" });
      expect(await hashOf(Body as Readable, "sha256")).to.deep.equal(await sent);
    }),
  );

  it(
    "keeps the MD5 of half a gigabyte through an upload to a signed URL and a download from one",
    measured(async () => {
      const ids = await service.createRevisionIds();
      const md5 = (await hashOf(bytes(half), "md5")).digest;
      const { id, url } = await service.createUploadOf(md5, ids);
      const headers = { "content-length": half, "content-md5": md5 };
      const upload = request(url, { method: "PUT", headers });
      const answered = new Promise<number>((resolve, reject) => {
        upload.once("error", reject).once("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      });
      await pipeline(bytes(half), upload);
      expect(await answered).to.equal(200);
      expect((await service.finishJob(id)).State).to.equal("COMPLETED");
      const AssetId = (await service.listAssets(ids))[0]!.Id!;
      const { Details } = await service.runJob(jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }));
      const download = await fetch(Details!.ExportAssetToSignedUrl!.SignedUrl!);
      const body = Readable.fromWeb(download.body as never);
      expect(await hashOf(body, "md5")).to.deep.equal({ length: half, digest: md5 });
    }),
  );
});
