/** Bodies from files, texts and remote files, read as streams and put to signed URLs. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { redact } from "../core/errors/redact";
import type { Bodies, BodySource } from "../core/ports";
import { uploadOperation } from "../core/errors/service-error";
import { toServiceError } from "./failures";

/** A connection on which nothing moves for so long is given up; milliseconds. */
const idleTimeout = 60_000;

export class StreamedBodies implements Bodies {
  private readonly md5s = new Map<string, Promise<string>>();
  private readonly downloads = new Map<string, Promise<FileHandle>>();

  async size(source: BodySource): Promise<number> {
    if (source.text !== undefined) return Buffer.byteLength(source.text);
    if (source.uri !== undefined && isRemote(source.uri) && !this.downloads.has(source.hash)) {
      const size = await remoteSize(source.uri);
      if (size !== undefined) return size;
    }
    const file = await this.fileOf(source);
    const facts = typeof file === "string" ? await stat(file) : await file.stat();
    if (!facts.isFile()) throw new Error(`${source.path ?? source.uri} is not a file`);
    return facts.size;
  }

  md5(source: BodySource): Promise<string> {
    const key = `${source.hash} ${source.path ?? source.uri ?? ""}`;
    const known = this.md5s.get(key) ?? this.hash(source);
    this.md5s.set(key, known);
    known.catch(() => this.md5s.delete(key));
    return known;
  }

  async put(source: BodySource, url: string, md5: string, onProgress: (sent: number) => void): Promise<void> {
    const length = await this.size(source);
    const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, {
      method: "PUT",
      headers: { "Content-Length": length, "Content-MD5": md5 },
      timeout: idleTimeout,
    });
    request.on("timeout", () =>
      request.destroy(Object.assign(new Error("nothing moved for a minute"), { code: "ETIMEDOUT" })),
    );
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      request.on("error", reject);
      request.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text = (text + chunk).slice(0, 4096)));
        response.on("error", reject).on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
    });
    try {
      const sent = pipeline(await this.open(source), meter(onProgress), request);
      // A server may refuse before it has read everything; its answer says more than the broken pipe.
      const { status, text } = await Promise.race([answered, sent.then(() => answered)]);
      if (status < 200 || status >= 300) throw refusal(status, text);
    } catch (error) {
      // A body that was refused is not sent on behind the caller's back.
      request.destroy();
      throw toServiceError(uploadOperation, error);
    }
  }

  private async hash(source: BodySource): Promise<string> {
    const md5 = createHash("md5");
    await pipeline(await this.open(source), md5);
    return md5.digest("base64");
  }

  private async open(source: BodySource): Promise<Readable> {
    if (source.text !== undefined) return Readable.from([Buffer.from(source.text)]);
    const file = await this.fileOf(source);
    return typeof file === "string"
      ? createReadStream(file)
      : file.createReadStream({ start: 0, autoClose: false });
  }

  /** A path, or a file that has been fetched. */
  private async fileOf({ path, uri, hash }: BodySource): Promise<string | FileHandle> {
    if (path !== undefined) return path;
    if (uri === undefined) throw new Error("the asset has neither a path nor a text nor a URI");
    if (!isRemote(uri)) return fileURLToPath(uri);
    const download = this.downloads.get(hash) ?? fetchToFile(uri);
    this.downloads.set(hash, download);
    download.catch(() => this.downloads.delete(hash));
    return download;
  }
}

const isRemote = (uri: string): boolean => /^https?:/i.test(uri);

/** In bytes, where the server says it without sending the body. */
async function remoteSize(uri: string): Promise<number | undefined> {
  const response = await fetchRemote(uri, "HEAD").catch(() => undefined);
  const length = Number(response?.headers.get("content-length") ?? undefined);
  return Number.isInteger(length) ? length : undefined;
}

/**
 * A body's MD5 has to be known before it is sent, so a remote file is fetched first: into a file without a name, which
 * is gone when this process is, however it ends.
 */
async function fetchToFile(uri: string): Promise<FileHandle> {
  const { body } = await fetchRemote(uri, "GET");
  if (!body) throw new Error(`${redact(uri)} is empty`);
  const folder = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-"));
  try {
    const path = join(folder, "body");
    await pipeline(Readable.fromWeb(body), createWriteStream(path, { mode: 0o600 }));
    return await open(path, "r");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchRemote(uri: string, method: "GET" | "HEAD"): Promise<Response> {
  const response = await fetch(uri, { method }).catch((error: Error) => {
    // The reason is in the cause; the message itself is "fetch failed".
    const { message, code } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`${redact(uri)} cannot be fetched: ${redact(message || String(code))}`, { cause: error });
  });
  if (!response.ok) throw new Error(`${redact(uri)} answered ${response.status}`);
  return response;
}

function meter(onProgress: (sent: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onProgress((sent += chunk.length));
      done(null, chunk);
    },
  });
}

function refusal(status: number, text: string): Error {
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${status}`;
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1] ?? "the signed URL refused the body";
  return Object.assign(new Error(plain(message)), { name: code, $metadata: { httpStatusCode: status } });
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const plain = (xml: string): string =>
  xml.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name]!);
