/**
 * Bodies into the local Data Exchange and out of it. Unlike the plain server it computes the MD5 of every body for its
 * ETag, SHA-256 and checksums, and decodes aws-chunked.
 */
import type { ChildProcess } from "node:child_process";
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

import { CreateJobCommand } from "@aws-sdk/client-dataexchange";

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
interface Exchanged {
  readonly of: string;
  readonly method: "PUT" | "GET";
  readonly headers: Record<string, string>;
  readonly body: () => Iterable<Buffer>;
  /** Its URL at the local Data Exchange. */
  readonly url: (service: ServiceProcess) => Promise<string> | string;
}

export const emulator = (size: number, pairs: number): Benchmark => ({
  name: "emulator",
  what: `a body of ${size} MB into the local Data Exchange and out of it, a second`,
  against: "a plain Node server that pipes to a file and back",
  measure: (say) =>
    // One signed URL serves all pairs, which take longer than its usual minute.
    ServiceProcess.with(["--signed-url-lifetime", "1h"], async (service) => {
      const folder = await mkdtemp(join(tmpdir(), "bench-emulator-"));
      const plain = await plainServer(folder);
      try {
        await service.createBucket(bucket);
        const readings: Measurement[] = [];
        for (const one of exchanges(size)) {
          readings.push(await compare(one, size, pairs, service, plain, say));
        }
        return readings;
      } finally {
        plain.child.kill();
        await rm(folder, { recursive: true, force: true });
      }
    }),
});

interface Plain {
  readonly child: ChildProcess;
  readonly url: string;
}

async function plainServer(folder: string): Promise<Plain> {
  const program = join(__dirname, "plain-server.js");
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, url: line.toString().trim().slice("ready ".length) };
}

async function compare(
  one: Exchanged,
  size: number,
  pairs: number,
  service: ServiceProcess,
  plain: Plain,
  say: Report,
): Promise<Measurement> {
  const cpu = { ours: 0, theirs: 0 };
  const url = await one.url(service);
  const rate = async (side: keyof typeof cpu, to: string, used: () => number) => {
    const before = used();
    const took = await measureTime(() => send(one, to));
    cpu[side] += (used() - before) / pairs;
    return size / (took / 1000);
  };
  // The previous body is deleted first, so that each side writes to memory that it has just freed. A virtual machine takes
  // longer to write a gigabyte to memory that it has not used yet than for everything else here.
  const { authorization } = one.headers;
  const empty = { "content-length": "0", ...(authorization !== undefined && { authorization }) };
  const ours = async () => {
    // An empty body replaces it, because a signed URL accepts no DELETE.
    if (one.method === "PUT") await send({ method: "PUT", headers: empty, body: () => [] }, url);
    return rate("ours", url, () => service.cpuSeconds);
  };
  const theirs = async () => {
    if (one.method === "PUT") await send({ method: "DELETE", headers: {}, body: () => [] }, plain.url);
    return rate("theirs", plain.url, () => cpuSeconds(plain.child.pid!));
  };
  const found = await measureInPairs(pairs, { ours, theirs }, (text) => say(`${one.of}, ${text}`));
  const { ratio, spread } = found;
  return {
    of: one.of,
    ours: `${Math.round(found.ours)} MB/s`,
    theirs: `${Math.round(found.theirs)} MB/s`,
    ...{ ratio, spread, goal: "≥ 0.6", reached: ratio >= 0.6 },
    details: { "processor seconds, ours": cpu.ours, "processor seconds, theirs": cpu.theirs },
  };
}

/** The client reads the bytes from memory and discards answers, to use little processor time itself. */
async function send(
  { method, headers, body }: Pick<Exchanged, "headers" | "body"> & { readonly method: string },
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

function exchanges(size: number): Exchanged[] {
  const body = () => repeated(block, size);
  const url = ({ endpoint }: ServiceProcess) => `${endpoint}/${bucket}/body`;
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
      url,
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
      url,
    },
    { of: "GET", method: "GET", headers: { authorization }, body: () => [], url },
  ];
}

async function uploadUrl(service: ServiceProcess, Md5Hash: string): Promise<string> {
  const { dataSetId: DataSetId, revisionId: RevisionId } = await service.createEmptyRevision();
  const ImportAssetFromSignedUrl = { DataSetId, RevisionId, AssetName: "body", Md5Hash };
  const Details = { ImportAssetFromSignedUrl };
  const job = await service.dataExchange.send(
    new CreateJobCommand({ Type: "IMPORT_ASSET_FROM_SIGNED_URL", Details }),
  );
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
