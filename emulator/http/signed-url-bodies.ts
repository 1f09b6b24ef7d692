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
import { useS3RequestId, resetConnection } from "./http-context";
import { ApiError } from "../state/api-error";
import { S3Error } from "../s3/errors";
import { sendS3Error } from "../s3/s3-server";
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
  constructor(private readonly dependencies: SignedUrlBodiesDependencies) {}

  /** Whether the path is in the service's bucket, which only signed URLs can reach. */
  matches({ path }: HttpContext): boolean {
    return SignedUrls.keyInPath(path) !== undefined;
  }

  async serve(context: HttpContext): Promise<void> {
    useS3RequestId(context);
    context.operation = context.method === "PUT" ? "UploadBody" : "DownloadBody";
    const key = SignedUrls.keyInPath(context.path)!;
    const fault = this.dependencies.faults.take(context.operation);
    let failure: S3Error | ApiError | undefined;
    try {
      if (fault && fault.when !== "after" && (await this.#applyFault(fault)))
        return this.#reset(context, key);
      await this.#perform(context, key);
      if (fault?.when === "after" && (await this.#applyFault(fault))) return this.#reset(context, key);
      if (context.method === "PUT") context.response.writeHead(200).end();
    } catch (error) {
      if (context.response.headersSent || context.response.destroyed) return this.#reset(context, key);
      failure = toSignedUrlError(error);
      await sendS3Error(context, failure);
    }
    this.#record(context, key, failure?.status ?? context.response.statusCode, failure?.code);
  }

  async #perform(context: HttpContext, key: string): Promise<void> {
    const { urls, states, objects } = this.dependencies;
    const rejection = urls.findRejection(context.method, key, context.query);
    if (rejection) throw new S3Error(rejection.code, { Message: rejection.message });
    const ids = readKey(key);
    if (context.method === "GET") return this.#download(context, key);
    const job = ids && states.of(ids.accountRegion).jobs.get(ids.id);
    if (!job) throw new S3Error("AccessDenied");
    context.response.setHeader("etag", await receiveUpload(context.request, job, key, objects));
  }

  async #download({ request, response }: HttpContext, key: string): Promise<void> {
    const object = await this.dependencies.objects.openObject(key, request.headers.range);
    response.setHeader("content-type", object.contentType ?? "application/octet-stream");
    response.setHeader("content-length", object.size);
    response.setHeader("accept-ranges", "bytes");
    if (object.etag) response.setHeader("etag", object.etag);
    if (object.lastModified) response.setHeader("last-modified", object.lastModified.toUTCString());
    if (object.contentRange) response.setHeader("content-range", object.contentRange);
    response.writeHead(object.contentRange ? 206 : 200);
    try {
      await pipeline(object.body, response);
    } finally {
      object.close();
    }
  }

  #applyFault(fault: FaultRule): Promise<boolean> {
    return applyFault(fault, this.dependencies.signal, ApiError);
  }

  #reset(context: HttpContext, key: string): void {
    this.#record(context, key, "reset");
    resetConnection(context);
  }

  #record(
    { operation, requestId }: HttpContext,
    key: string,
    status: number | "reset",
    error?: string,
  ): void {
    const ids = readKey(key);
    this.dependencies.requests.add({
      operation,
      input: ids && { [ids.kind === "uploads" ? "jobId" : "assetId"]: ids.id },
      region: ids?.accountRegion.region,
      status,
      error,
      requestId,
      at: this.dependencies.clock.now().toISOString(),
    });
  }
}

function toSignedUrlError(error: unknown): S3Error | ApiError {
  if (error instanceof S3Error || error instanceof ApiError) return error;
  const { message } = error instanceof Error ? error : { message: String(error) };
  if (error instanceof ObjectError && error.code === "InvalidRange") {
    return new S3Error("InvalidRange", { Message: message });
  }
  if (error instanceof ObjectError && error.reason === "missing") return new S3Error("NoSuchKey");
  return new S3Error("InternalError", { Message: message });
}

/**
 * Receives the body of a PUT to a job's signed URL, checks it as S3 does, and replaces the job's upload. Accepts and
 * discards the body if the job is no longer WAITING, because S3 would accept it. Resolves to the ETag.
 */
async function receiveUpload(
  request: IncomingMessage,
  job: Job,
  key: string,
  objects: ServiceStorage,
): Promise<string> {
  const size = lengthOf(request, jobTypeOf(job.type).upload?.maxBytes ?? 0);
  const declared = declaredMd5(request);
  const newKey = `${key}/${randomUUID()}`;
  // Keeps the connection open if the body is rejected early, because the error must still be sent.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  job.arriving = (job.arriving ?? 0) + 1;
  try {
    const hex = await objects.writeObject(newKey, body, size, request.headers["content-type"]);
    const md5 = Buffer.from(hex, "hex").toString("base64");
    if (declared !== undefined && declared !== md5) {
      throw new S3Error("BadDigest", {
        Message: "The Content-MD5 you specified did not match what we received.",
      });
    }
    const isWaiting = job.state === "WAITING";
    const unused = isWaiting ? job.upload?.key : newKey;
    if (isWaiting) job.upload = { key: newKey, md5, size };
    if (unused !== undefined) void objects.deleteObjects([unused]);
    return `"${hex}"`;
  } catch (error) {
    void objects.deleteObjects([newKey]);
    throw error;
  } finally {
    job.arriving -= 1;
  }
}

function lengthOf({ headers }: IncomingMessage, maxBytes: number): number {
  const length = headers["content-length"];
  if (length === undefined) throw new S3Error("MissingContentLength");
  const size = Number(length);
  if (size > maxBytes) throw new S3Error("EntityTooLarge");
  return size;
}

function declaredMd5({ headers }: IncomingMessage): string | undefined {
  const md5 = headers["content-md5"];
  if (md5 === undefined) return undefined;
  if (typeof md5 !== "string" || !/^[A-Za-z0-9+/]{22}==$/.test(md5)) {
    throw new S3Error("InvalidDigest");
  }
  return md5;
}
