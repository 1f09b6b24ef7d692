/**
 * The files that hold objects' bytes. A file is written once, under a random name, and belongs to whoever holds it: objects
 * that are copies of each other, parts of uploads, and answers that are still being sent. It goes when the last lets go.
 */
import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import { rmSync } from "node:fs";
import { mkdtemp, open, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DigestName, DigestValues } from "./digests";
import type { Digesting } from "./digesting";
import { DigestThreads } from "./digesting";

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

export interface WrittenFile {
  readonly stored: StoredFile;
  readonly digests: DigestValues;
}

/** What comes while a write is under way is gathered into the next one, up to so much. */
const writeSize = 1024 ** 2;

export class Files {
  readonly #threads = new DigestThreads();

  private constructor(readonly directory: string) {}

  static async open(): Promise<Files> {
    // Made with mode 0700: nobody else's to read.
    const directory = await mkdtemp(join(tmpdir(), "local-s3-"));
    left.add(directory);
    return new Files(directory);
  }

  /**
   * Writes all that comes, no faster than the disk takes it, and digests it. `size` is how much is expected. What fails
   * leaves no file.
   */
  async write(
    source: AsyncIterable<Uint8Array>,
    names: readonly DigestName[],
    size: number,
  ): Promise<WrittenFile> {
    const path = join(this.directory, randomUUID());
    const file = await open(path, "wx", 0o600);
    const digesting = this.#threads.digesting(path, names, size);
    try {
      const target = file.createWriteStream({ highWaterMark: writeSize });
      try {
        await pipeline(seen(source, target, digesting), target);
      } finally {
        await file.close();
      }
      const stored = new StoredFile(path, target.bytesWritten);
      return { stored, digests: await digesting.values(stored.size) };
    } catch (error) {
      digesting.drop();
      await unlink(path).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#threads.close();
    // A file that is just being unlinked may make the directory look full.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    left.delete(this.directory);
  }
}

/** The same bytes, each shown to who digests them. */
async function* seen(
  source: AsyncIterable<Uint8Array>,
  target: WriteStream,
  digesting: Digesting,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    digesting.see(bytes, target.bytesWritten);
    yield bytes;
  }
}
