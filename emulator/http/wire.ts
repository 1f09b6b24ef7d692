/**
 * Turns values between the names of the shapes (`assetSources`) and those on the wire (`AssetSources`).
 * Walks the shape, so that the keys of maps, which are data, stay as they are.
 */
import type { Member, Shape, StructShape } from "../../service-model/shape";
import { isRecord } from "../../service-model/validate";

export const wireName = (name: string, member?: Member): string =>
  member?.wireName ?? name.charAt(0).toUpperCase() + name.slice(1);

interface WireMember {
  readonly name: string;
  /** Its name on the wire. */
  readonly key: string;
  readonly shape: Shape;
}

/** A page of assets asks for the names of the same members hundreds of times. */
const known = new WeakMap<StructShape, readonly WireMember[]>();

function membersOf(shape: StructShape): readonly WireMember[] {
  let members = known.get(shape);
  if (!members) {
    members = Object.entries(shape.members).map(([name, member]) => ({
      name,
      key: wireName(name, member),
      shape: member.shape,
    }));
    known.set(shape, members);
  }
  return members;
}

/** The value under the shape's names. What the shape does not know is left out, as the service does. */
export function fromWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => fromWire(shape.of, item));
  if (shape.kind === "map" && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, fromWire(shape.of, held)]));
  }
  return shape.kind === "struct" && isRecord(value) ? structFromWire(shape, value) : value;
}

function structFromWire(shape: StructShape, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, key, shape: of } of membersOf(shape)) {
    const held = Object.hasOwn(value, key) ? value[key] : undefined;
    if (held !== undefined && held !== null) result[name] = fromWire(of, held);
  }
  return result;
}

/** The value under the wire's names. What the shape does not name is not shown. */
export function toWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => toWire(shape.of, item));
  return shape.kind === "struct" && isRecord(value) ? structToWire(shape, value) : value;
}

function structToWire(shape: StructShape, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, key, shape: of } of membersOf(shape)) {
    const held = value[name];
    if (held !== undefined) result[key] = toWire(of, held);
  }
  return result;
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
