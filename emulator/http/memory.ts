/** The last resort against callers that store more than there is memory for: a refusal, in place of a process that ends. */
import { getHeapStatistics } from "node:v8";

/** The part of the heap beyond which nothing more is taken in; what reads and deletes goes on. */
const most = 0.9;

export function memoryIsShort({ method }: { readonly method: string }): boolean {
  if (method === "GET" || method === "HEAD" || method === "DELETE") return false;
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > most * limit;
}
