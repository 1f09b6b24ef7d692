/** Uploads to and downloads from the service's signed URLs. */
import { pipeline } from "node:stream/promises";
import type { Clock } from "../control/clock";
import type { FaultRule, Faults } from "../control/faults";
import { applyFault } from "../control/faults";
import type { RequestLog } from "../control/request-log";
import type { ServiceStorage } from "../storage/service-storage";
import { ObjectError } from "../storage/service-storage";
import { SignedUrls } from "../storage/signed-urls";
import { readKey } from "../state/records";
import type { RegionStates } from "../state/region-state";
import type { HttpContext } from "./http-context";
import { useS3RequestId, resetConnection, sendS3Error } from "./http-context";
import type { IncomingMessage } from "node:http";
import { randomUUID } from "node:crypto";
import { jobTypeOf } from "../../service-model/job-types";
import type { Job } from "../state/records";

export interface SignedUrlBodiesDependencies {
  readonly states: RegionStates;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly signal: AbortSignal;
}

export class SignedUrlBodies {
  constructor(private readonly parts: SignedUrlBodiesDependencies) {}

  /** Whether the path is in the service's bucket, which only signed URLs can reach. */
  matches({ path }: HttpContext): boolean {
    return SignedUrls.keyInPath(path) !== undefined;
  }

  async serve(exchange: HttpContext): Promise<void> {
    useS3RequestId(exchange);
    exchange.operation = exchange.method === "PUT" ? "UploadBody" : "DownloadBody";
    const key = SignedUrls.keyInPath(exchange.path)!;
    const fault = this.parts.faults.take(exchange.operation);
    let refused: SignedUrlError | undefined;
    try {
      if (fault && fault.when !== "after" && (await this.#strike(fault))) return this.#reset(exchange, key);
      await this.#perform(exchange, key);
      if (fault?.when === "after" && (await this.#strike(fault))) return this.#reset(exchange, key);
      if (exchange.method === "PUT") exchange.response.writeHead(200).end();
    } catch (error) {
      if (exchange.response.headersSent || exchange.response.destroyed) return this.#reset(exchange, key);
      refused = refusalOf(error);
      sendS3Error(exchange, refused.status, refused.code, refused.message);
    }
    this.#record(exchange, key, refused?.status ?? exchange.response.statusCode, refused?.code);
  }

  async #perform(exchange: HttpContext, key: string): Promise<void> {
    const { urls, states, objects } = this.parts;
    const refusal = urls.findRejection(exchange.method, key, exchange.query);
    if (refusal) throw new SignedUrlError(403, refusal.code, refusal.message);
    const named = readKey(key);
    if (exchange.method === "GET") return this.#download(exchange, key);
    const job = named && states.of(named.accountRegion).jobs.get(named.id);
    if (!job) throw new SignedUrlError(403, "AccessDenied", "Access Denied");
    exchange.response.setHeader("etag", await receiveUpload(exchange.request, job, key, objects));
  }

  async #download({ request, response }: HttpContext, key: string): Promise<void> {
    const got = await this.parts.objects.openObject(key, request.headers.range);
    response.setHeader("content-type", got.contentType ?? "application/octet-stream");
    response.setHeader("content-length", got.size);
    response.setHeader("accept-ranges", "bytes");
    if (got.etag) response.setHeader("etag", got.etag);
    if (got.lastModified) response.setHeader("last-modified", got.lastModified.toUTCString());
    if (got.contentRange) response.setHeader("content-range", got.contentRange);
    response.writeHead(got.contentRange ? 206 : 200);
    try {
      await pipeline(got.body, response);
    } finally {
      got.close();
    }
  }

  #strike(fault: FaultRule): Promise<boolean> {
    return applyFault(
      fault,
      this.parts.signal,
      (code, status, message) => new SignedUrlError(status, code, message),
    );
  }

  #reset(exchange: HttpContext, key: string): void {
    this.#record(exchange, key, "reset");
    resetConnection(exchange);
  }

  #record(
    { operation, requestId }: HttpContext,
    key: string,
    status: number | "reset",
    error?: string,
  ): void {
    const named = readKey(key);
    this.parts.requests.add({
      operation,
      input: named && { [named.kind === "uploads" ? "jobId" : "assetId"]: named.id },
      region: named?.accountRegion.region,
      status,
      error,
      requestId,
      at: this.parts.clock.now().toISOString(),
    });
  }
}

function refusalOf(error: unknown): SignedUrlError {
  if (error instanceof SignedUrlError) return error;
  if (error instanceof ObjectError && error.code === "InvalidRange") {
    return new SignedUrlError(416, error.code, error.message);
  }
  if (error instanceof ObjectError && error.reason === "missing") {
    return new SignedUrlError(404, "NoSuchKey", "The specified key does not exist.");
  }
  return new SignedUrlError(500, "InternalError", error instanceof Error ? error.message : String(error));
}

/** Receives the body of a PUT to a job's signed URL and checks it as S3 does. */

/** An error with S3's code and message. */
class SignedUrlError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "S3Refusal";
  }
}

/**
 * Replaces the job's upload once the body is complete and valid. A body that arrives when the job is no longer WAITING
 * is accepted, as by S3, and discarded. Resolves to the ETag.
 */
async function receiveUpload(
  request: IncomingMessage,
  job: Job,
  key: string,
  objects: ServiceStorage,
): Promise<string> {
  const size = lengthOf(request, jobTypeOf(job.type).upload?.maxBytes ?? 0);
  const declared = declaredMd5(request);
  const kept = `${key}/${randomUUID()}`;
  // Keeps the connection open if the body is rejected early, because the error must still be sent.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  job.arriving = (job.arriving ?? 0) + 1;
  try {
    const hex = await objects.writeObject(kept, body, size, request.headers["content-type"]);
    const md5 = Buffer.from(hex, "hex").toString("base64");
    if (declared !== undefined && declared !== md5) {
      throw new SignedUrlError(
        400,
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
      );
    }
    const isAwaited = job.state === "WAITING";
    const unused = isAwaited ? job.upload?.key : kept;
    if (isAwaited) job.upload = { key: kept, md5, size };
    if (unused !== undefined) void objects.deleteObjects([unused]);
    return `"${hex}"`;
  } catch (error) {
    void objects.deleteObjects([kept]);
    throw error;
  } finally {
    job.arriving -= 1;
  }
}

function lengthOf({ headers }: IncomingMessage, maxBytes: number): number {
  const length = headers["content-length"];
  if (length === undefined) {
    throw new SignedUrlError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const size = Number(length);
  if (size > maxBytes) {
    throw new SignedUrlError(
      400,
      "EntityTooLarge",
      "Your proposed upload exceeds the maximum allowed object size.",
    );
  }
  return size;
}

function declaredMd5({ headers }: IncomingMessage): string | undefined {
  const md5 = headers["content-md5"];
  if (md5 === undefined) return undefined;
  if (typeof md5 !== "string" || !/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new SignedUrlError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  return md5;
}
