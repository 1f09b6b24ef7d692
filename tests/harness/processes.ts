/** Finds and kills the processes of a running stack. */
import { execFileSync } from "node:child_process";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

export function descendants(of: number): Process[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, command]) => ({ pid: Number(pid), parent: Number(parent), command: command! }));
  const children = table.filter(({ parent }) => parent === of);
  return [...children, ...children.flatMap(({ pid }) => descendants(pid))];
}

/** The running engine and host of resources, of either provider, that this process started. */
export function running(): { engine?: number; host?: number } {
  const mine = descendants(process.pid);
  return {
    engine: mine.find(({ command }) => /\bpulumi (up|destroy|refresh|preview)\b/.test(command))?.pid,
    host: mine.find(({ command }) => /dynamic-provider\/index\.js|plugin\/start\.cjs/.test(command))?.pid,
  };
}

export function kill(pid: number): void {
  process.kill(pid, "SIGKILL");
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the condition is true. The suite's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
