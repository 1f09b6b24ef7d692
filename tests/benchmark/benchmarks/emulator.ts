/**
 * Bodies into the local Data Exchange and out of it. Unlike the plain server it computes the MD5 of every body for its
 * ETag, SHA-256 and checksums, and decodes aws-chunked.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";

import { credentials, region } from "../../harness/service";
import type { Benchmark, Measurement, Report } from "../benchmark";
import { measureInPairs, measureTime } from "../benchmark";
import { cpuSeconds } from "../processes";
import { ServiceProcess } from "../service-process";

const bucket = "bodies";
const megabyte = 1024 ** 2;
const block = Buffer.alloc(megabyte, createHash("sha512").update("a block").digest());
/** The chunk size of AWS clients. */
const chunkSize = 64 * 1024;

/** One request to both servers. */
interface Exchange {
  readonly of: string;
  readonly method: "PUT" | "GET" | "DELETE";
  readonly headers?: Record<string, string>;
  readonly body?: () => Iterable<Buffer>;
  /** Its URL at the local Data Exchange. Default: that of the object. */
  readonly url?: (service: ServiceProcess) => Promise<string>;
}

export const emulator = (size: number, pairs: number): Benchmark => ({
  name: "emulator",
  what: `a body of ${size} MB into the local Data Exchange and out of it, a second`,
  against: "a plain Node server that pipes to a file and back",
  measure: (say) =>
    // One signed URL serves all pairs, which take longer than its usual minute.
    ServiceProcess.with(["--signed-url-lifetime", "1h"], async (service) => {
      const folder = await mkdtemp(join(tmpdir(), "bench-emulator-"));
      const program = join(__dirname, "plain-server.js");
      const plain = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
      try {
        const [line] = (await once(plain.stdout, "data")) as [Buffer];
        const url = line.toString().trim().slice("ready ".length);
        await service.createBucket(bucket);
        const servers: Servers = {
          ours: { url: `${service.endpoint}/${bucket}/body`, cpu: () => service.cpuSeconds },
          theirs: { url, cpu: () => cpuSeconds(plain.pid!) },
        };
        const readings: Measurement[] = [];
        for (const one of exchanges(size)) {
          const own = one.url && { ...servers.ours, url: await one.url(service) };
          readings.push(await compare(one, size, pairs, { ...servers, ...(own && { ours: own }) }, say));
        }
        return readings;
      } finally {
        plain.kill();
        await rm(folder, { recursive: true, force: true });
      }
    }),
});

type Side = "ours" | "theirs";
type Servers = Readonly<Record<Side, { readonly url: string; readonly cpu: () => number }>>;

async function compare(
  one: Exchange,
  size: number,
  pairs: number,
  servers: Servers,
  say: Report,
): Promise<Measurement> {
  const used = { ours: 0, theirs: 0 };
  // The previous body is deleted first, so that each side writes to memory that it has just freed. A virtual machine takes
  // longer to write a gigabyte to memory that it has not used yet than for everything else here. An empty body replaces it
  // at the local Data Exchange, because a signed URL accepts no DELETE.
  const { authorization } = one.headers ?? {};
  const clear = {
    ours: { method: "PUT", headers: { "content-length": "0", ...(authorization && { authorization }) } },
    theirs: { method: "DELETE" },
  } as const;
  const rate = (side: Side) => async () => {
    const { url, cpu } = servers[side];
    if (one.method === "PUT") await send(clear[side], url);
    const before = cpu();
    const took = await measureTime(() => send(one, url));
    used[side] += (cpu() - before) / pairs;
    return size / (took / 1000);
  };
  const runs = { ours: rate("ours"), theirs: rate("theirs") };
  const found = await measureInPairs(pairs, runs, (text) => say(`${one.of}, ${text}`));
  const { ratio, spread } = found;
  return {
    of: one.of,
    ours: `${Math.round(found.ours)} MB/s`,
    theirs: `${Math.round(found.theirs)} MB/s`,
    ...{ ratio, spread, goal: "≥ 0.6", reached: ratio >= 0.6 },
    details: { "processor seconds, ours": used.ours, "processor seconds, theirs": used.theirs },
  };
}

