/** Which elements of two values differ, by their paths. Sets are compared as sets, and a written default is no change. Pure. */
import type { Member, Shape } from "../../service-model/shape";
import type { Path } from "../../service-model/validate";
import { isRecord } from "../../service-model/validate";
import { canonicalText, normalText } from "../core/normalize";

export type Kind = "ADD" | "DELETE" | "UPDATE";

export interface Change {
  readonly path: Path;
  readonly kind: Kind;
}

/** Without a shape, lists are compared in order. Members that the provider computes from an upload are not compared. */
export function findChanges(shape: Shape | undefined, was: unknown, is: unknown, path: Path = []): Change[] {
  const change = changeOf(was, is);
  if (change) return [{ path, kind: change }];
  if (isAbsent(was) || textOf(shape, was) === textOf(shape, is)) return [];
  if (isRecord(was) && isRecord(is)) return changedMembers(shape, was, is, path);
  if (Array.isArray(was) && Array.isArray(is)) {
    if (shape?.kind !== "list") return changedItems(undefined, was, is, path);
    return shape.set ? changedElements(shape.of, was, is, path) : changedItems(shape.of, was, is, path);
  }
  return [{ path, kind: "UPDATE" }];
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function changeOf(was: unknown, is: unknown): Kind | undefined {
  if (isAbsent(was) === isAbsent(is)) return undefined;
  return isAbsent(was) ? "ADD" : "DELETE";
}

const textOf = (shape: Shape | undefined, value: unknown): string =>
  shape ? normalText(shape, value, isComputed) : canonicalText(value);

const isComputed = ({ fromUpload }: Member): boolean => fromUpload !== undefined;

type Members = Readonly<Record<string, unknown>>;

function changedMembers(shape: Shape | undefined, was: Members, is: Members, path: Path): Change[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name) => {
    const member = shape?.kind === "struct" ? shape.members[name] : undefined;
    if (member && isComputed(member)) return [];
    const [before, after] = [was, is].map((values) => memberOf(values, name, member));
    const of = shape?.kind === "map" ? shape.of : member?.shape;
    return findChanges(of, before, after, [...path, name]);
  });
}

/** An empty list of a member that is not required means the same as its absence. */
function memberOf(values: Members, name: string, member: Member | undefined): unknown {
  const value = (Object.hasOwn(values, name) ? values[name] : undefined) ?? member?.default;
  return member && !member.required && Array.isArray(value) && value.length === 0 ? undefined : value;
}

function changedItems(
  of: Shape | undefined,
  was: readonly unknown[],
  is: readonly unknown[],
  path: Path,
): Change[] {
  const length = Math.max(was.length, is.length);
  return Array.from({ length }, (_, index) => {
    const step = [...path, index];
    if (index >= was.length) return [{ path: step, kind: "ADD" as const }];
    if (index >= is.length) return [{ path: step, kind: "DELETE" as const }];
    return findChanges(of, was[index], is[index], step);
  }).flat();
}

/** An element that left and another that came at the same index are one change, because a path has one kind. */
function changedElements(of: Shape, was: readonly unknown[], is: readonly unknown[], path: Path): Change[] {
  const texts = (items: readonly unknown[]) => items.map((item) => textOf(of, item));
  const [before, after] = [texts(was), texts(is)];
  const left = unmatched(before, after);
  const came = unmatched(after, before);
  return [...new Set([...left, ...came])]
    .sort((a, b) => a - b)
    .map((index) => ({
      path: [...path, index],
      kind: !came.has(index) ? "DELETE" : left.has(index) ? "UPDATE" : "ADD",
    }));
}

/** Indexes of the texts that have no partner among the others. Each of the others is the partner of one text. */
function unmatched(texts: readonly string[], others: readonly string[]): Set<number> {
  const counts = new Map<string, number>();
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  const indexes = texts.flatMap((text, index) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count > 0 ? [] : [index];
  });
  return new Set(indexes);
}

/**
 * A change inside of a secret becomes one of the secret, because the names of its members may be secret. So does a change
 * inside of a member whose name no path expresses.
 */
export function withVisiblePath<C extends Change>(change: C, secrets: readonly Path[]): C {
  const { path } = change;
  const isSecret = (start: Path) =>
    secrets.some((secret) => secret.length === start.length && secret.every((step, i) => step === start[i]));
  const length = path.findIndex((step, i) => isSecret(path.slice(0, i)) || isInexpressible(step));
  return length > 0 ? { ...change, path: path.slice(0, length), kind: "UPDATE" } : change;
}

/** The engine would read the last backslash and the closing quote as a quote of the name. */
const isInexpressible = (step: Path[number]): boolean => typeof step === "string" && step.endsWith("\\");

/**
 * A path as the engine reads it: `details.importAssetsFromS3.assetSources[3].key`, `jobs["a.b"].type`. In quotes it unescapes
 * quotes and nothing else. Source: `ParsePropertyPath` of the engine.
 */
export const formatPropertyPath = (path: Path): string =>
  path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `["${step.replaceAll('"', '\\"')}"]`;
      return i === 0 ? step : `.${step}`;
    })
    .join("");
