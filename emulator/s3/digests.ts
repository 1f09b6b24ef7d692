/** Computes digests of a body: its MD5, which is the ETag, and the checksums that the request contains or requests. */
import { createHash } from "node:crypto";
import type { Algorithm, Digest } from "./checksums";
import { createDigest } from "./checksums";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

export type DigestName = Algorithm | "MD5";

export type DigestValues = ReadonlyMap<DigestName, Buffer>;

const createDigestByName = (name: DigestName): Digest =>
  name === "MD5" ? createHash("md5") : createDigest(name);

export class Digests {
  readonly #digests: ReadonlyMap<DigestName, Digest>;

  constructor(names: Iterable<DigestName>) {
    this.#digests = new Map([...names].map((name) => [name, createDigestByName(name)]));
  }

  update(bytes: Uint8Array): void {
    for (const digest of this.#digests.values()) digest.update(bytes);
  }

  values(): DigestValues {
    return new Map([...this.#digests].map(([name, digest]) => [name, digest.digest()]));
  }
}

/** Reports to a thread how many bytes of a file are written. */
export interface DigestRequest {
  readonly id: number;
  readonly path: string;
  readonly names: readonly DigestName[];
  readonly size: number;
  /** `growing`: more will follow. `complete`: reply with the digests. `cancelled`: forget the file. */
  readonly state: "growing" | "complete" | "cancelled";
}

export interface DigestReply {
  readonly id: number;
  readonly values?: DigestValues;
  readonly error?: Error;
}

/** Bytes between two reports to a thread. */
const notifyStep = 1024 ** 2;

/** Digests of one large body, which threads compute from its file while it is written. */
export interface FileDigest {
  /** Call as the file grows, with its size. */
  reportWritten(size: number): void;
  /** Call once the file is complete. */
  finish(size: number): Promise<DigestValues>;
  /** Call if the body failed. */
  cancel(): void;
}

export class DigestThreads {
  /** Two threads, because MD5 takes as long as all other digests together, and longer than writing the file. */
  readonly #md5 = new DigestWorker();
  readonly #others = new DigestWorker();

  start(path: string, names: readonly DigestName[]): FileDigest {
    const others = names.filter((name) => name !== "MD5");
    const digests = [this.#md5.start(path, ["MD5"])];
    if (others.length > 0) digests.push(this.#others.start(path, others));
    return {
      reportWritten: (size) => digests.forEach((digest) => digest.reportWritten(size)),
      finish: async (size) => {
        const results = await Promise.all(digests.map((digest) => digest.finish(size)));
        return new Map(results.flatMap((values) => [...values]));
      },
      cancel: () => digests.forEach((digest) => digest.cancel()),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#md5.close(), this.#others.close()]);
  }
}

interface PendingReply {
  readonly resolve: (values: DigestValues) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that computes digests. It starts with the first large body. */
class DigestWorker {
  #worker?: Worker;
  #lastId = 0;
  readonly #pending = new Map<number, PendingReply>();

  start(path: string, names: readonly DigestName[]): FileDigest {
    const id = (this.#lastId += 1);
    let reported = 0;
    const report = (size: number, state: DigestRequest["state"]): void => {
      const request: DigestRequest = { id, path, names, size, state };
      this.#startedWorker().postMessage(request);
      reported = size;
    };
    return {
      reportWritten: (size) => {
        if (size - reported >= notifyStep) report(size, "growing");
      },
      finish: (size) =>
        new Promise((resolve, reject) => {
          this.#pending.set(id, { resolve, reject });
          report(size, "complete");
        }),
      cancel: () => {
        this.#pending.delete(id);
        if (reported > 0) report(0, "cancelled");
      },
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #startedWorker(): Worker {
    if (this.#worker) return this.#worker;
    // Omits the Node options of this process, because the thread must not run its loaders.
    const worker = new Worker(join(__dirname, "digest-thread.js"), { execArgv: [] });
    const end = (error: Error): void => {
      this.#worker = undefined;
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    };
    worker.on("message", (result: DigestReply) => this.#settle(result));
    worker.once("error", end);
    worker.once("exit", () => end(new Error("The thread that computes digests has ended.")));
    // The thread does not keep the process alive; open connections do.
    worker.unref();
    return (this.#worker = worker);
  }

  #settle({ id, values, error }: DigestReply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error) pending?.reject(error);
    // A Buffer arrives from a thread as a plain Uint8Array.
    else pending?.resolve(new Map([...values!].map(([name, bytes]) => [name, Buffer.from(bytes)])));
  }
}
