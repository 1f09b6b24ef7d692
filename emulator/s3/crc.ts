/**
 * Computes CRC-32C and CRC-64/NVME, which Node does not, and combines the CRCs of parts into the CRC of the whole. All
 * CRCs of S3 are reflected, start with all bits set and are inverted at the end.
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

/** Bytes that `update` processes in one step. */
const stride = 8;

/**
 * Computes the remainders of each byte, then of each byte followed by one to seven zero bytes, in halves of 32 bits.
 * The high halves are 0 for a CRC of 32 bits.
 */
function tableOf(crc: Crc): Table {
  const cached = tables.get(crc);
  if (cached) return cached;
  const table = { low: new Int32Array(stride * 256), high: new Int32Array(stride * 256) };
  for (let index = 0; index < stride * 256; index += 1) {
    let value = index < 256 ? BigInt(index) : remainderAt(table, index - 256);
    for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ (value & 1n ? crc.polynomial : 0n);
    table.low[index] = Number(BigInt.asIntN(32, value));
    table.high[index] = Number(BigInt.asIntN(32, value >> 32n));
  }
  tables.set(crc, table);
  return table;
}

const remainderAt = ({ low, high }: Table, index: number): bigint =>
  (BigInt.asUintN(32, BigInt(high[index]!)) << 32n) | BigInt.asUintN(32, BigInt(low[index]!));

export class CrcDigest {
  #low = -1;
  #high: number;
  readonly #table: Table;

  constructor(private readonly crc: Crc) {
    this.#high = crc.bits === 64 ? -1 : 0;
    this.#table = tableOf(crc);
  }

  /** Slicing-by-8: the remainder of eight bytes is the XOR of the remainders of each byte followed by zeros. */
  update(bytes: Uint8Array): void {
    const { low: lows, high: highs } = this.#table;
    // Uses numbers and local variables, because bigints and fields are too slow for this loop.
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (; at + stride <= bytes.length; at += stride) {
      low ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      high ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
      const a = 1792 + (low & 0xff);
      const b = 1536 + ((low >>> 8) & 0xff);
      const c = 1280 + ((low >>> 16) & 0xff);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 0xff);
      const f = 512 + ((high >>> 8) & 0xff);
      const g = 256 + ((high >>> 16) & 0xff);
      const h = high >>> 24;
      low = lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]! ^ lows[e]! ^ lows[f]! ^ lows[g]! ^ lows[h]!;
      high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]! ^ highs[e]! ^ highs[f]! ^ highs[g]! ^ highs[h]!;
    }
    for (; at < bytes.length; at += 1) {
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

/** Computes the CRC of concatenated parts from the CRC and length of each. */
export function combineCrcs(
  crc: Crc,
  parts: readonly { readonly digest: Buffer; readonly size: number }[],
): Buffer {
  // Cached, because most parts have the same length and this factor takes longest.
  const factors = new Map<number, bigint>();
  let total = 0n;
  for (const { digest, size } of parts) {
    const factor = factors.get(size) ?? power(crc, BigInt(size) * 8n);
    factors.set(size, factor);
    total = product(crc, total, factor) ^ BigInt(`0x${digest.toString("hex")}`);
  }
  return Buffer.from(total.toString(16).padStart(crc.bits / 4, "0"), "hex");
}

/** Multiplies polynomials modulo that of the CRC. They are reflected: the highest bit is the coefficient of x^0. */
function product({ bits, polynomial }: Crc, left: bigint, right: bigint): bigint {
  let sum = 0n;
  let shifted = right;
  for (let bit = BigInt(bits) - 1n; bit >= 0n; bit -= 1n) {
    if ((left >> bit) & 1n) sum ^= shifted;
    shifted = (shifted >> 1n) ^ (shifted & 1n ? polynomial : 0n);
  }
  return sum;
}

/** Computes x^`exponent` by squaring. */
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
