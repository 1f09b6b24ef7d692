/** The command in a process of its own, so that what is measured is the local service and nothing of the test. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const cli = join(__dirname, "../../../cli/main.js");

/** Linux tells a process's memory, and the most that it was; elsewhere there is nothing to measure with. */
export const canMeasure = existsSync("/proc/self/status");

export class Served {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {}

  static async start(...args: string[]): Promise<Served> {
    const child = spawn(process.execPath, [cli, "emulator", "--quiet", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let read = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      read += String(chunk);
      if (read.includes("\n")) break;
    }
    return new Served(child, read.trim().slice("ready ".length));
  }

  /** Megabytes held now. */
  get memory(): number {
    return this.#status("VmRSS");
  }

  /** The most megabytes held since `forgetPeak`. */
  get peak(): number {
    return this.#status("VmHWM");
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, "5");
  }

  /** Resolves to the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    this.child.kill("SIGTERM");
    const [code] = (await once(this.child, "exit")) as [number | null];
    return code;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  #status(field: string): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  }
}
