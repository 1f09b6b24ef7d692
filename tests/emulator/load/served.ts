/** The local service in a separate process, so that only its memory is measured. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const cli = join(__dirname, "../../../cli/main.js");
const liveMemory = join(__dirname, "live-memory.js");

/** Only Linux reports the memory of a process and its peak. */
export const canMeasure = existsSync("/proc/self/status");

export class Served {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
  ) {}

  static async start(...args: string[]): Promise<Served> {
    const child = spawn(
      process.execPath,
      ["--expose-gc", "--require", liveMemory, cli, "emulator", "--quiet", ...args],
      { stdio: ["ignore", "pipe", "inherit", "ipc"] },
    );
    const [ready] = (await once(createInterface(child.stdout!), "line")) as [string];
    return new Served(child, ready.slice("ready ".length));
  }

  /** Megabytes of reachable objects and buffers. */
  async liveMemory(): Promise<number> {
    this.child.send("measure");
    const [megabytes] = (await once(this.child, "message")) as [number];
    return megabytes;
  }

  /** Megabytes in use, with those that are not collected yet. */
  get memory(): number {
    return this.#status("VmRSS");
  }

  /** Maximum of megabytes in use since `forgetPeak`. */
  get peak(): number {
    return this.#status("VmHWM");
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, "5");
  }

  async stop(): Promise<void> {
    if (!this.alive) return;
    this.child.kill("SIGTERM");
    await once(this.child, "exit");
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  #status(field: string): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  }
}
