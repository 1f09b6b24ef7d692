import { createHash } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EmulatorClients, jobRequest } from "../support";
import { canMeasure, Served } from "./served";

const gigabyte = 1024 ** 3;
/** Held whole, this would be twice the memory that is allowed. */
const half = gigabyte / 2;
const block = createHash("sha512").update("a block of bytes").digest();
const chunk = Buffer.concat(Array.from({ length: 16 * 1024 }, () => block));

/** So many bytes, no two chunks alike, made as they are read. */
function bytes(size: number): Readable {
  let made = 0;
  return new Readable({
    read() {
      if (made >= size) return void this.push(null);
      const next = Buffer.from(chunk);
      next.writeUInt32LE(made / chunk.length, 0);
      made += chunk.length;
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

describe("emulator: a large object", function () {
  this.timeout(600_000);
  let served: Served;
  let service: EmulatorClients;
  let idle: number;

  before(async function () {
    if (!canMeasure) return this.skip();
    served = await Served.start();
    service = new EmulatorClients(served.endpoint);
    // The code of every path is loaded and warm before memory is compared.
    await service.createFilledRevision({ small: "object" });
    idle = served.memory;
  });
  after(async () => {
    service?.close();
    await served?.stop();
  });

  /** Acts, and holds the memory that it took against what is allowed; the title says how much it was. */
  const flat = (act: () => Promise<void>) =>
    async function (this: Mocha.Context): Promise<void> {
      served.forgetPeak();
      const from = performance.now();
      await act();
      const [above, seconds] = [served.peak - idle, (performance.now() - from) / 1000];
      this.test!.title += ` (${seconds.toFixed(1)} s, peak ${Math.round(above)} MB above ${Math.round(idle)} MB idle)`;
      expect(above).to.be.below(250);
    };

  it(
    "of 1 GB goes from a bucket through an import and an export, and is the same",
    flat(async () => {
      const sent = hashOf(bytes(gigabyte), "sha256");
      const [from, to] = [await service.createBucket("source"), await service.createBucket("target")];
      const put = new PutObjectCommand({
        Bucket: from,
        Key: "large",
        Body: bytes(gigabyte),
        ContentLength: gigabyte,
      });
      await service.s3.send(put);
      const ids = await service.createRevisionIds();
      const AssetSources = [{ Bucket: from, Key: "large" }];
      await service.runJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
      const [asset] = await service.listAssets(ids);
      expect(asset!.AssetDetails!.S3SnapshotAsset!.Size).to.equal(gigabyte);
      const AssetDestinations = [{ AssetId: asset!.Id!, Bucket: to, Key: "copy" }];
      await service.runJob(jobRequest("ExportAssetsToS3", { ...ids, AssetDestinations }));
      const { Body } = await service.s3.send(new GetObjectCommand({ Bucket: to, Key: "copy" }));
      expect(await hashOf(Body as Readable, "sha256")).to.deep.equal(await sent);
    }),
  );

  it(
    "of half a gigabyte goes up to a signed URL and down from one, and is the same",
    flat(async () => {
      const ids = await service.createRevisionIds();
      const Md5Hash = (await hashOf(bytes(half), "md5")).digest;
      const JobId = await service.createJob(
        jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "large", Md5Hash }),
      );
      const { Details } = await service.call("GetJob", { JobId });
      const headers = { "content-length": half, "content-md5": Md5Hash };
      const upload = request(Details!.ImportAssetFromSignedUrl!.SignedUrl!, { method: "PUT", headers });
      const answered = new Promise<number>((resolve, reject) => {
        upload.once("error", reject).once("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      });
      await pipeline(bytes(half), upload);
      expect(await answered).to.equal(200);
      expect((await service.finishJob(JobId)).State).to.equal("COMPLETED");
      const AssetId = (await service.listAssets(ids))[0]!.Id!;
      const { Details: exported } = await service.runJob(
        jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId }),
      );
      const download = await fetch(exported!.ExportAssetToSignedUrl!.SignedUrl!);
      const body = Readable.fromWeb(download.body as never);
      expect(await hashOf(body, "md5")).to.deep.equal({ length: half, digest: Md5Hash });
    }),
  );
});
