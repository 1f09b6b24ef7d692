/** Which of a job's triggers have changed. They are any values: a list, an object, or one value. */
import { describeChange } from "./describe-difference";
import type { Phrase } from "./rich-text";
import { name } from "./rich-text";
import type { Values } from "./preview-values";
import { holds, isAbsent, isObject, isSame, isUnknown, hashOf, membersOf } from "./preview-values";

export type TriggerChange =
  | {
      readonly kind: "changed";
      readonly trigger: string;
      /** It was not there before, or is not there any more. */
      readonly isWhole: boolean;
      readonly phrase: Phrase;
    }
  | { readonly kind: "unknown"; readonly trigger: string };

/** A job of a set has its own, and those of the set. */
export const changedTriggers = (from: Values, to: Values): TriggerChange[] =>
  ["setTriggers", "triggers"].flatMap((member) => changes(from[member], to[member], [], []));

/** Names are those of the first objects within: what is deeper is a value, and may be as large as it likes. */
function changes(
  from: unknown,
  to: unknown,
  named: readonly string[],
  place: readonly string[],
): TriggerChange[] {
  if (isSame(from ?? null, to ?? null)) return [];
  if (named.length === 0) {
    if (place.length === 0 && isEither(from, to, Array.isArray)) {
      const [before, after] = [listed(from), listed(to)];
      return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
        changes(before[index], after[index], named, [String(index + 1)]),
      ).flat();
    }
    if (isEither(from, to, isNamed)) {
      const members = new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})]);
      return [...members].flatMap((member) => changes(own(from, member), own(to, member), [member], place));
    }
  }
  const trigger = named[0] ?? place[0] ?? "triggers";
  if (holds(to, isUnknown)) return [{ kind: "unknown", trigger }];
  const isWhole = isAbsent(from) || isAbsent(to);
  return [
    { kind: "changed", trigger, isWhole, phrase: ["trigger ", ...describeChange(name(trigger), from, to)] },
  ];
}

/** A trigger may be called as the members that every object has. */
const own = (of: unknown, member: string): unknown =>
  Object.hasOwn(membersOf(of), member) ? membersOf(of)[member] : undefined;

const isNamed = (value: unknown): boolean => isObject(value) && hashOf(value) === undefined;

/** Both are of the kind, or one is and the other is not there. */
const isEither = (from: unknown, to: unknown, kind: (value: unknown) => boolean): boolean =>
  (kind(from) || isAbsent(from)) && (kind(to) || isAbsent(to));

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
