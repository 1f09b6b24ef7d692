/** An object's bytes: spans of files in sequence. Objects made of parts, and copies, therefore take no bytes of their own. */
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { StoredFile } from "./files";

interface Span {
  readonly file: StoredFile;
  readonly start: number;
  readonly size: number;
}

/** Bytes on their way out, held until they have been read or `close` is called. */
export interface Reading extends AsyncIterable<Buffer> {
  close(): void;
}

/** Fewer turns through the thread pool than with node's 64 KiB. */
const readSize = 256 * 1024;
/** What is no larger is read in one go, because each turn through the thread pool takes longer than that. */
const small = 64 * 1024;

export class Content {
  readonly size: number;

  private constructor(private readonly spans: readonly Span[]) {
    this.size = spans.reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes over the caller's hold on the file. */
  static ofFile(file: StoredFile): Content {
    return new Content([{ file, start: 0, size: file.size }]);
  }

  /** Takes over the caller's holds on the parts. */
  static joined(parts: readonly Content[]): Content {
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
    for (const { file } of spans) file.hold();
    return new Content(spans);
  }

  release(): void {
    for (const { file } of this.spans) file.release();
  }

  read(start = 0, end = this.size): Reading {
    const held = this.share(start, end);
    let open = true;
    const close = (): void => {
      if (open) held.release();
      open = false;
    };
    return { [Symbol.asyncIterator]: () => bytesOf(held.spans, close), close };
  }
}

function readAtOnce({ file, start, size }: Span): Buffer {
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

async function* bytesOf(spans: readonly Span[], close: () => void): AsyncGenerator<Buffer> {
  try {
    for (const span of spans) {
      const { file, start, size } = span;
      if (size <= small) {
        yield readAtOnce(span);
        continue;
      }
      // `end` is the last byte's place.
      const stream = createReadStream(file.path, { start, end: start + size - 1, highWaterMark: readSize });
      yield* stream as AsyncIterable<Buffer>;
    }
  } finally {
    close();
  }
}
