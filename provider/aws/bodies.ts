/** Bodies from files, texts and remote files, read as streams and put to signed URLs. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { uploadOperation } from "../core/errors/service-error";
import type { Bodies, BodySource } from "../core/ports";
import { Downloads, isRemote, remoteSize } from "./downloads";
import { toServiceError } from "./failures";

/** A connection on which nothing moves for so long is given up; milliseconds. */
const idleTimeout = 60_000;

export class StreamedBodies implements Bodies {
  private readonly md5s = new Map<string, Promise<string>>();
  private readonly downloads = new Downloads();

  async size(source: BodySource): Promise<number> {
    if (source.text !== undefined) return Buffer.byteLength(source.text);
    if (source.uri !== undefined && isRemote(source.uri) && !this.downloads.has(source.hash)) {
      const size = await remoteSize(source.uri);
      if (size !== undefined) return size;
    }
    const facts = await this.withFile(source, (file) =>
      typeof file === "string" ? stat(file) : file.stat(),
    );
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

  async put(
    source: BodySource,
    url: string,
    md5: string,
    onProgress: (sent: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const length = await this.size(source);
    const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, {
      method: "PUT",
      headers: { "Content-Length": length, "Content-MD5": md5 },
      timeout: idleTimeout,
      signal,
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
      await this.read(source, async (body) => {
        // What broke a request before its body is in `answered`; a pipeline would tell that it cannot write to it.
        const sent = request.destroyed ? answered : pipeline(body, meter(onProgress), request);
        // A server may refuse before it has read everything; its answer says more than the broken pipe.
        const { status, text } = await Promise.race([answered, sent.then(() => answered)]);
        if (status < 200 || status >= 300) throw refusal(status, text);
      });
      this.downloads.release(source.hash);
    } catch (error) {
      // A body that was refused is not sent on behind the caller's back.
      request.destroy();
      throw toServiceError(uploadOperation, error);
    }
  }

  private hash(source: BodySource): Promise<string> {
    return this.read(source, async (body) => {
      const md5 = createHash("md5");
      await pipeline(body, md5);
      return md5.digest("base64");
    });
  }

  private read<T>(source: BodySource, use: (body: Readable) => Promise<T>): Promise<T> {
    if (source.text !== undefined) return use(Readable.from([Buffer.from(source.text)]));
    return this.withFile(source, (file) =>
      use(
        typeof file === "string"
          ? createReadStream(file)
          : file.createReadStream({ start: 0, autoClose: false }),
      ),
    );
  }

  /** Lends a path, or a file that has been fetched. */
  private async withFile<T>(
    { path, uri, hash }: BodySource,
    use: (file: string | FileHandle) => Promise<T>,
  ): Promise<T> {
    if (path !== undefined) return use(path);
    if (uri === undefined) throw new Error("the asset has neither a path nor a text nor a URI");
    return isRemote(uri) ? this.downloads.lend(hash, uri, use) : use(fileURLToPath(uri));
  }
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
