/**
 * Files with the bytes of objects. A file is written once, under a random name, and is reference-counted: copies of an
 * object, parts of uploads and responses in progress share it. It is deleted with its last reference.
 */
import { randomUUID } from "node:crypto";
import type { WriteStream } from "node:fs";
import { closeSync, createReadStream, openSync, readSync, rmSync } from "node:fs";
import { mkdtemp, open, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DigestName, DigestValues, FileDigest } from "./digests";
import { DigestThreads, Digests } from "./digests";

class StoredFile {
  #references = 1;

  constructor(
    readonly path: string,
    readonly size: number,
  ) {}

  retain(): void {
    this.#references += 1;
  }

  release(): void {
    this.#references -= 1;
    // A file that cannot be deleted now is deleted with the directory.
    if (this.#references === 0) void unlink(this.path).catch(() => undefined);
  }
}

/** Directories to delete if the process exits without closing its servers. */
const openDirectories = new Set<string>();
process.once("exit", () => {
  for (const directory of openDirectories) rmSync(directory, { recursive: true, force: true });
});

export interface WrittenFile {
  readonly stored: StoredFile;
  readonly digests: DigestValues;
}

/** Bodies from this size on are streamed to their file, and threads compute their digests. */
const minThreadedSize = 256 * 1024;
/** Bytes that arrive during a write are buffered up to this size. */
const maxWriteSize = 1024 ** 2;

export class Files {
  readonly #threads = new DigestThreads();

  private constructor(readonly directory: string) {}

  static async open(): Promise<Files> {
    // mkdtemp uses mode 0700, so that other users cannot read the directory.
    const directory = await mkdtemp(join(tmpdir(), "local-s3-"));
    openDirectories.add(directory);
    return new Files(directory);
  }

  /** Writes and digests the source; `size` is its expected length. Deletes the file on failure. */
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

  /** Writes with back-pressure while threads digest the file. */
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
    // Retries, because a file that is being unlinked makes the directory look non-empty.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    openDirectories.delete(this.directory);
  }
}

/** Writes a small body at once, which is faster than a stream. */
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

/** Passes bytes through and reports the size of the file to its digests. */
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

interface Span {
  readonly file: StoredFile;
  readonly start: number;
  readonly size: number;
}

/** A stream that retains its files until it ends or `close` is called. */
export interface ContentStream extends AsyncIterable<Buffer> {
  close(): void;
}

/** Larger than Node's 64 KiB, because each read is a round trip to the thread pool. */
const streamReadSize = 256 * 1024;
/** Up to this size a synchronous read is faster than a round trip to the thread pool. */
const maxSyncReadSize = 64 * 1024;

/** An object's bytes as spans of files, so that copies and joined parts need no new files. */
export class Content {
  readonly size: number;

  private constructor(private readonly spans: readonly Span[]) {
    this.size = spans.reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes over the caller's reference to the file. */
  static fromFile(file: StoredFile): Content {
    return new Content([{ file, start: 0, size: file.size }]);
  }

  /** Takes over the caller's references to the parts. */
  static concat(parts: readonly Content[]): Content {
    return new Content(parts.flatMap(({ spans }) => spans));
  }

  /** Returns the bytes from `start` up to and excluding `end`, and retains their files. */
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
    const shared = this.share(start, end);
    let open = true;
    const close = (): void => {
      if (open) shared.release();
      open = false;
    };
    return { [Symbol.asyncIterator]: () => streamSpans(shared.spans, close), close };
  }
}

function readSpan({ file, start, size }: Span): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  const descriptor = openSync(file.path, "r");
  try {
    const read = readSync(descriptor, bytes, 0, size, start);
    if (read < size) throw new Error(`The file has ${start + read} bytes instead of ${start + size}.`);
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
      // `end` is inclusive.
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
