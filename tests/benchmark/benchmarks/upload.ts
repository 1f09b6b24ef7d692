/** The upload of a body: its time, and that memory does not depend on its size. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Sha256 } from "@aws-crypto/sha256-js";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { runtime } from "@pulumi/pulumi";
import { SignatureV4 } from "@smithy/signature-v4";

import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { providerCode } from "../../../provider/resources/state-contract";
import { credentials, region } from "../../harness/service";
import type { Benchmark, Measurement, Report } from "../benchmark";
import { atMost, comparePairs, measureInPairs, formatMegabytes, formatMs, measureTime } from "../benchmark";
import { withHost } from "./host";
import { resetPeakMemory, peakMemory } from "../processes";
import { ServiceProcess } from "../service-process";

const Bucket = "uploads";
const megabyte = 1024 ** 2;

/** Megabytes of a file large enough for the memory that the host needs for any. */
const small = 64;

export const upload = (size: number, pairs: number): Benchmark => ({
  name: "upload",
  what: `upload of ${size} MB`,
  against: "the S3 client's own PUT to the same server",
  measure: (say) =>
    ServiceProcess.with(["--job-duration", "0"], async (service) => {
      const folder = await mkdtemp(join(tmpdir(), "bench-upload-"));
      try {
        say("writing the file");
        const [path, smallPath] = [join(folder, "body"), join(folder, "small")];
        await write(path, size);
        await write(smallPath, small);
        const time = await measureUpload(service, path, size * megabyte, pairs, say);
        say("memory");
        return [time, await measureMemory(service, path, smallPath)];
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
});

/** The same bytes to the same key: by the provider to a signed URL, by the client as a signed request. */
async function measureUpload(
  service: ServiceProcess,
  path: string,
  ContentLength: number,
  pairs: number,
  say: Report,
): Promise<Measurement> {
  await service.createBucket(Bucket);
  const url = await signedUrl(service.endpoint);
  const source = { hash: "body", path };
  const began = performance.now();
  const md5 = await new StreamedUploadBodies().md5(source);
  const details = { "MD5 beforehand, ms": performance.now() - began };
  const put = () =>
    new PutObjectCommand({ Bucket, Key: "body", Body: createReadStream(path), ContentLength });
  const runs = {
    ours: () => measureTime(() => new StreamedUploadBodies().put(source, url, md5, () => undefined)),
    theirs: () => measureTime(() => service.s3.send(put())),
  };
  return { ...comparePairs("time", await measureInPairs(pairs, runs, say), 1.1, formatMs), details };
}

/** Peak memory of the real host during jobs with a body of either size. */
async function measureMemory(service: ServiceProcess, path: string, smallPath: string): Promise<Measurement> {
  const revision = await service.createEmptyRevision();
  const peak = (of: string) =>
    withHost(service.env, {}, async (host) => {
      await host.create("", await uploadInputs(revision, smallPath, "warming up"));
      resetPeakMemory(host.pid);
      await host.create("", await uploadInputs(revision, of, "measured"));
      return peakMemory(host.pid);
    });
  const [ours, theirs] = [await peak(path), await peak(smallPath)];
  const ratio = ours / theirs;
  const values = { ours: formatMegabytes(ours), theirs: `${formatMegabytes(theirs)} for ${small} MB`, ratio };
  return { of: "peak memory of the host", ...values, ...atMost(1.1, ratio) };
}

async function uploadInputs(revision: object, path: string, assetName: string) {
  return {
    type: "IMPORT_ASSET_FROM_SIGNED_URL",
    details: { importAssetFromSignedUrl: { ...revision, assetName } },
    upload: { [runtime.specialSigKey]: runtime.specialAssetSig, path, hash: await sha256(path) },
    region,
    __provider: providerCode,
  };
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

async function signedUrl(endpoint: string): Promise<string> {
  const { protocol, host, hostname, port } = new URL(endpoint);
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const address = { protocol, hostname, port: Number(port), path: `/${Bucket}/body`, query: {} };
  const { path, query } = await signer.presign({ ...address, method: "PUT", headers: { host } });
  return `${endpoint}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`;
}

/** Every megabyte is different, so that no step can compress them. */
async function write(path: string, megabytes: number): Promise<void> {
  const block = Buffer.alloc(megabyte);
  for (let at = 0; at < megabyte; at += 64) createHash("sha512").update(String(at)).digest().copy(block, at);
  const file = await open(path, "w");
  try {
    for (let index = 0; index < megabytes; index++) {
      block.writeUInt32LE(index, 0);
      await file.write(block);
    }
  } finally {
    await file.close();
  }
}
