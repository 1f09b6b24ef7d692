import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { InputError } from "./input-error";
import type { IncomingMessage } from "node:http";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { getConfig } from "@pulumi/pulumi/runtime/config";
import { networkOf } from "../../provider/aws/network";
import { connectionSettings } from "../../provider/aws/settings";
import { redact } from "../../lib/redact";
import { backoffDelay } from "../../lib/backoff";

/**
 * A downloaded file, and the note beside it that says which download it came from. Whoever finds a file that the note
 * does not describe takes it for no copy at all.
 */

export interface DownloadRecord {
  /** Job whose signed URL the file came from. */
  readonly jobId: string;
  /** What the job was asked to run for; another one asks for another job. */
  readonly token: string;
  /** In bytes. */
  readonly size: number;
  /** Of the content, in hex. */
  readonly sha256: string;
  /** When the file was last changed, in milliseconds since 1970: while it and the size stay, so has the content. */
  readonly modifiedAt: number;
}

/** Hidden beside the file, so that it is moved and deleted with the folder. */
export const recordPath = (path: string): string => join(dirname(path), `.${basename(path)}.download.json`);

/** The note of a file that is there with the content that was downloaded; nothing for any other. */
export async function findDownloadedFile(path: string): Promise<DownloadRecord | undefined> {
  const [note, file] = [await readNote(path), await statFile(path)];
  if (!note || !file || file.size !== note.size) return undefined;
  if (file.mtimeMs === note.modifiedAt) return note;
  return (await sha256Of(path)) === note.sha256 ? note : undefined;
}

/** Fetches the file: complete or not at all, since it comes to its place by one renaming at the end. */
export async function downloadFile(path: string, url: string, jobId: string, token: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    // Without the old note a file that is half replaced is no copy, whatever happens next.
    await rm(recordPath(path), { force: true });
    const { size, sha256 } = await download(url, partial);
    await rename(partial, path);
    const note: DownloadRecord = { jobId, token, size, sha256, modifiedAt: (await stat(path)).mtimeMs };
    await writeFile(partial, `${JSON.stringify(note, undefined, 2)}\n`);
    await rename(partial, recordPath(path));
  } finally {
    await rm(partial, { force: true });
  }
}

async function readNote(path: string): Promise<DownloadRecord | undefined> {
  try {
    const { jobId, token, size, sha256, modifiedAt } = JSON.parse(
      await readFile(recordPath(path), "utf8"),
    ) as DownloadRecord;
    const whole = [jobId, token, sha256].every((text) => typeof text === "string" && text !== "");
    return whole && Number.isInteger(size) ? { jobId, token, size, sha256, modifiedAt } : undefined;
  } catch {
    // No note, or none that can be read: then nothing is known of the file.
    return undefined;
  }
}

async function statFile(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError(`path ${JSON.stringify(path)} cannot be looked at: ${error.message}.`);
  });
  if (found && !found.isFile())
    throw new InputError(`path ${JSON.stringify(path)} is a folder; name a file.`);
  return found;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The bytes behind a signed URL, streamed into a file as they are. */

/** A connection on which nothing moves for so long is given up; milliseconds. */
const idleTimeout = 60_000;

/** How often a download that broke off is begun. */
const attempts = 4;

export interface Downloaded {
  /** In bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/** Fails with a sentence that holds nothing of the URL's secrets. */
export async function download(url: string, to: string): Promise<Downloaded> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, to);
    } catch (error) {
      if (error instanceof Refused || attempt + 1 === attempts) {
        throw new Error(`${redact(url)}: ${redact((error as Error).message)}`, { cause: error });
      }
      await sleep(backoffDelay(attempt));
    }
  }
}

/** An answer that would be the same the next time. */
class Refused extends Error {}

/** Not by `fetch`, which unpacks what is stored with a Content-Encoding. */
async function once(url: string, to: string): Promise<Downloaded> {
  const response = await open(url);
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    const text = await beginningOf(response);
    const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
    const Kind = statusCode >= 500 || statusCode === 429 ? Error : Refused;
    throw new Kind(`the server answers ${statusCode}${code ? ` ${code}` : ""}`);
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
    throw new Error(`${size} bytes came instead of ${announced}`);
  }
  return { size, sha256: hash.digest("hex") };
}

async function open(url: string): Promise<IncomingMessage> {
  const { httpAgent, httpsAgent } = (await networkOf(connectionSettings({}, getConfig))).aws;
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:")
      ? httpsGet(url, { timeout: idleTimeout, agent: httpsAgent })
      : httpGet(url, { timeout: idleTimeout, agent: httpAgent });
    request.on("response", resolve).on("error", reject);
    request.on("timeout", () => request.destroy(new Error("nothing moved for a minute")));
  });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > 4096) break;
  }
  return text;
}
