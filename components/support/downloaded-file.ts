/**
 * A file that was downloaded through a signed URL, and the record beside it that names the download. A file that does not
 * match its record is downloaded again.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { basename, dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { backoffDelay } from "../../lib/backoff";
import { InputError } from "../../lib/input-error";
import { reasonOf } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import { s3ErrorMember } from "../../lib/s3-error";
import { openNetwork } from "../../provider/aws/network";
import { connectionSettings } from "../../provider/aws/settings";
import { readConfig } from "./connection-config";
import { hashFile } from "./content-hash";

export interface DownloadRecord {
  /** Job that created the signed URL. */
  readonly jobId: string;
  /** Trigger of the job. A new token replaces the job. */
  readonly token: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of the content, in hex. */
  readonly sha256: string;
  /** Modification time in milliseconds since 1970. If it and the size are unchanged, so is the content. */
  readonly modifiedAt: number;
}

/** A hidden file beside the downloaded file, so that it is moved and deleted with the folder. */
export const recordPath = (path: string): string => join(dirname(path), `.${basename(path)}.download.json`);

/** The record of a file, if the file exists with the content that was downloaded. */
export async function findDownloadedFile(path: string): Promise<DownloadRecord | undefined> {
  const [record, file] = [await readRecord(path), await statFile(path)];
  if (!record || !file || file.size !== record.size) return undefined;
  if (file.mtimeMs === record.modifiedAt) return record;
  return (await hashFile(path)) === record.sha256 ? record : undefined;
}

/** Downloads into a temporary file that replaces the file at the end, so the file is always complete. */
export async function downloadFile(path: string, url: string, jobId: string, token: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    // The old record is deleted first, so that it never describes a file that was replaced.
    await rm(recordPath(path), { force: true });
    const { size, sha256 } = await download(url, partial);
    await rename(partial, path);
    const record: DownloadRecord = { jobId, token, size, sha256, modifiedAt: (await stat(path)).mtimeMs };
    await writeFile(partial, `${JSON.stringify(record, undefined, 2)}\n`);
    await rename(partial, recordPath(path));
  } finally {
    await rm(partial, { force: true });
  }
}

async function readRecord(path: string): Promise<DownloadRecord | undefined> {
  try {
    const text = await readFile(recordPath(path), "utf8");
    const { jobId, token, size, sha256, modifiedAt } = JSON.parse(text) as DownloadRecord;
    const isComplete = [jobId, token, sha256].every((one) => typeof one === "string" && one !== "");
    return isComplete && Number.isInteger(size) ? { jobId, token, size, sha256, modifiedAt } : undefined;
  } catch {
    // Without a readable record, the origin of the file is unknown.
    return undefined;
  }
}

async function statFile(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  const file = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError("unreadable-file", `path ${JSON.stringify(path)} cannot be read: ${error.message}.`);
  });
  if (file && !file.isFile())
    throw new InputError("not-a-file", `path ${JSON.stringify(path)} is a folder; name a file.`);
  return file;
}

/** Milliseconds without traffic after which a connection is closed. */
const idleTimeout = 60_000;

/** Maximum number of attempts to download a file. */
const maxAttempts = 4;

/** Streams the content of a signed URL into a file. Errors never contain the secrets of the URL. */
export async function download(url: string, to: string): Promise<Pick<DownloadRecord, "size" | "sha256">> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await downloadOnce(url, to);
    } catch (error) {
      if (error instanceof PermanentError || attempt + 1 === maxAttempts) {
        throw new Error(`${redact(url)}: ${redact(reasonOf(error))}`, { cause: error });
      }
      await sleep(backoffDelay(attempt));
    }
  }
}

/** A failure that a retry would repeat. */
class PermanentError extends Error {}

/** Uses node:http, because `fetch` decompresses objects with a Content-Encoding. */
async function downloadOnce(url: string, to: string): Promise<Pick<DownloadRecord, "size" | "sha256">> {
  const response = await open(url);
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    const code = s3ErrorMember("Code", await readStart(response));
    const Kind = statusCode >= 500 || statusCode === 429 ? Error : PermanentError;
    throw new Kind(`the server answered ${statusCode}${code ? ` ${code}` : ""}`);
  }
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response, measure, createWriteStream(to, { flush: true }));
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) !== size) {
    throw new Error(`received ${size} bytes instead of ${announced}`);
  }
  return { size, sha256: hash.digest("hex") };
}

async function open(url: string): Promise<IncomingMessage> {
  const { httpAgent, httpsAgent } = (await openNetwork(connectionSettings({}, readConfig))).aws;
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:")
      ? httpsGet(url, { timeout: idleTimeout, agent: httpsAgent })
      : httpGet(url, { timeout: idleTimeout, agent: httpAgent });
    request.on("response", resolve).on("error", reject);
    request.on("timeout", () => request.destroy(new Error("no data was received for a minute")));
  });
}

async function readStart(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > 4096) break;
  }
  return text;
}
