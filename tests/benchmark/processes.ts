/** Processor time and memory of processes, and the end of a process with its child processes. Linux only. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

/** Milliseconds between two samples. Memory takes the kernel longer to compute, so only every fourth sample has it. */
const sampleMs = 250;

/** Samples a process and its child processes until `stop`. */
export class ProcessTree {
  /** Seconds of processor time by process, including those that have exited. */
  readonly #cpu = new Map<number, number>();
  readonly #endedBefore = readStat(process.pid).ofEndedChildren;
  readonly #timer: NodeJS.Timeout;
  #samples = 0;
  #peak = 0;

  constructor(private readonly root: number) {
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** Call it after the root has exited. No other child of this process may have exited since the start. */
  stop(): { cpu: number; memory: number } {
    clearInterval(this.#timer);
    const sampled = [...this.#cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
    // Samples miss processes that lived between two of them; the kernel's sum misses those that no parent waited for.
    const waited = readStat(process.pid).ofEndedChildren - this.#endedBefore;
    return { cpu: Math.max(sampled, waited), memory: this.#peak };
  }

  /** Ends all processes that are still running. */
  kill(): void {
    for (const { pid } of treeOf(this.root)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has exited.
      }
    }
  }

  #sample(): void {
    const tree = treeOf(this.root);
    for (const { pid, own } of tree) this.#cpu.set(pid, own);
    if (this.#samples++ % 4 > 0) return;
    const held = tree.reduce((sum, { pid }) => sum + proportionalMemory(pid), 0);
    this.#peak = Math.max(this.#peak, held);
  }
}

function treeOf(root: number): ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  let top: ProcessStat | undefined;
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? statIfThere(Number(name)) : undefined;
    if (!stat) continue;
    if (stat.pid === root) top = stat;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat]);
  }
  const tree = top ? [top] : [];
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function statIfThere(pid: number): ProcessStat | undefined {
  try {
    return readStat(pid);
  } catch {
    return undefined; // It has exited.
  }
}

/** Proportional set size (PSS) in megabytes: a page that n processes share counts as 1/n. */
function proportionalMemory(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It has exited.
  }
}

/** Ticks of the kernel's clock in a second on x64 and arm64. */
const ticks = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds of processor time used so far. */
  readonly own: number;
  readonly ofEndedChildren: number;
}

function readStat(pid: number): ProcessStat {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name, in brackets, may contain any character.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) =>
    Number(fields[at]),
  ) as [number, number, number, number, number];
  return { pid, parent, own: (user + system) / ticks, ofEndedChildren: (endedUser + endedSystem) / ticks };
}

/** Seconds of processor time used so far. */
export const cpuSeconds = (pid: number): number => readStat(pid).own;

/** Resident memory in megabytes. */
export const memory = (pid: number): number => status(pid, "VmRSS");

/** Peak of the resident memory since `resetPeakMemory`, in megabytes. */
export const peakMemory = (pid: number): number => status(pid, "VmHWM");

export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function status(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
}
