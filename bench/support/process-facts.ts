/** What Linux tells of a process. */
import { readFileSync, writeFileSync } from "node:fs";

/** Seconds of processor time used so far; the kernel counts it in hundredths. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

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
