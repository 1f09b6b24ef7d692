/** Puts a body to a signed URL, and fails unless S3 has stored the bytes with the job's MD5. */
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { s3ErrorMember } from "../../lib/s3-error";
import { UnexpectedAnswerError } from "./check-response";
import type { Agents } from "./proxies";

/** In milliseconds without any traffic. */
const idleTimeout = 60_000;

interface Body {
  body: Readable;
  /** In bytes. */
  size: number;
  md5: string;
  /** Name of the body in messages. */
  name: string;
  /** Receives the number of bytes sent so far. */
  onProgress: (sent: number) => void;
  agents: Agents;
  signal?: AbortSignal;
}

export async function putToSignedUrl(url: string, { name, onProgress, ...sending }: Body): Promise<void> {
  const meter = new Meter(sending.size, onProgress, name);
  const { status, text, isStored } = await send(url, { ...sending, meter });
  if (status < 200 || status >= 300) throw refusal(status, text);
  if (!isStored) {
    const reason = `${status} without an ETag is not an answer of S3, but of a proxy or a captive portal on the way`;
    throw new UnexpectedAnswerError(reason, status);
  }
  // S3 refuses a body with another MD5, but another server may not.
  if (meter.md5() !== sending.md5) throw new BodyChangedError(name);
}

/** The sent bytes do not have the job's MD5. */
class BodyChangedError extends Error {
  override readonly name = "BodyChangedError";

  constructor(what: string) {
    super(`${what} has changed since its job was created`);
  }
}

/**
 * Counts and hashes the bytes, and fails if they are fewer or more than announced. It holds back the last chunk until the
 * file ends, because a server accepts the body as soon as it has the announced length.
 */
class Meter extends Transform {
  private readonly hash = createHash("md5");
  private sent = 0;
  private last?: Buffer;
  /** Set if the body was not sent to its end. The request may report a broken connection instead. */
  changed?: BodyChangedError;

  constructor(
    private readonly size: number,
    private readonly onProgress: (sent: number) => void,
    private readonly what: string,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void) {
    this.hash.update(chunk);
    this.sent += chunk.length;
    if (this.sent > this.size) return done(this.fail());
    this.onProgress(this.sent);
    if (this.sent < this.size) return done(null, chunk);
    this.last = chunk;
    done(null);
  }

  override _flush(done: (error: Error | null, chunk?: Buffer) => void) {
    if (this.sent < this.size) return done(this.fail());
    done(null, this.last);
  }

  private fail(): BodyChangedError {
    return (this.changed = new BodyChangedError(this.what));
  }

  md5(): string {
    return this.hash.digest("base64");
  }
}

type Sending = Omit<Body, "name" | "onProgress"> & { meter: Meter };

interface Sent {
  status: number;
  text: string;
  /** S3 answers with the ETag of the stored object. Source: API reference of S3, PutObject. */
  isStored: boolean;
}

/** Puts a body in one request. The SDK's client would add headers that the signature does not cover. */
async function send(url: string, { body, meter, size, md5, agents, signal }: Sending): Promise<Sent> {
  const isSecure = url.startsWith("https:");
  const request = (isSecure ? httpsRequest : httpRequest)(url, {
    method: "PUT",
    headers: { "Content-Length": size, "Content-MD5": md5 },
    agent: isSecure ? agents.httpsAgent : agents.httpAgent,
    timeout: idleTimeout,
    signal,
  });
  request.on("timeout", () =>
    request.destroy(Object.assign(new Error("no data was transferred for a minute"), { code: "ETIMEDOUT" })),
  );
  const answered = new Promise<Sent>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text = (text + chunk).slice(0, 4096)));
      response.on("error", reject).on("end", () => {
        resolve({ status: response.statusCode ?? 0, text, isStored: response.headers.etag !== undefined });
      });
    });
  });
  try {
    // If the request is already broken, `answered` has the reason, and a pipeline would hide it.
    const sent = request.destroyed ? answered : pipeline(body, meter, request);
    // A server may refuse before it has read the whole body. Its answer has more information than the broken pipe.
    return await Promise.race([answered, sent.then(() => answered)]);
  } catch (error) {
    throw meter.changed ?? error;
  } finally {
    // Stop sending a body that was refused.
    if (!request.writableFinished) request.destroy();
  }
}

function refusal(status: number, text: string): Error {
  const code = s3ErrorMember("Code", text) ?? `HTTP ${status}`;
  const message = s3ErrorMember("Message", text) ?? "the signed URL refused the body";
  return Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status } });
}
