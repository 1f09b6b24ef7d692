/** What is different between two values of one shape, as far as a preview shows it. */
import type { ListShape, Member, Shape, StructShape } from "../service-model/shape";
import {
  canonical,
  holds,
  isAbsent,
  isObject,
  isSame,
  isSecret,
  isUnknown,
  membersOf,
} from "./preview-values";

export type Difference =
  | { readonly kind: "value"; readonly path: Path; readonly from: unknown; readonly to: unknown }
  | { readonly kind: "list"; readonly path: Path; readonly removed: Items; readonly added: Items }
  /** Known only once something else is there; `number` is for items of a list. */
  | { readonly kind: "unknown"; readonly path: Path; readonly number?: number }
  | { readonly kind: "secret"; readonly path: Path };

type Path = readonly string[];
type Items = readonly unknown[];

export function differences(shape: Shape, from: unknown, to: unknown, path: Path = []): Difference[] {
  if (isUnknown(to)) return [{ kind: "unknown", path }];
  // Equal masks may hide different values; whoever knows that something differs has to take them into account.
  if (isSecret(from) || isSecret(to)) return from === to ? [] : [{ kind: "secret", path }];
  if (shape.kind === "struct" && (isObject(from) || isObject(to))) return inStruct(shape, from, to, path);
  if (shape.kind === "list" && (Array.isArray(from) || Array.isArray(to))) {
    return inList(shape, (from ?? []) as Items, (to ?? []) as Items, path);
  }
  return isSame(from ?? null, to ?? null) ? [] : [{ kind: "value", path, from, to }];
}

const inStruct = (shape: StructShape, from: unknown, to: unknown, path: Path): Difference[] =>
  Object.entries(shape.members)
    // Whether the MD5 of an upload is spelled out says nothing; its content has its own reason.
    .filter(([, member]) => !member.fromUpload)
    .flatMap(([name, member]) =>
      differences(member.shape, valueOf(member, name, from), valueOf(member, name, to), [...path, name]),
    );

const valueOf = ({ default: standard }: Member, name: string, of: unknown): unknown =>
  membersOf(of)[name] ?? standard;

/** By what the items are, not by their places: one that is put in front moves all the others. */
function inList(shape: ListShape, from: Items, to: Items, path: Path): Difference[] {
  const text = (item: unknown): string => canonical(normal(shape.of, item));
  const left = new Map<string, unknown[]>();
  for (const item of from) left.set(text(item), [...(left.get(text(item)) ?? []), item]);
  const unmatched = to.filter((item) => left.get(text(item))?.pop() === undefined);
  const gone = new Set([...left.values()].flat());
  const removed = from.filter((item) => gone.has(item));
  const added = unmatched.filter((item) => !holds(item, isUnknown));
  const unknown = unmatched.length - added.length;
  return [
    // Each item that is not known may turn out to be one of those that seem to be gone.
    ...(added.length > 0 || removed.length > unknown
      ? [{ kind: "list", path, added, removed: unknown > 0 ? [] : removed } as const]
      : []),
    ...(unknown > 0 ? [{ kind: "unknown", path, number: unknown } as const] : []),
  ];
}

/** Defaults filled in, sets sorted. */
function normal(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) {
    const items = value.map((item) => normal(shape.of, item));
    return shape.set ? items.map(canonical).sort() : items;
  }
  if (shape.kind !== "struct" || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(shape.members)
      .map(([name, member]) => [name, normal(member.shape, valueOf(member, name, value))])
      .filter(([, held]) => !isAbsent(held)),
  );
}
