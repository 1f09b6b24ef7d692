/**
 * The files that hold objects' bytes. A file is written once, under a random name, and belongs to whoever holds it: objects
 * that are copies of each other, parts of uploads, and answers that are still being sent. It goes when the last lets go.
 */
import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import { rmSync } from "node:fs";
import { mkdtemp, open, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DigestName, DigestValues } from "./digests";
import { Digests } from "./digests";
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

/** From so many bytes on a body goes to its file while it comes, and its digests are computed by threads. */
const large = 256 * 1024;
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

  /** Takes all that comes, of which `size` bytes are expected, and digests it. What fails leaves no file. */
  async write(
    source: AsyncIterable<Uint8Array>,
    names: readonly DigestName[],
    size: number,
  ): Promise<WrittenFile> {
    const path = join(this.directory, randomUUID());
    try {
      return await (size < large ? writeSmall(path, source, names) : this.#writeLarge(path, source, names));
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    }
  }

  /** Writes no faster than the disk takes it, and digests meanwhile. */
  async #writeLarge(
    path: string,
    source: AsyncIterable<Uint8Array>,
    names: readonly DigestName[],
  ): Promise<WrittenFile> {
    const file = await open(path, "wx", 0o600);
    const digesting = this.#threads.digesting(path, names);
    try {
      const target = file.createWriteStream({ highWaterMark: writeSize });
      try {
        await pipeline(followed(source, target, digesting), target);
      } finally {
        await file.close();
      }
      const stored = new StoredFile(path, target.bytesWritten);
      return { stored, digests: await digesting.values(stored.size) };
    } catch (error) {
      digesting.drop();
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

/** In one write, for which no stream has to be made. */
async function writeSmall(
  path: string,
  source: AsyncIterable<Uint8Array>,
  names: readonly DigestName[],
): Promise<WrittenFile> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of source) chunks.push(bytes);
  const body = Buffer.concat(chunks);
  await writeFile(path, body, { flag: "wx", mode: 0o600 });
  const digests = new Digests(names);
  digests.update(body);
  return { stored: new StoredFile(path, body.length), digests: digests.values() };
}

/** The same bytes; whoever digests the file hears how far it is. */
async function* followed(
  source: AsyncIterable<Uint8Array>,
  target: WriteStream,
  digesting: Digesting,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    digesting.written(target.bytesWritten);
    yield bytes;
  }
}
