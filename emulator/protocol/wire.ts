/**
 * Turns values between the names of the shapes (`assetSources`) and those on the wire (`AssetSources`).
 * Walks the shape, so that the keys of maps, which are data, stay as they are.
 */
import type { Report, Shape, StructShape } from "../../provider/model/shape";

export const wireName = (member: string): string => member.charAt(0).toUpperCase() + member.slice(1);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value under the shape's names. What the shape does not know is reported by its path on the wire, and left out. */
export function fromWire(
  shape: Shape,
  value: unknown,
  at: readonly (string | number)[],
  report: Report,
): unknown {
  if (shape.kind === "list" && Array.isArray(value)) {
    return value.map((item, index) => fromWire(shape.of, item, [...at, index], report));
  }
  if (shape.kind === "map" && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => [key, fromWire(shape.of, held, [...at, key], report)]),
    );
  }
  return shape.kind === "struct" && isRecord(value) ? structFromWire(shape, value, at, report) : value;
}

function structFromWire(
  shape: StructShape,
  value: Record<string, unknown>,
  at: readonly (string | number)[],
  report: Report,
): Record<string, unknown> {
  const known = new Map(
    Object.entries(shape.members).map(([name, member]) => [wireName(name), { name, member }]),
  );
  const result: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) {
    const found = known.get(key);
    if (held === null) continue;
    if (found) result[found.name] = fromWire(found.member.shape, held, [...at, key], report);
    else report([...at, key], `is not known here; ${shape.name} takes ${[...known.keys()].join(", ")}`);
  }
  return result;
}

/** The value under the wire's names. What the shape does not name is not shown. */
export function toWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => toWire(shape.of, item));
  if (shape.kind === "struct" && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(shape.members)
        .filter(([name]) => value[name] !== undefined)
        .map(([name, member]) => [wireName(name), toWire(member.shape, value[name])]),
    );
  }
  return value;
}

/** The value with every secret member's place taken by asterisks; names stay those of the shape. */
export function masked(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => masked(shape.of, item));
  if (shape.kind === "struct" && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, held]) => {
        const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
        if (!member) return [name, held];
        return [name, member.secret && held !== undefined ? "***" : masked(member.shape, held)];
      }),
    );
  }
  return value;
}
