/** Worker thread: computes digests of files while the main thread writes them. */
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import type { DigestReply, DigestRequest, DigestValues } from "./digests";
import { Digests } from "./digests";

class FileDigests {
  readonly #digests: Digests;
  readonly #file: number;
  #at = 0;

  constructor({ path, names }: DigestRequest) {
    this.#digests = new Digests(names);
    this.#file = openSync(path, "r");
  }

  readUpTo(size: number): void {
    while (this.#at < size) {
      const read = readSync(
        this.#file,
        readBuffer,
        0,
        Math.min(readBuffer.length, size - this.#at),
        this.#at,
      );
      if (read === 0) throw new Error(`The file has ${this.#at} bytes instead of ${size}.`);
      this.#digests.update(readBuffer.subarray(0, read));
      this.#at += read;
    }
  }

  values(): DigestValues {
    return this.#digests.values();
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Small enough for the processor's cache. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);
const files = new Map<number, FileDigests>();

function handleRequest(request: DigestRequest): DigestValues | undefined {
  const { id, size, state } = request;
  let file = files.get(id);
  if (state !== "cancelled") {
    if (!file) files.set(id, (file = new FileDigests(request)));
    file.readUpTo(size);
  }
  if (state === "growing") return undefined;
  files.delete(id);
  file?.close();
  return state === "complete" ? file?.values() : undefined;
}

parentPort?.on("message", (request: DigestRequest) => {
  let result: DigestReply | undefined;
  try {
    const values = handleRequest(request);
    if (values) result = { id: request.id, values };
  } catch (error) {
    result = { id: request.id, error: error as Error };
  }
  if (result) parentPort?.postMessage(result);
});
