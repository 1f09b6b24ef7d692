import type { RecordedRequest } from "../../emulator";

/** How often each operation was asked for. */
export function countCalls(requests: readonly RecordedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of requests) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Such as `CreateJob, 4×ListJobs`, in the order in which they were first asked for. */
export function listCalls(requests: readonly RecordedRequest[]): string {
  return Object.entries(countCalls(requests))
    .map(([operation, count]) => (count === 1 ? operation : `${count}×${operation}`))
    .join(", ");
}
