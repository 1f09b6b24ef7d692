/** One difference of a job's details as a phrase. */
import type { JobType } from "../service-model/job-type";
import type { Difference } from "./diff-values";
import type { Phrase } from "./rich-text";
import { count, join, name, names, say } from "./rich-text";
import type { SetItems } from "./set-items";
import { isAbsent, shortened, text } from "./preview-values";
import { nameItem } from "./describe-job";

export function describeDifference(difference: Difference, jobType: JobType, set?: SetItems): Phrase {
  const member = name(difference.path.join("."));
  switch (difference.kind) {
    case "value":
      return describeChange(member, difference.from, difference.to);
    case "list":
      return describeList(difference, jobType, set);
    case "secret":
      return say`${member} changed (secret)`;
    case "unknown":
      return say`${member} is not known yet`;
  }
}

/** Whether the difference is one of what the job works on, one by one. */
export const isItems = ({ path }: Difference, { sentence }: JobType): boolean =>
  sentence.items !== undefined && path.join(".") === sentence.items.member;

export function describeChange(what: Phrase[number], from: unknown, to: unknown): Phrase {
  if (isAbsent(from)) return say`${what} added: ${name(shortened(text(to)))}`;
  if (isAbsent(to)) return say`${what} removed: ${name(shortened(text(from)))}`;
  if (typeof from === "object" || typeof to === "object") return say`${what} changed`;
  const [before, after] = [text(from), text(to)];
  // Two ids that begin alike would seem to be the same.
  const short = shortened(before) === shortened(after) ? (id: string) => id : shortened;
  return say`${what} changed from ${name(short(before))} to ${name(short(after))}`;
}

function describeList(difference: Difference & { kind: "list" }, jobType: JobType, set?: SetItems): Phrase {
  const { path, added, removed } = difference;
  const { items } = jobType.sentence;
  if (!items || !isItems(difference, jobType)) {
    const told = (values: readonly unknown[]) => names(values.map(text));
    return join(
      [
        ...(added.length > 0 ? [say`${name(path.join("."))} added: ${told(added)}`] : []),
        ...(removed.length > 0 ? [say`${name(path.join("."))} removed: ${told(removed)}`] : []),
      ],
      "; ",
    );
  }
  const identity = (item: unknown) => nameItem(items.identity ?? items.name, items, jobType, item);
  const call = (item: unknown) => nameItem(items.name, items, jobType, item);
  const arrived = new Map(added.map((item) => [identity(item), item]));
  const changed = removed.filter((item) => arrived.has(identity(item)));
  const left = new Set(changed.map(identity));
  const told = (what: string, some: readonly string[]) =>
    some.length > 0 ? [say`${count(some.length, items.singular, items.plural)} ${what}: ${names(some)}`] : [];
  const whole = (some: readonly unknown[]) => some.filter((item) => !left.has(identity(item))).map(call);
  const [came, gone] = [whole(added), whole(removed)];
  const moved = (some: readonly string[], where: string) =>
    some.length > 0
      ? [say`${count(some.length, items.singular, items.plural)} ${where} other jobs of the set`]
      : [];
  return join(
    [
      ...told(
        "added",
        came.filter((item) => !set?.moves(item)),
      ),
      ...told(
        "removed",
        gone.filter((item) => !set?.moves(item)),
      ),
      ...told(
        "changed",
        changed.map((item) => `${call(item)} → ${call(arrived.get(identity(item)))}`),
      ),
      ...moved(
        came.filter((item) => set?.moves(item)),
        "taken over from",
      ),
      ...moved(
        gone.filter((item) => set?.moves(item)),
        "left to",
      ),
    ],
    "; ",
  );
}
