/** A process with all that it starts: what it takes of the machine, and its end. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

/** Milliseconds between two looks; memory, which takes the kernel longer to tell, is in every fourth. */
const sampleMs = 250;
/** Samples a tree of processes until `stop`. */
export class ProcessTree {
  /** Seconds of processor time by process, of those that have ended, too. */
  readonly #cpu = new Map<number, number>();
  readonly #endedBefore = readStat(process.pid).ofEndedChildren;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #peak = 0;

  constructor(private readonly root: number) {
    this.#look();
    this.#timer = setInterval(() => this.#look(), sampleMs);
  }

  /** To be called when the root has ended. Nothing else may have ended in this process since it began. */
  stop(): { cpu: number; memory: number } {
    clearInterval(this.#timer);
    const looked = [...this.#cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
    // Each misses something: a look what has come and gone between two, the kernel's sum who was not waited for.
    const waited = readStat(process.pid).ofEndedChildren - this.#endedBefore;
    return { cpu: Math.max(looked, waited), memory: this.#peak };
  }

  /** Ends whatever is left of it. */
  kill(): void {
    for (const { pid } of treeOf(this.root)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }

  #look(): void {
    const tree = treeOf(this.root);
    for (const { pid, own } of tree) this.#cpu.set(pid, own);
    if (this.#looks++ % 4 > 0) return;
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
    return undefined; // It has ended between two looks.
  }
}

/** Megabytes that a process holds, of pages that it shares with others its share (PSS). */
function proportionalMemory(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It has ended between two looks.
  }
}

/** What Linux tells of a process. */

/** Ticks of the kernel's clock in a second, as on every Linux that Node runs on with x64 or arm64. */
const ticks = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds of processor time used so far. */
  readonly own: number;
  readonly ofEndedChildren: number;
}

function readStat(pid: number): ProcessStat {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) =>
    Number(fields[at]),
  ) as [number, number, number, number, number];
  return { pid, parent, own: (user + system) / ticks, ofEndedChildren: (endedUser + endedSystem) / ticks };
}

/** Seconds of processor time used so far; the kernel counts it in hundredths. */
export const cpuSeconds = (pid: number): number => readStat(pid).own;

/** Megabytes held now. */
export const memory = (pid: number): number => status(pid, "VmRSS");

/** The most megabytes held since `forgetPeak`. */
export const peakMemory = (pid: number): number => status(pid, "VmHWM");

export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function status(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
}
