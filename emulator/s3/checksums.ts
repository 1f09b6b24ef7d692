/** Checksums that S3 verifies against a body, stores with the object and returns. */
import { createHash } from "node:crypto";
import * as zlib from "node:zlib";
import type { IncomingHttpHeaders } from "node:http";
import type { Crc } from "./crc";
import { combineCrcs, crc32, crc32c, crc64nvme, CrcDigest } from "./crc";
import { invalidArgument, S3Error } from "./errors";
import type { XmlMembers } from "./xml";

export type Algorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

export interface Digest {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64; a composite checksum ends with the number of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

class Crc32Digest implements Digest {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = zlib.crc32(bytes, this.#value);
  }

  digest(): Buffer {
    const result = Buffer.alloc(4);
    result.writeUInt32BE(this.#value);
    return result;
  }
}

const digestFactories: Readonly<Record<Algorithm, () => Digest>> = {
  CRC32: () => new Crc32Digest(),
  CRC32C: () => new CrcDigest(crc32c),
  CRC64NVME: () => new CrcDigest(crc64nvme),
  SHA1: () => createHash("sha1"),
  SHA256: () => createHash("sha256"),
};

const crcs: Partial<Readonly<Record<Algorithm, Crc>>> = {
  CRC32: crc32,
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
};

export const algorithms = Object.keys(digestFactories) as readonly Algorithm[];

export const createDigest = (algorithm: Algorithm): Digest => digestFactories[algorithm]();

export const checksumHeaderName = (algorithm: Algorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

export function parseAlgorithm(name: string): Algorithm {
  const found = algorithms.find((algorithm) => algorithm === name.toUpperCase());
  if (found) return found;
  throw new S3Error("InvalidRequest", {
    Message:
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: " +
      `[${algorithms.join(", ")}]`,
  });
}

/** Reads the checksum from headers; at most one is allowed. */
export function readChecksum(
  headers: IncomingHttpHeaders,
): { readonly algorithm: Algorithm; readonly value: string } | undefined {
  const given = algorithms.filter((algorithm) => headers[checksumHeaderName(algorithm)] !== undefined);
  const [algorithm] = given;
  if (algorithm === undefined) return undefined;
  if (given.length > 1) {
    throw new S3Error("InvalidRequest", {
      Message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  return { algorithm, value: String(headers[checksumHeaderName(algorithm)]) };
}

export function parseChecksumType(algorithm: Algorithm, given: string | undefined): ChecksumType {
  // CRC64NVME cannot be composite. Composite is S3's default for the other algorithms.
  if (given === undefined) return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const isSupported =
    given === "COMPOSITE" ? algorithm !== "CRC64NVME" : given === "FULL_OBJECT" && crcs[algorithm];
  if (!isSupported)
    throw invalidArgument(`The ${algorithm} checksum has no type ${given}`, "x-amz-checksum-type", given);
  return given as ChecksumType;
}

/** Computes an object's checksum from the checksums of its parts. */
export function combineChecksums(
  algorithm: Algorithm,
  type: ChecksumType,
  parts: readonly { readonly digest: Buffer; readonly size: number }[],
): Checksum {
  const crc = crcs[algorithm];
  if (type === "FULL_OBJECT" && crc) {
    return { algorithm, type, value: combineCrcs(crc, parts).toString("base64") };
  }
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(part.digest);
  return { algorithm, type, value: `${digest.digest().toString("base64")}-${parts.length}` };
}

export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum
    ? { [checksumHeaderName(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type }
    : {};

/** The checksum as elements of a response. */
export const checksumElements = (checksum: Checksum | undefined): XmlMembers =>
  checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {};
