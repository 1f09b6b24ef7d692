/** What is computed of a body's bytes: its MD5, which is the ETag, and the checksums that somebody wants or brings. */
import { createHash } from "node:crypto";
import type { Algorithm, Digest } from "./checksums";
import { digestOf } from "./checksums";

export type DigestName = Algorithm | "MD5";

export type DigestValues = ReadonlyMap<DigestName, Buffer>;

const begin = (name: DigestName): Digest => (name === "MD5" ? createHash("md5") : digestOf(name));

export class Digests {
  readonly #digests: ReadonlyMap<DigestName, Digest>;

  constructor(names: Iterable<DigestName>) {
    this.#digests = new Map([...names].map((name) => [name, begin(name)]));
  }

  update(bytes: Uint8Array): void {
    for (const digest of this.#digests.values()) digest.update(bytes);
  }

  values(): DigestValues {
    return new Map([...this.#digests].map(([name, digest]) => [name, digest.digest()]));
  }
}
