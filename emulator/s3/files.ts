import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import { closeSync, createReadStream, openSync, readSync, rmSync } from "node:fs";
import { mkdtemp, open, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DigestName, DigestValues, FileDigest } from "./digests";
import { DigestThreads, Digests } from "./digests";

/**
 * The files that hold objects' bytes. A file is written once, under a random name, and belongs to whoever holds it: objects
 * that are copies of each other, parts of uploads, and answers that are still being sent. It goes when the last lets go.
 */

export class StoredFile {
  #holders = 1;

  constructor(
    readonly path: string,
    readonly size: number,
  ) {}

  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    // One that cannot be removed goes with the directory.
    if (this.#holders === 0) void unlink(this.path).catch(() => undefined);
  }
}

/** Directories to remove should the process end without stopping its servers. One listener serves them all. */
const openDirectories = new Set<string>();
process.once("exit", () => {
  for (const directory of openDirectories) rmSync(directory, { recursive: true, force: true });
});

export interface WrittenFile {
  readonly stored: StoredFile;
  readonly digests: DigestValues;
}

/** From so many bytes on a body goes to its file while it comes, and its digests are computed by threads. */
const minThreadedSize = 256 * 1024;
/** What comes while a write is under way is gathered into the next one, up to so much. */
const maxWriteSize = 1024 ** 2;

export class Files {
  readonly #threads = new DigestThreads();

  private constructor(readonly directory: string) {}

  static async open(): Promise<Files> {
    // Made with mode 0700: nobody else's to read.
    const directory = await mkdtemp(join(tmpdir(), "local-s3-"));
    openDirectories.add(directory);
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
      return await (size < minThreadedSize
        ? writeSmall(path, source, names)
        : this.#writeLarge(path, source, names));
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
    const digesting = this.#threads.start(path, names);
    try {
      const target = file.createWriteStream({ highWaterMark: maxWriteSize });
      try {
        await pipeline(reportingWritten(source, target, digesting), target);
      } finally {
        await file.close();
      }
      const stored = new StoredFile(path, target.bytesWritten);
      return { stored, digests: await digesting.finish(stored.size) };
    } catch (error) {
      digesting.cancel();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#threads.close();
    // A file that is just being unlinked may make the directory look full.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    openDirectories.delete(this.directory);
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
async function* reportingWritten(
  source: AsyncIterable<Uint8Array>,
  target: WriteStream,
  digesting: FileDigest,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    digesting.reportWritten(target.bytesWritten);
    yield bytes;
  }
}

/** An object's bytes: spans of files in sequence. Objects made of parts, and copies, therefore take no bytes of their own. */

interface Span {
  readonly file: StoredFile;
  readonly start: number;
  readonly size: number;
}

/** Bytes on their way out, held until they have been read or `close` is called. */
export interface ContentStream extends AsyncIterable<Buffer> {
  close(): void;
}

/** Fewer turns through the thread pool than with node's 64 KiB. */
const streamReadSize = 256 * 1024;
/** What is no larger is read in one go, because each turn through the thread pool takes longer than that. */
const maxSyncReadSize = 64 * 1024;

export class Content {
  readonly size: number;

  private constructor(private readonly spans: readonly Span[]) {
    this.size = spans.reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes over the caller's hold on the file. */
  static fromFile(file: StoredFile): Content {
    return new Content([{ file, start: 0, size: file.size }]);
  }

  /** Takes over the caller's holds on the parts. */
  static concat(parts: readonly Content[]): Content {
    return new Content(parts.flatMap(({ spans }) => spans));
  }

  /** The same bytes with a hold of their own, from `start` up to `end`. */
  share(start = 0, end = this.size): Content {
    const spans: Span[] = [];
    let at = 0;
    for (const span of this.spans) {
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, span.size);
      if (from < to) spans.push({ file: span.file, start: span.start + from, size: to - from });
      at += span.size;
    }
    for (const { file } of spans) file.retain();
    return new Content(spans);
  }

  release(): void {
    for (const { file } of this.spans) file.release();
  }

  read(start = 0, end = this.size): ContentStream {
    const held = this.share(start, end);
    let open = true;
    const close = (): void => {
      if (open) held.release();
      open = false;
    };
    return { [Symbol.asyncIterator]: () => streamSpans(held.spans, close), close };
  }
}

function readSpan({ file, start, size }: Span): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  const descriptor = openSync(file.path, "r");
  try {
    const read = readSync(descriptor, bytes, 0, size, start);
    if (read < size) throw new Error(`The file has ${start + read} bytes, and not ${start + size}.`);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

async function* streamSpans(spans: readonly Span[], close: () => void): AsyncGenerator<Buffer> {
  try {
    for (const span of spans) {
      const { file, start, size } = span;
      if (size <= maxSyncReadSize) {
        yield readSpan(span);
        continue;
      }
      // `end` is the last byte's place.
      const stream = createReadStream(file.path, {
        start,
        end: start + size - 1,
        highWaterMark: streamReadSize,
      });
      yield* stream as AsyncIterable<Buffer>;
    }
  } finally {
    close();
  }
}
