/** Reads bodies into memory and bounds how much memory they take. */
import { ServiceError, throttled } from "./service-error";
import type { HttpContext } from "./http-context";
import { getHeapStatistics } from "node:v8";

/** What all bodies together may take while they arrive. */
const together = 64 * 1024 ** 2;
/** Milliseconds that a body may take to arrive. */
const patience = 60_000;

export class BodyReader {
  #held = 0;

  /** The whole body. Throws the service's answer to one that is too large, or to one too many at a time. */
  read({ request }: HttpContext, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      // A body that never ends is cut off, even if the request has been answered.
      const timer = setTimeout(() => request.destroy(), patience);
      const release = (): void => {
        this.#held -= size;
        size = 0;
        chunks.length = 0;
      };
      const refuse = (error: ServiceError): void => {
        release();
        request.off("data", take).resume();
        reject(error);
      };
      const take = (chunk: Buffer): void => {
        if (size + chunk.length > limit) return refuse(tooLarge(limit));
        if (this.#held + chunk.length > together) return refuse(throttled());
        this.#held += chunk.length;
        size += chunk.length;
        chunks.push(chunk);
      };
      request.once("close", () => {
        clearTimeout(timer);
        release();
        // The stack of an error takes longer to write down than most requests to answer.
        if (request.readableEnded) return;
        reject(new Error("The connection broke before the body had come."));
      });
      request.once("end", () => {
        const body = Buffer.concat(chunks);
        clearTimeout(timer);
        release();
        resolve(body);
      });
      if (Number(request.headers["content-length"]) > limit) refuse(tooLarge(limit));
      else request.on("data", take);
    });
  }
}

const tooLarge = (limit: number): ServiceError =>
  new ServiceError("RequestEntityTooLargeException", 413, `The body is larger than ${limit} bytes.`);

/** The last resort against callers that store more than there is memory for: a refusal, in place of a process that ends. */

/** The part of the heap beyond which nothing more is taken in; what reads and deletes goes on. */
const most = 0.9;

export function isMemoryLow({ method }: { readonly method: string }): boolean {
  if (method === "GET" || method === "HEAD" || method === "DELETE") return false;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > most * limit;
}
