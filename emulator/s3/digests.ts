import { createHash } from "node:crypto";
import type { Algorithm, Digest } from "./checksums";
import { digestOf } from "./checksums";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Order, Result } from "./digest-thread";

/** What is computed of a body's bytes: its MD5, which is the ETag, and the checksums that somebody wants or brings. */

export type DigestName = Algorithm | "MD5";

export type DigestValues = ReadonlyMap<DigestName, Buffer>;

const begin = (name: DigestName): Digest => (name === "MD5" ? createHash("md5") : digestOf(name));

export class Digests {
  readonly #digests: ReadonlyMap<DigestName, Digest>;

  constructor(names: Iterable<DigestName>) {
    this.#digests = new Map([...names].map((name) => [name, begin(name)]));
  }

  update(bytes: Uint8Array): void {
    for (const digest of this.#digests.values()) digest.update(bytes);
  }

  values(): DigestValues {
    return new Map([...this.#digests].map(([name, digest]) => [name, digest.digest()]));
  }
}

/**
 * Digests of a large body on its way to a file: computed in threads, from the file, since the MD5 of a gigabyte takes
 * longer than all else that is done with it.
 */

/** A thread is told of so many bytes at a time. */
const step = 1024 ** 2;

/** The digests of one body. */
export interface Digesting {
  /** To be called as the file grows, with the bytes that it has. */
  written(size: number): void;
  /** To be called when the file has all of them, `size` many. */
  values(size: number): Promise<DigestValues>;
  /** To be called when the body has failed. */
  drop(): void;
}

export class DigestThreads {
  /** MD5, which every body needs, takes as long as all others together. */
  readonly #md5 = new DigestThread();
  readonly #others = new DigestThread();

  digesting(path: string, names: readonly DigestName[]): Digesting {
    const others = names.filter((name) => name !== "MD5");
    const parts = [this.#md5.digesting(path, ["MD5"])];
    if (others.length > 0) parts.push(this.#others.digesting(path, others));
    return {
      written: (size) => parts.forEach((part) => part.written(size)),
      values: async (whole) => {
        const found = await Promise.all(parts.map((part) => part.values(whole)));
        return new Map(found.flatMap((values) => [...values]));
      },
      drop: () => parts.forEach((part) => part.drop()),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#md5.close(), this.#others.close()]);
  }
}

interface Awaited {
  readonly resolve: (values: DigestValues) => void;
  readonly reject: (error: Error) => void;
}

/** Begins with the first body that needs it. */
class DigestThread {
  #worker?: Worker;
  #begun = 0;
  readonly #awaited = new Map<number, Awaited>();

  digesting(path: string, names: readonly DigestName[]): Digesting {
    const id = (this.#begun += 1);
    let told = 0;
    const tell = (size: number, state: Order["state"]): void => {
      const order: Order = { id, path, names, size, state };
      this.#started().postMessage(order);
      told = size;
    };
    return {
      written: (size) => {
        if (size - told >= step) tell(size, "going");
      },
      values: (size) =>
        new Promise((resolve, reject) => {
          this.#awaited.set(id, { resolve, reject });
          tell(size, "whole");
        }),
      drop: () => {
        this.#awaited.delete(id);
        if (told > 0) tell(0, "dropped");
      },
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    // What the program was started with, such as a loader of its own, is nothing to the thread.
    const worker = new Worker(join(__dirname, "digest-thread.js"), { execArgv: [] });
    const end = (error: Error): void => {
      this.#worker = undefined;
      for (const { reject } of this.#awaited.values()) reject(error);
      this.#awaited.clear();
    };
    worker.on("message", (result: Result) => this.#settle(result));
    worker.once("error", end);
    worker.once("exit", () => end(new Error("The thread that computes digests has ended.")));
    // It keeps no process from ending; whoever waits for an answer has a connection that does.
    worker.unref();
    return (this.#worker = worker);
  }

  #settle({ id, values, error }: Result): void {
    const awaited = this.#awaited.get(id);
    this.#awaited.delete(id);
    if (error) awaited?.reject(error);
    // Threads hand each other plain arrays of bytes.
    else awaited?.resolve(new Map([...values!].map(([name, bytes]) => [name, Buffer.from(bytes)])));
  }
}
