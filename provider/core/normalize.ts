/**
 * Normal form for comparison: sets are sorted, defaults filled in, absent members removed. Requests and state keep what the
 * user wrote.
 */
import { canonicalJson } from "../../lib/canonical-json";
import type { Member, Shape } from "../../service-model/shape";
import { UNKNOWN, isRecord } from "../../service-model/validate";

type Leave = (member: Member) => boolean;
const leaveNone: Leave = () => false;

/** Equal texts mean equal values. `leave` says which members are ignored. */
export const normalText = (shape: Shape, value: unknown, leave: Leave = leaveNone): string =>
  canonicalText(normal(shape, value, leave));

/** JSON with sorted members, for values without a shape. */
export const canonicalText = (value: unknown): string =>
  canonicalJson(value, (inner) => (inner === UNKNOWN ? { unknown: true } : inner));

function normal(shape: Shape, value: unknown, leave: Leave): unknown {
  if (value === UNKNOWN) return { unknown: true };
  if (shape.kind === "list" && Array.isArray(value)) {
    const items = value.map((item) => normal(shape.of, item, leave));
    if (!shape.set) return items;
    return items.map((item) => canonicalText(item)).sort();
  }
  if (shape.kind === "struct" && isRecord(value)) {
    const members = Object.entries(shape.members)
      .filter(([, member]) => !leave(member))
      .map(([name, member]) => [name, value[name] ?? member.default, member] as const)
      .filter(([, held, member]) => held !== undefined && held !== null && !isEmptyChoice(held, member))
      .map(([name, held, member]) => [name, normal(member.shape, held, leave)] as const);
    return Object.fromEntries(members);
  }
  return value;
}

/** An empty optional list means the same as its absence. */
const isEmptyChoice = (held: unknown, { required }: Member): boolean =>
  !required && Array.isArray(held) && held.length === 0;
