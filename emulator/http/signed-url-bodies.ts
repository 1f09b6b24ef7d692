/** Bodies at the service's signed URLs: uploads before an import, downloads after an export. */
import { pipeline } from "node:stream/promises";
import type { Clock } from "../control/clock";
import type { FaultRule, Faults } from "../control/faults";
import { strike } from "../control/faults";
import type { RequestLog } from "../control/request-log";
import type { ServiceStorage } from "../storage/service-storage";
import { ObjectError } from "../storage/service-storage";
import { SignedUrls } from "../storage/signed-urls";
import { readKey } from "../state/arns-and-keys";
import type { States } from "../state/account-region-states";
import type { Exchange } from "./http-context";
import { asS3, reset, sendXmlError } from "./http-context";
import { receiveUpload, S3Refusal } from "./receive-upload";

export interface SignedBodiesParts {
  readonly states: States;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly signal: AbortSignal;
}

export class SignedBodies {
  constructor(private readonly parts: SignedBodiesParts) {}

  /** Whether a request is for the service's own bucket, of which nothing is to be had but by signed URLs. */
  concerns({ path }: Exchange): boolean {
    return SignedUrls.keyInPath(path) !== undefined;
  }

  async serve(exchange: Exchange): Promise<void> {
    asS3(exchange);
    exchange.operation = exchange.method === "PUT" ? "UploadBody" : "DownloadBody";
    const key = SignedUrls.keyInPath(exchange.path)!;
    const fault = this.parts.faults.take(exchange.operation);
    let refused: S3Refusal | undefined;
    try {
      if (fault && fault.when !== "after" && (await this.#strike(fault))) return this.#reset(exchange, key);
      await this.#perform(exchange, key);
      if (fault?.when === "after" && (await this.#strike(fault))) return this.#reset(exchange, key);
      if (exchange.method === "PUT") exchange.response.writeHead(200).end();
    } catch (error) {
      if (exchange.response.headersSent || exchange.response.destroyed) return this.#reset(exchange, key);
      refused = refusalOf(error);
      sendXmlError(exchange, refused.status, refused.code, refused.message);
    }
    this.#record(exchange, key, refused?.status ?? exchange.response.statusCode, refused?.code);
  }

  async #perform(exchange: Exchange, key: string): Promise<void> {
    const { urls, states, objects } = this.parts;
    const refusal = urls.findRejection(exchange.method, key, exchange.query);
    if (refusal) throw new S3Refusal(403, refusal.code, refusal.message);
    const named = readKey(key);
    if (exchange.method === "GET") return this.#download(exchange, key);
    const job = named && states.of(named.place).jobs.get(named.id);
    if (!job) throw new S3Refusal(403, "AccessDenied", "Access Denied");
    exchange.response.setHeader("etag", await receiveUpload(exchange.request, job, key, objects));
  }

  async #download({ request, response }: Exchange, key: string): Promise<void> {
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
    return strike(fault, this.parts.signal, (code, status, message) => new S3Refusal(status, code, message));
  }

  #reset(exchange: Exchange, key: string): void {
    this.#record(exchange, key, "reset");
    reset(exchange);
  }

  #record({ operation, requestId }: Exchange, key: string, status: number | "reset", error?: string): void {
    const named = readKey(key);
    this.parts.requests.add({
      operation,
      input: named && { [named.kind === "uploads" ? "jobId" : "assetId"]: named.id },
      region: named?.place.region,
      status,
      error,
      requestId,
      at: this.parts.clock.now().toISOString(),
    });
  }
}

function refusalOf(error: unknown): S3Refusal {
  if (error instanceof S3Refusal) return error;
  if (error instanceof ObjectError && error.code === "InvalidRange") {
    return new S3Refusal(416, error.code, error.message);
  }
  if (error instanceof ObjectError && error.reason === "missing") {
    return new S3Refusal(404, "NoSuchKey", "The specified key does not exist.");
  }
  return new S3Refusal(500, "InternalError", error instanceof Error ? error.message : String(error));
}
