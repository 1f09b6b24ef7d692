/** Receives request bodies: decodes and digests them, and compares them with the request's headers. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { S3Request } from "./request";
import type { Algorithm } from "./checksums";
import { algorithms, readChecksum, checksumHeaderName } from "./checksums";
import { decodeAwsChunked } from "./aws-chunked";
import { Content } from "./files";
import type { DigestName, DigestValues } from "./digests";
import { Digests } from "./digests";
import { invalidArgument, S3Error } from "./errors";

/** S3's limit for one request, in bytes. */
export const maxBodySize = 5 * 1024 ** 3;
/** Enough to delete 1000 keys of maximum length with every character escaped. */
const maxDocumentSize = 8 * 1024 ** 2;
/** Maximum size of all arriving documents together, in bytes. */
const maxBufferedSize = 64 * 1024 ** 2;
let bufferedSize = 0;

export interface ReceivedBody {
  readonly content: Content;
  /** Hex. */
  readonly md5: string;
  /** By the requested algorithm or by that of the checksum sent with the body. */
  readonly digest?: { readonly algorithm: Algorithm; readonly value: Buffer };
}

/** Writes a body to a file. Deletes the file if the body does not match the request's headers. */
export async function receiveBody(request: S3Request, wanted?: Algorithm): Promise<ReceivedBody> {
  const body = new BodyReader(request, { wanted, checksum: true });
  const size = body.size;
  if (size === undefined) {
    throw new S3Error("MissingContentLength");
  }
  if (size > maxBodySize) {
    throw new S3Error("EntityTooLarge", { ProposedSize: size, MaxSizeAllowed: maxBodySize });
  }
  const { stored, digests } = await request.store.files.write(body.bytes(), body.digestNames, size);
  const content = Content.fromFile(stored);
  try {
    return { content, ...body.verify(content.size, digests) };
  } catch (error) {
    content.release();
    throw error;
  }
}

/** Receives an XML or JSON document. `checksum: false` ignores a checksum header, which may be the object's. */
export async function receiveDocument(request: S3Request, { checksum = true } = {}): Promise<string> {
  const body = new BodyReader(request, { checksum });
  const digests = new Digests(body.digestNames);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body.bytes()) {
      size += chunk.length;
      bufferedSize += chunk.length;
      if (size > maxDocumentSize) throw new S3Error("MaxMessageLengthExceeded");
      if (bufferedSize > maxBufferedSize) throw new S3Error("SlowDown");
      digests.update(chunk);
      chunks.push(chunk);
    }
    body.verify(size, digests.values());
    return Buffer.concat(chunks).toString();
  } finally {
    bufferedSize -= size;
  }
}

class BodyReader {
  private readonly message: IncomingMessage;
  private readonly algorithm: Algorithm | undefined;
  private readonly usesChecksumHeader: boolean;
  /** Declared length of the decoded bytes. */
  readonly size: number | undefined;
  readonly #isAwsChunked: boolean;
  readonly #contentMd5: string | undefined;
  readonly #sha256: string | undefined;
  readonly #trailers = new Map<string, string>();
  readonly #announcedTrailers: readonly string[];
  /** Digests to compute. */
  readonly digestNames: readonly DigestName[];

