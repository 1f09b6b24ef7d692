import { inspect, isDeepStrictEqual } from "node:util";

/** What the demo shows is also what it checks: it never says that something happened which did not. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what} should have been ${text(expected)}, and turned out to be ${text(found)}.`);
}

const text = (value: unknown): string => inspect(value, { depth: 5, breakLength: Infinity });