/** The client reads the bytes from memory and discards answers, to use little processor time itself. */
async function send(
  { method, headers = {}, body = () => [] }: Pick<Exchange, "method" | "headers" | "body">,
  url: string,
): Promise<void> {
  const sent = request(url, { method, headers });
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  await Promise.all([pipeline(Readable.from(body(), { objectMode: true }), sent), answered]);
  const [answer] = await answered;
  answer.resume();
  await once(answer, "end");
  if (answer.statusCode !== 200) throw new Error(`The status of ${method} is ${answer.statusCode}.`);
}

/** The local service reads only the access key of a signature. */
const authorization =
  `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${region}/s3/aws4_request, ` +
  `SignedHeaders=host, Signature=${"0".repeat(64)}`;

function exchanges(size: number): Exchange[] {
  const body = () => repeated(block, size);
  const md5 = digestOf("md5", size);
  const length = String(size * megabyte);
  const crc32 = crcOf(size);
  const framed = () => framedBody(size, crc32);
  const framedLength = [...framed()].reduce((sum, piece) => sum + piece.length, 0);
  return [
    {
      of: "PUT to the signed URL of a job, with Content-MD5",
      method: "PUT",
      headers: { "content-length": length, "content-md5": md5.toString("base64") },
      body,
      url: (service) => uploadUrl(service, md5.toString("base64")),
    },
    {
      of: "PUT signed with SHA-256 and CRC-32, as boto3 sends it",
      method: "PUT",
      headers: {
        authorization,
        "content-length": length,
        "x-amz-content-sha256": digestOf("sha256", size).toString("hex"),
        "x-amz-checksum-crc32": crc32,
      },
      body,
    },
    {
      of: "PUT as aws-chunked with CRC-32 behind it, as the JavaScript client sends it",
      method: "PUT",
      headers: {
        authorization,
        "content-length": String(framedLength),
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": length,
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
      },
      body: framed,
    },
    { of: "GET", method: "GET", headers: { authorization } },
  ];
}

async function uploadUrl(service: ServiceProcess, Md5Hash: string): Promise<string> {
  const { dataSetId: DataSetId, revisionId: RevisionId } = await service.createEmptyRevision();
  const ImportAssetFromSignedUrl = { DataSetId, RevisionId, AssetName: "body", Md5Hash };
  const Details = { ImportAssetFromSignedUrl };
  const job = await service.dataExchange.createJob({ Type: "IMPORT_ASSET_FROM_SIGNED_URL", Details });
  return job.Details!.ImportAssetFromSignedUrl!.SignedUrl!;
}

function* repeated(one: Buffer, count: number): Generator<Buffer> {
  for (let index = 0; index < count; index += 1) yield one;
}

function digestOf(algorithm: string, size: number): Buffer {
  const hash = createHash(algorithm);
  for (const bytes of repeated(block, size)) hash.update(bytes);
  return hash.digest();
}

function crcOf(size: number): string {
  let value = 0;
  for (const bytes of repeated(block, size)) value = zlib.crc32(bytes, value);
  const result = Buffer.alloc(4);
  result.writeUInt32BE(value);
  return result.toString("base64");
}

function* framedBody(size: number, crc32: string): Generator<Buffer> {
  const framed: Buffer[] = [];
  for (let at = 0; at < megabyte; at += chunkSize) {
    framed.push(
      Buffer.from(`${chunkSize.toString(16)}\r\n`),
      block.subarray(at, at + chunkSize),
      Buffer.from("\r\n"),
    );
  }
  yield* repeated(Buffer.concat(framed), size);
  yield Buffer.from(`0\r\nx-amz-checksum-crc32:${crc32}\r\n\r\n`);
}