  constructor(request: S3Request, { wanted, checksum }: { wanted?: Algorithm; checksum: boolean }) {
    this.message = request.message;
    this.algorithm = wanted;
    this.usesChecksumHeader = checksum;
    const { headers } = request.message;
    const declaredHash = request.bodyHash;
    this.#isAwsChunked = declaredHash.startsWith("STREAMING-") || isAwsChunked(headers);
    this.size = parseLength(headers[this.#isAwsChunked ? "x-amz-decoded-content-length" : "content-length"]);
    const md5 = headers["content-md5"];
    this.#contentMd5 = md5 === undefined ? undefined : String(md5);
    if (this.#contentMd5 !== undefined && Buffer.from(this.#contentMd5, "base64").length !== 16) {
      throw new S3Error("InvalidDigest");
    }
    if (/^[0-9a-f]{64}$/i.test(declaredHash)) this.#sha256 = declaredHash.toLowerCase();
    else if (
      declaredHash !== "" &&
      declaredHash !== "UNSIGNED-PAYLOAD" &&
      !declaredHash.startsWith("STREAMING-")
    ) {
      throw invalidArgument(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.",
        "x-amz-content-sha256",
        declaredHash,
      );
    }
    this.#announcedTrailers = String(headers["x-amz-trailer"] ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "");
    const trailingAlgorithms = algorithms.filter((algorithm) =>
      this.#announcedTrailers.includes(checksumHeaderName(algorithm)),
    );
    const names = [
      "MD5" as const,
      wanted,
      checksum ? readChecksum(headers)?.algorithm : undefined,
      ...trailingAlgorithms,
      this.#sha256 === undefined ? undefined : ("SHA256" as const),
    ];
    this.digestNames = [...new Set(names)].filter((name) => name !== undefined);
  }

  async *bytes(): AsyncGenerator<Buffer> {
    // Rejecting a body before its end must not destroy the connection, because the response still needs it.
    const source = this.message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    let size = 0;
    for await (const chunk of this.#isAwsChunked ? decodeAwsChunked(source, this.#trailers) : source) {
      size += chunk.length;
      // Stops before excess bytes fill the disk.
      if (this.size !== undefined && size > this.size) throw this.#incomplete(size);
      yield chunk;
    }
  }

  /** Call after the last byte. */
  verify(size: number, values: DigestValues): Pick<ReceivedBody, "md5" | "digest"> {
    if (this.size !== undefined && size !== this.size) throw this.#incomplete(size);
    const md5 = values.get("MD5")!;
    if (this.#contentMd5 !== undefined && this.#contentMd5 !== md5.toString("base64")) {
      throw new S3Error("BadDigest", {
        Message: "The Content-MD5 you specified did not match what we received.",
        ExpectedDigest: this.#contentMd5,
        CalculatedDigest: md5.toString("base64"),
      });
    }
    this.#verifySha256(values);
    const given = this.#verifyChecksum(values);
    const algorithm = this.algorithm ?? given;
    if (algorithm === undefined) return { md5: md5.toString("hex") };
    return { md5: md5.toString("hex"), digest: { algorithm, value: values.get(algorithm)! } };
  }

  #verifySha256(values: DigestValues): void {
    const computed = values.get("SHA256")?.toString("hex");
    if (this.#sha256 === undefined || this.#sha256 === computed) return;
    throw new S3Error("XAmzContentSHA256Mismatch", {
      ClientComputedContentSHA256: this.#sha256,
      S3ComputedContentSHA256: computed ?? "",
    });
  }

  /** Returns the algorithm of the checksum sent with the body, if any. */
  #verifyChecksum(values: DigestValues): Algorithm | undefined {
    for (const name of this.#announcedTrailers) {
      if (this.#trailers.has(name)) continue;
      throw new S3Error("MalformedTrailerError");
    }
    const headers = this.usesChecksumHeader ? this.message.headers : {};
    const given = readChecksum({ ...headers, ...Object.fromEntries(this.#trailers) });
    if (!given) return undefined;
    const { algorithm, value } = given;
    const computed = values.get(algorithm);
    if (!computed)
      throw new S3Error("MalformedTrailerError", {
        Message: `The trailer ${checksumHeaderName(algorithm)} was not announced.`,
      });
    if (Buffer.from(value, "base64").length !== computed.length) {
      throw new S3Error("InvalidRequest", {
        Message: `Value for ${checksumHeaderName(algorithm)} header is invalid.`,
      });
    }
    if (computed.toString("base64") !== value) {
      throw new S3Error("BadDigest", {
        Message: `The ${algorithm} you specified did not match the calculated checksum.`,
      });
    }
    return algorithm;
  }

  #incomplete(size: number): S3Error {
    return new S3Error("IncompleteBody", {
      Message: "You did not provide the number of bytes specified by the Content-Length HTTP header",
      NumberBytesExpected: this.size ?? 0,
      NumberBytesProvided: size,
    });
  }
}

/** Without a decoded length, `aws-chunked` is treated like any other encoding. */
const isAwsChunked = (headers: IncomingHttpHeaders): boolean =>
  /\baws-chunked\b/.test(headers["content-encoding"] ?? "") &&
  headers["x-amz-decoded-content-length"] !== undefined;

function parseLength(value: string | string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(String(value))) {
    throw invalidArgument(
      "The length of the body is not a number.",
      "x-amz-decoded-content-length",
      String(value),
    );
  }
  return Number(value);
}
