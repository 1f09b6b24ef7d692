/** Counts what a local service is asked, by its access log: every request of every client, and none of its own. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A line such as `2026-11-28T00:50:43.961Z PUT /bucket/key 200 3 ms` or `… CreateJob 201 2 ms`. */
const line = /^\d{4}-\d\d-\d\dT\S+Z (.+) (?:\d+|reset) \d+ ms$/;

export class AccessLog {
  counts: Record<string, number> = {};
  readonly #marks = new Map<string, () => void>();

  constructor(stream: Readable) {
    createInterface(stream).on("line", (text) => {
      const operation = line.exec(text)?.[1];
      if (operation === undefined) process.stderr.write(`${text}\n`);
      else this.#count(operation);
    });
  }

  /** Resolves when a request for this path of the control has been logged. */
  mark(path: string): Promise<void> {
    return new Promise((resolve) => this.#marks.set(path, resolve));
  }

  #count(operation: string): void {
    const [method, path] = operation.split(" ");
    if (path?.startsWith("/_local/")) return this.#marks.get(path)?.();
    const name = path?.startsWith("/") ? `S3 ${method}` : operation;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

/** Requests to Data Exchange, with the bodies at its signed URLs, and requests to S3. Others, such as to STS, are neither. */
export function callsOf(counts: Readonly<Record<string, number>>): { dataExchange: number; s3: number } {
  const sum = (of: (name: string) => boolean) =>
    Object.entries(counts).reduce((total, [name, count]) => total + (of(name) ? count : 0), 0);
  return { dataExchange: sum((name) => !name.startsWith("S3 ")), s3: sum((name) => name.startsWith("S3 ")) };
}
