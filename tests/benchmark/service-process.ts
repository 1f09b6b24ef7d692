/** The local Data Exchange in a separate process, so that its work is not measured. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ServiceClients } from "../harness/service";
import { cpuSeconds } from "./processes";

const cli = join(__dirname, "..", "..", "cli", "main.js");

/** Jobs of this type move no bytes, because the local service only checks the names of datashares. */
export const instantType = "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES" as const;

/** Options of a service whose jobs take no time and reach neither quota nor limit. */
export const instantOptions = [
  ...["--job-duration", "0", "--quota", `${instantType}=100000`],
  ...["--limit", "Amazon Redshift datashare assets per revision=100000"],
];

/** Stack config with which the provider queues none of these jobs. */
export const unlimitedConfig = { "dataexchange:concurrentJobs": JSON.stringify({ [instantType]: 100_000 }) };

/** A line of the access log: `2026-11-28T00:50:43.961Z PUT /bucket/key 200 3 ms` or `… CreateJob 201 2 ms`. */
const logLine = /^\d{4}-\d\d-\d\dT\S+Z (.+) (?:\d+|reset) \d+ ms$/;

export class ServiceProcess extends ServiceClients {
  #counts: Record<string, number> = {};
  /** Called when a request of the admin API is logged; by path. */
  readonly #logged = new Map<string, () => void>();

  private constructor(
    private readonly child: ChildProcess,
    endpoint: string,
  ) {
    super(endpoint);
    createInterface(child.stderr!).on("line", (text) => {
      const operation = logLine.exec(text)?.[1];
      if (operation === undefined) process.stderr.write(`${text}\n`);
      else this.#count(operation);
    });
  }

  /** Runs the command `pulumi-dataexchange emulator` with these options until `use` ends. */
  static async with<T>(options: readonly string[], use: (service: ServiceProcess) => Promise<T>): Promise<T> {
    const child = spawn(process.execPath, ["--no-warnings", cli, "emulator", ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    const [ready] = (await once(createInterface(child.stdout), "line")) as [string];
    const service = new ServiceProcess(child, ready.slice("ready ".length));
    try {
      return await use(service);
    } finally {
      await service.#stop();
      process.removeListener("exit", kill);
    }
  }

  /** Seconds of processor time that the service has used. */
  get cpuSeconds(): number {
    return cpuSeconds(this.child.pid!);
  }

  async changeSettings(settings: object): Promise<void> {
    const body = JSON.stringify(settings);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.endpoint}/_local/settings`, { method: "PATCH", body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Requests by operation since `resetCalls`; those to S3 are called `S3 GET` and the like. */
  async countCalls(): Promise<Record<string, number>> {
    await this.#readLog();
    return { ...this.#counts };
  }

  async resetCalls(): Promise<void> {
    await this.#readLog();
    this.#counts = {};
  }

  /** Sends a request and waits until it is in the log; the log then has all earlier requests, too. */
  async #readLog(): Promise<void> {
    const path = `/_local/bench-${++this.#marks}`;
    const logged = new Promise<void>((resolve) => this.#logged.set(path, resolve));
    await fetch(this.endpoint + path);
    await logged;
  }
  #marks = 0;

  #count(operation: string): void {
    const [method, path] = operation.split(" ");
    if (path?.startsWith("/_local/")) return this.#logged.get(path)?.();
    const name = path?.startsWith("/") ? `S3 ${method}` : operation;
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  async #stop(): Promise<void> {
    this.close();
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}
