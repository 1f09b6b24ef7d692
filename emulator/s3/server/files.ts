/**
 * The files that hold objects' bytes. A file is written once, under a random name, and belongs to whoever holds it: objects
 * that are copies of each other, parts of uploads, and answers that are still being sent. It goes when the last lets go.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class StoredFile {
  #holders = 1;

  constructor(
    readonly path: string,
    readonly size: number,
  ) {}

  hold(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    // One that cannot be removed goes with the directory.
    if (this.#holders === 0) void unlink(this.path).catch(() => undefined);
  }
}

/** Directories to remove should the process end without stopping its servers. One listener serves them all. */
const left = new Set<string>();
process.once("exit", () => {
  for (const directory of left) rmSync(directory, { recursive: true, force: true });
});

export class Files {
  private constructor(readonly directory: string) {}

  static async open(): Promise<Files> {
    // Made with mode 0700: nobody else's to read.
    const directory = await mkdtemp(join(tmpdir(), "local-s3-"));
    left.add(directory);
    return new Files(directory);
  }

  /** Writes all that comes, no faster than the disk takes it. What fails leaves no file. */
  async write(source: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const path = join(this.directory, randomUUID());
    const file = await open(path, "wx", 0o600);
    let size = 0;
    try {
      try {
        for await (const bytes of gathered(source)) {
          await writeAll(file, bytes);
          size += bytes.length;
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    }
    return new StoredFile(path, size);
  }

  async close(): Promise<void> {
    // A file that is just being unlinked may make the directory look full.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    left.delete(this.directory);
  }
}

/** Sockets give 16 KiB and less at a time, and each write is a turn through the thread pool. */
const writeSize = 256 * 1024;

async function* gathered(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of source) {
    waiting.push(bytes);
    size += bytes.length;
    if (size < writeSize) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
