/** Reads bodies into memory, within limits. */
import { ServiceError, throttled } from "./service-error";
import type { HttpContext } from "./http-context";
import { getHeapStatistics } from "node:v8";

/** Maximum bytes of all arriving bodies together. */
const maxTotalBytes = 64 * 1024 ** 2;
/** Maximum time for a body to arrive, in milliseconds. */
const timeoutMs = 60_000;

export class BodyReader {
  #held = 0;

  /** Reads the whole body. @throws ServiceError if it is too large, or all arriving bodies together are. */
  read({ request }: HttpContext, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      // Ends a body that never ends, even after the response.
      const timer = setTimeout(() => request.destroy(), timeoutMs);
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
        if (this.#held + chunk.length > maxTotalBytes) return refuse(throttled());
        this.#held += chunk.length;
        size += chunk.length;
        chunks.push(chunk);
      };
      request.once("close", () => {
        clearTimeout(timer);
        release();
        // Returns first, because creating an error is slower than most requests.
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

/** Rejects writes when memory is low, because the process would crash otherwise. */

/** Fraction of the heap above which writes are rejected. Reads and deletions still work. */
const maxHeapUse = 0.9;

export function isMemoryLow({ method }: { readonly method: string }): boolean {
  if (method === "GET" || method === "HEAD" || method === "DELETE") return false;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > maxHeapUse * limit;
}
