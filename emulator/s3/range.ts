/** The part of an object that a request is for. */
import { invalidArgument, S3Error } from "./errors";
import type { StoredObject } from "./store";

/** From `start` up to, but not with, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Nothing when the header names no single range of bytes: then S3 gives the whole. */
export function rangeIn(header: string | undefined, size: number): Range | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start < end) return { start, end };
  throw new S3Error(
    "InvalidRange",
    "The requested range is not satisfiable",
    { RangeRequested: header!, ActualObjectSize: size },
    { "content-range": `bytes */${size}` },
  );
}

/** The bytes that came as one part of an upload. An object that came whole has the one part. */
export function partRange({ content, parts = [content] }: StoredObject, given: string): Range {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      given,
    );
  }
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: number,
      ActualPartCount: parts.length,
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size };
}
