/** The differences between two values, as far as a preview shows them. */
import { normalText } from "../provider/core/normalize";
import type { ListShape, Member, Shape, StructShape } from "../service-model/shape";
import type { Values } from "./preview-values";
import {
  contains,
  hashOf,
  isAbsent,
  isObject,
  isSame,
  isSecret,
  isUnknown,
  listOf,
  membersOf,
} from "./preview-values";

export type Difference =
  | { readonly kind: "value"; readonly path: Path; readonly from: unknown; readonly to: unknown }
  | { readonly kind: "list"; readonly path: Path; readonly removed: Items; readonly added: Items }
  | { readonly kind: "secret"; readonly path: Path }
  /** Not known yet. `items` is the number of such items of a list. */
  | { readonly kind: "unknown"; readonly path: Path; readonly items?: number };

type Path = readonly string[];
type Items = readonly unknown[];

export function differences(shape: Shape, from: unknown, to: unknown, path: Path = []): Difference[] {
  if (isUnknown(to)) return [{ kind: "unknown", path }];
  // Equal masks may hide different values; a caller that knows of a change has to report it.
  if (isSecret(from) || isSecret(to)) return from === to ? [] : [{ kind: "secret", path }];
  if (shape.kind === "struct" && (isObject(from) || isObject(to))) return inStruct(shape, from, to, path);
  if (shape.kind === "list" && (Array.isArray(from) || Array.isArray(to)))
    return inList(shape, listOf(from), listOf(to), path);
  return isSame(from ?? null, to ?? null) ? [] : [{ kind: "value", path, from, to }];
}

const inStruct = (shape: StructShape, from: unknown, to: unknown, path: Path): Difference[] =>
  Object.entries(shape.members)
    // The MD5 of an upload is optional; the hash of its content shows a change.
    .filter(([, member]) => !member.fromUpload)
    .flatMap(([name, member]) => {
      const [before, after] = [memberValue(member, name, from), memberValue(member, name, to)];
      const found = differences(member.shape, before, after, [...path, name]);
      // A preview has a credential in clear while the plugin cannot check the job.
      return member.secret && found.some(({ kind }) => kind === "value")
        ? [{ kind: "secret" as const, path: [...path, name] }]
        : found;
    });

const memberValue = (member: Member, name: string, struct: unknown): unknown =>
  membersOf(struct)[name] ?? member.default;

/** Compares items by content, not by position, because a new first item shifts all others. */
function inList(shape: ListShape, from: Items, to: Items, path: Path): Difference[] {
  const keyOf = (item: unknown): string => normalText(shape.of, item);
  const left = new Map<string, unknown[]>();
  for (const item of from) left.set(keyOf(item), [...(left.get(keyOf(item)) ?? []), item]);
  const unmatched = to.filter((item) => left.get(keyOf(item))?.pop() === undefined);
  const notFound = new Set([...left.values()].flat());
  const removed = from.filter((item) => notFound.has(item));
  const added = unmatched.filter((item) => !contains(item, isUnknown));
  const unknown = unmatched.length - added.length;
  return [
    // Each unknown item may be one of those that seem to be removed.
    ...(added.length > 0 || removed.length > unknown
      ? [{ kind: "list", path, added, removed: unknown > 0 ? [] : removed } as const]
      : []),
    ...(unknown > 0 ? [{ kind: "unknown", path, items: unknown } as const] : []),
  ];
}

/** A changed trigger. `from` is absent if it was added, `to` if it was removed. */
export interface TriggerChange {
  readonly trigger: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A job of a set has its own triggers and those of the set. */
export const changedTriggers = (before: Values, after: Values): TriggerChange[] =>
  ["setTriggers", "triggers"].flatMap((member) => compareTriggers(before[member], after[member]));

/**
 * Triggers may be any values. The name of a trigger is its member of an object or its position in the list; everything
 * deeper is its value.
 */
function compareTriggers(from: unknown, to: unknown, position?: string): TriggerChange[] {
  if (isSame(from ?? null, to ?? null)) return [];
  if (position === undefined && areBoth(Array.isArray, from, to)) {
    const [before, after] = [listOf(from), listOf(to)];
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      compareTriggers(before[index], after[index], String(index + 1)),
    ).flat();
  }
  if (areBoth(isNamed, from, to)) {
    return [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])]
      .map((trigger) => ({ trigger, from: ownMember(from, trigger), to: ownMember(to, trigger) }))
      .filter((change) => !isSame(change.from ?? null, change.to ?? null));
  }
  return [{ trigger: position ?? "triggers", from, to }];
}

/** A trigger may have the name of a member of every object, such as `constructor`. */
const ownMember = (of: unknown, member: string): unknown =>
  Object.hasOwn(membersOf(of), member) ? membersOf(of)[member] : undefined;

const isNamed = (value: unknown): boolean => isObject(value) && hashOf(value) === undefined;

/** Whether both are of the kind, or one is and the other is absent. */
const areBoth = (kind: (value: unknown) => boolean, from: unknown, to: unknown): boolean =>
  (kind(from) || isAbsent(from)) && (kind(to) || isAbsent(to));
