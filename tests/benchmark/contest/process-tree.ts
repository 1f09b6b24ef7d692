/** A process with all that it starts: what it takes of the machine, and its end. */
import { readdirSync, readFileSync } from "node:fs";

import type { Stat } from "../support/process-facts";
import { statOf } from "../support/process-facts";

/** Milliseconds between two looks; memory, which takes the kernel longer to tell, is in every fourth. */
const every = 250;
/** Looks at a tree of processes until it is told to stop. */
export class ProcessTree {
  /** Seconds of processor time by process, of those that have ended, too. */
  readonly #cpu = new Map<number, number>();
  readonly #endedBefore = statOf(process.pid).ofEndedChildren;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #peak = 0;

  constructor(private readonly root: number) {
    this.#look();
    this.#timer = setInterval(() => this.#look(), every);
  }

  /** To be called when the root has ended. Nothing else may have ended in this process since it began. */
  stop(): { cpu: number; memory: number } {
    clearInterval(this.#timer);
    const looked = [...this.#cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
    // Each misses something: a look what has come and gone between two, the kernel's sum who was not waited for.
    const waited = statOf(process.pid).ofEndedChildren - this.#endedBefore;
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

function treeOf(root: number): Stat[] {
  const children = new Map<number, Stat[]>();
  let top: Stat | undefined;
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

function statIfThere(pid: number): Stat | undefined {
  try {
    return statOf(pid);
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
