/** Reads bodies into memory, within limits. */
import { ApiError, throttled } from "../state/api-error";
import type { HttpContext } from "./http-context";
import { getHeapStatistics } from "node:v8";

/** Maximum bytes of all arriving bodies together. */
const maxTotalBytes = 64 * 1024 ** 2;
/** Maximum time for a body to arrive, in milliseconds. */
const timeoutMs = 60_000;

export class BodyReader {
  #bufferedBytes = 0;

  /** Reads the whole body. @throws ApiError if the body or all arriving bodies together are too large. */
  read({ request }: HttpContext, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      // Closes the connection if the body does not end in time, even after the response.
      const timer = setTimeout(() => request.destroy(), timeoutMs);
      const release = (): void => {
        this.#bufferedBytes -= size;
        size = 0;
        chunks.length = 0;
      };
      const fail = (error: ApiError): void => {
        release();
        request.off("data", append).resume();
        reject(error);
      };
      const append = (chunk: Buffer): void => {
        if (size + chunk.length > limit) return fail(tooLarge(limit));
        if (this.#bufferedBytes + chunk.length > maxTotalBytes) return fail(throttled());
        this.#bufferedBytes += chunk.length;
        size += chunk.length;
        chunks.push(chunk);
      };
      request.once("close", () => {
        clearTimeout(timer);
        release();
        // Returns early, because creating an error is slower than most requests.
        if (request.readableEnded) return;
        reject(new Error("The connection closed before the whole body arrived."));
      });
      request.once("end", () => {
        const body = Buffer.concat(chunks);
        clearTimeout(timer);
        release();
        resolve(body);
      });
      if (Number(request.headers["content-length"]) > limit) fail(tooLarge(limit));
      else request.on("data", append);
    });
  }
}

const tooLarge = (limit: number): ApiError =>
  new ApiError("RequestEntityTooLargeException", 413, `The body is larger than ${limit} bytes.`);

/** Fraction of the heap above which writes are rejected. */
const maxHeapUse = 0.9;

/** Whether a request must be rejected because the process could run out of memory. Accepts all reads and deletions. */
export function isMemoryLow({ method }: { readonly method: string }): boolean {
  if (method === "GET" || method === "HEAD" || method === "DELETE") return false;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > maxHeapUse * limit;
}
