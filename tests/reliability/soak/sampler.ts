/** What is looked at again and again during a run: jobs in progress by type, and the memory of the host. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { LocalDataExchange } from "../../../emulator";
import { running } from "../../harness/processes";

const every = 1_000;

export interface Sampled {
  /** The most jobs of each type that were seen in progress at once. */
  readonly peaks: Readonly<Record<string, number>>;
  /** Resident memory of the host process in MiB, oldest first. */
  readonly memory: readonly number[];
}

/** Samples until `work` is done. */
export async function sampled(
  local: LocalDataExchange,
  work: Promise<unknown>,
  onSample: () => void,
): Promise<Sampled> {
  const peaks: Record<string, number> = {};
  const memory: number[] = [];
  let host: number | undefined;
  const end = work.then(
    () => true,
    () => true,
  );
  const pause = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), every));
  while (!(await Promise.race([end, pause()]))) {
    for (const [type, count] of Object.entries(inProgress(local)))
      peaks[type] = Math.max(peaks[type] ?? 0, count);
    host ??= running().host;
    const size = host === undefined ? undefined : await residentMemory(host);
    if (size !== undefined) memory.push(size);
    onSample();
  }
  return { peaks, memory };
}

function inProgress(local: LocalDataExchange): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, state } of local.jobs())
    if (state === "IN_PROGRESS") counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Nothing once the process has ended. */
async function residentMemory(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Math.round(Number(stdout) / 1024);
  } catch {
    return undefined;
  }
}
