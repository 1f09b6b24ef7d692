/**
 * The CRCs that S3 knows and node does not compute: CRC-32C and CRC-64/NVME, and the CRC of two pieces put together from
 * those of each. All are reflected, with all bits set before and inverted after.
 */

export interface Crc {
  readonly bits: 32 | 64;
  /** The reflected polynomial. */
  readonly polynomial: bigint;
}

export const crc32: Crc = { bits: 32, polynomial: 0xedb88320n };
export const crc32c: Crc = { bits: 32, polynomial: 0x82f63b78n };
export const crc64nvme: Crc = { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n };

interface Table {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

const tables = new Map<Crc, Table>();

/** Both halves of each byte's remainder; the high one is 0 throughout for 32 bits. */
function tableOf(crc: Crc): Table {
  const known = tables.get(crc);
  if (known) return known;
  const table = { low: new Int32Array(256), high: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ (value & 1n ? crc.polynomial : 0n);
    table.low[byte] = Number(BigInt.asIntN(32, value));
    table.high[byte] = Number(BigInt.asIntN(32, value >> 32n));
  }
  tables.set(crc, table);
  return table;
}

export class CrcDigest {
  #low = -1;
  #high: number;
  readonly #table: Table;

  constructor(private readonly crc: Crc) {
    this.#high = crc.bits === 64 ? -1 : 0;
    this.#table = tableOf(crc);
  }

  update(bytes: Uint8Array): void {
    const { low: lows, high: highs } = this.#table;
    // Numbers instead of a bigint, and locals instead of fields: this runs once for each byte.
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < bytes.length; at += 1) {
      const index = (low ^ bytes[at]!) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ lows[index]!;
      high = (high >>> 8) ^ highs[index]!;
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Buffer {
    const result = Buffer.alloc(8);
    result.writeInt32BE(~this.#high, 0);
    result.writeInt32BE(~this.#low, 4);
    return this.crc.bits === 64 ? result : result.subarray(4);
  }
}

/** The CRC of pieces in sequence, from the CRC and the length of each. */
export function combined(
  crc: Crc,
  pieces: readonly { readonly digest: Buffer; readonly size: number }[],
): Buffer {
  // Parts mostly have one length, and the factor of a length takes longer than all the rest.
  const factors = new Map<number, bigint>();
  let total = 0n;
  for (const { digest, size } of pieces) {
    const factor = factors.get(size) ?? power(crc, BigInt(size) * 8n);
    factors.set(size, factor);
    total = product(crc, total, factor) ^ BigInt(`0x${digest.toString("hex")}`);
  }
  return Buffer.from(total.toString(16).padStart(crc.bits / 4, "0"), "hex");
}

/** Product of two polynomials modulo the CRC's, reflected: the highest bit is that of x to the 0. */
function product({ bits, polynomial }: Crc, left: bigint, right: bigint): bigint {
  let sum = 0n;
  let shifted = right;
  for (let bit = BigInt(bits) - 1n; bit >= 0n; bit -= 1n) {
    if ((left >> bit) & 1n) sum ^= shifted;
    shifted = (shifted >> 1n) ^ (shifted & 1n ? polynomial : 0n);
  }
  return sum;
}

/** x to the `exponent`, by squaring. */
function power(crc: Crc, exponent: bigint): bigint {
  const one = 1n << BigInt(crc.bits - 1);
  let result = one;
  let square = one >> 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = product(crc, result, square);
    square = product(crc, square, square);
  }
  return result;
}
