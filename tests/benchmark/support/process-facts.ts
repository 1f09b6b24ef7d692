/** What Linux tells of a process. */
import { readFileSync, writeFileSync } from "node:fs";

/** Ticks of the kernel's clock in a second, as on every Linux that Node runs on with x64 or arm64. */
const ticks = 100;

export interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds of processor time used so far. */
  readonly own: number;
  readonly ofEndedChildren: number;
}

export function statOf(pid: number): Stat {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) =>
    Number(fields[at]),
  ) as [number, number, number, number, number];
  return { pid, parent, own: (user + system) / ticks, ofEndedChildren: (endedUser + endedSystem) / ticks };
}

/** Seconds of processor time used so far; the kernel counts it in hundredths. */
export const cpuSeconds = (pid: number): number => statOf(pid).own;

/** Megabytes held now. */
export const memory = (pid: number): number => status(pid, "VmRSS");

/** The most megabytes held since `forgetPeak`. */
export const peakMemory = (pid: number): number => status(pid, "VmHWM");

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function status(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
}
