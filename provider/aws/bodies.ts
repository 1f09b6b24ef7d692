/** Bodies from files, texts and remote files, read as streams and put to signed URLs. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { redact } from "../core/errors/redact";
import { uploadOperation } from "../core/errors/service-error";
import type { Bodies, BodySource } from "../core/ports";
import { Downloads, isRemote, remoteSize } from "./downloads";
import { toServiceError } from "./failures";
import type { Agents, Network } from "./network";
import { networkOf } from "./network";
import { connectionSettings } from "./settings";

/** A connection on which nothing moves for so long is given up; milliseconds. */
const idleTimeout = 60_000;

/** The way that the environment names. */
const environment = (): Promise<Network> => networkOf(connectionSettings({}, () => undefined));

export class StreamedBodies implements Bodies {
  private readonly downloads: Downloads;

  constructor(private readonly network: () => Promise<Network> = environment) {
    this.downloads = new Downloads(async () => (await network()).anywhere);
  }

  async size(source: BodySource): Promise<number> {
    if (source.uri !== undefined && isRemote(source.uri) && !this.downloads.has(source.hash)) {
      const size = await remoteSize(source.uri, (await this.network()).anywhere);
      if (size !== undefined) return size;
    }
    return this.read(source, (_body, size) => Promise.resolve(size));
  }

  /**
   * Reads the body each time, because a file may change at any time; so this is the moment from which its bytes are
   * known. Fails when they are not those that the program has declared.
   */
  async md5(source: BodySource): Promise<string> {
    const [md5, sha256] = [createHash("md5"), createHash("sha256")];
    await this.read(source, async (body) => {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        md5.update(chunk);
        sha256.update(chunk);
      }
    });
    const now = sha256.digest("hex");
    if (/^[0-9a-f]{64}$/.test(source.hash) && source.hash !== now) {
      // A remote file is fetched again by who asks next.
      this.downloads.release(source.hash);
      throw new Error(
        `${nameOf(source)} has changed since this run read it: declared ${source.hash.slice(0, 8)}, ` +
          `now ${now.slice(0, 8)}; nothing was started; run \`pulumi up\` again`,
      );
    }
    return md5.digest("base64");
  }

  async put(
    source: BodySource,
    url: string,
    md5: string,
    onProgress: (sent: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      const { aws } = await this.network();
      await this.read(source, async (body, size) => {
        const meter = new Meter(size, onProgress, nameOf(source));
        const { status, text, isStored } = await send(url, { body, meter, size, md5, agents: aws, signal });
        if (status < 200 || status >= 300) throw refusal(status, text);
        if (!isStored) throw new UnexpectedAnswer(status);
        // S3 refuses a body of another MD5; what stands in its place may not.
        if (meter.md5() !== md5) throw new BodyChanged(nameOf(source));
      });
      this.downloads.release(source.hash);
    } catch (error) {
      throw toServiceError(uploadOperation, error);
    }
  }

  /** Lends the body as a stream, and its size in bytes. */
  private async read<T>(source: BodySource, use: (body: Readable, size: number) => Promise<T>): Promise<T> {
    if (source.text !== undefined) {
      const bytes = Buffer.from(source.text);
      return use(Readable.from([bytes]), bytes.length);
    }
    return this.withFile(source, async (file) => {
      const facts = await file.stat();
      if (!facts.isFile()) throw new Error(`${source.path ?? source.uri} is not a file`);
      return use(Readable.from(bytesOf(file), { objectMode: false }), facts.size);
    });
  }

  /** Lends a file, of this machine or fetched. */
  private async withFile<T>(
    { path, uri, hash }: BodySource,
    use: (file: FileHandle) => Promise<T>,
  ): Promise<T> {
    if (path === undefined && uri === undefined) {
      throw new Error("the asset has neither a path nor a text nor a URI");
    }
    if (uri !== undefined && isRemote(uri)) return this.downloads.lend(hash, uri, use);
    const file = await open(path ?? fileURLToPath(uri!), "r");
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}

const chunk = 128 * 1024;

/** Not by a stream of the file's own, which would hold it open as long as nobody reads it. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunk), 0, chunk, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const nameOf = ({ path, uri }: BodySource): string => path ?? (uri === undefined ? "The text" : redact(uri));

/** The bytes that were sent are not those that the job was made for. */
class BodyChanged extends Error {
  override readonly name = "BodyChanged";

  constructor(what: string) {
    super(`${what} has changed since its job was made`);
  }
}

/**
 * Counts and hashes what passes, and ends no body that is shorter or longer than it was. The last bytes wait for the end
 * of the file, because a server takes the body for whole as soon as it has the length that was announced.
 */
class Meter extends Transform {
  private readonly hash = createHash("md5");
  private sent = 0;
  private last?: Buffer;
  /** Why the body was not sent to its end. The request that it breaks may tell of a broken connection first. */
  changed?: BodyChanged;

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

  private fail(): BodyChanged {
    return (this.changed = new BodyChanged(this.what));
  }

  md5(): string {
    return this.hash.digest("base64");
  }
}

interface Sending {
  body: Readable;
  meter: Meter;
  size: number;
  md5: string;
  agents: Agents;
  signal?: AbortSignal;
}

interface Sent {
  status: number;
  text: string;
  /** S3 names the object that it has stored by an ETag. Source: API reference of S3, PutObject. */
  isStored: boolean;
}

/** A success that S3 did not give: a proxy or a captive portal answered in its place, and has stored nothing. */
class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
  readonly $metadata: { httpStatusCode: number };

  constructor(status: number) {
    super(`${status} without an ETag is not an answer of S3, but of a proxy or a captive portal on the way`);
    this.$metadata = { httpStatusCode: status };
  }
}

/** Puts a body in one request. Not by a client of S3: the URL is signed, and takes these headers and no others. */
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
    request.destroy(Object.assign(new Error("nothing moved for a minute"), { code: "ETIMEDOUT" })),
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
    // What broke a request before its body is in `answered`; a pipeline would tell that it cannot write to it.
    const sent = request.destroyed ? answered : pipeline(body, meter, request);
    // A server may refuse before it has read everything; its answer says more than the broken pipe.
    return await Promise.race([answered, sent.then(() => answered)]);
  } catch (error) {
    throw meter.changed ?? error;
  } finally {
    // A body that was refused is not sent on behind the caller's back.
    if (!request.writableFinished) request.destroy();
  }
}

function refusal(status: number, text: string): Error {
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${status}`;
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1] ?? "the signed URL refused the body";
  return Object.assign(new Error(plain(message)), { name: code, $metadata: { httpStatusCode: status } });
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const plain = (xml: string): string =>
  xml.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name]!);
