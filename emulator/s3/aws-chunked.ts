/**
 * Decodes `aws-chunked` bodies: each chunk follows its length, and trailing headers follow the last chunk. Signatures
 * of chunks are not verified, because this server does not know the secret keys.
 */
import { S3Error } from "./errors";

/** In bytes. A line contains the length and signature of a chunk, or a trailing checksum. */
const maxLineLength = 8192;

/** Yields the decoded bytes and puts trailing headers into `trailers` by lower-case name. */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const raw = source[Symbol.asyncIterator]();
  const input = new ChunkReader(raw);
  try {
    for (;;) {
      const size = parseChunkSize(await input.line());
      if (size === 0) break;
      yield* input.bytes(size);
      if ((await input.line()) !== "")
        throw new S3Error("InvalidRequest", { Message: "A chunk is longer than its declared length." });
    }
    for (let line = await input.line(); line !== ""; line = await input.line()) {
      const colon = line.indexOf(":");
      if (colon < 1) throw new S3Error("MalformedTrailerError");
      trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    await input.drain();
  } finally {
    // Ends the iteration, so that the rest of the request can be discarded.
    await raw.return?.();
  }
}

function parseChunkSize(line: string): number {
  const [digits = ""] = line.split(";");
  if (!/^[0-9a-f]{1,12}$/i.test(digits))
    throw new S3Error("InvalidRequest", { Message: "A chunk of the body has no length." });
  return parseInt(digits, 16);
}

/** Reads the body line by line or by number of bytes. */
class ChunkReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly source: AsyncIterator<Buffer>) {}

  /** Returns the text up to the next line break or the end of the body. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end !== -1) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > maxLineLength)
        throw new S3Error("InvalidRequest", { Message: "The chunks of the body are malformed." });
      const more = await this.#next();
      if (more) this.#rest = this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more]);
      else {
        const line = this.#rest.toString("latin1");
        this.#rest = Buffer.alloc(0);
        return line;
      }
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    let missing = count;
    while (missing > 0) {
      if (this.#rest.length === 0) {
        const more = await this.#next();
        if (!more) throw new S3Error("IncompleteBody");
        this.#rest = more;
      }
      const piece = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Reads to the end, because an interrupted body is detected only there. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  async #next(): Promise<Buffer | undefined> {
    const result = await this.source.next();
    return result.done ? undefined : result.value;
  }
}
