/** Values as the engine writes them into a preview: what is not known yet, what is secret, what is a file. */
import { assetSignature, secretMask, signatureKey, unknownValue } from "../lib/pulumi-values";

export type Values = Readonly<Record<string, unknown>>;

export const isUnknown = (value: unknown): boolean => value === unknownValue;
export const isSecret = (value: unknown): boolean => value === secretMask;
/** Whether the preview shows no value here. */
export const isHidden = (value: unknown): boolean => isUnknown(value) || isSecret(value);
export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object's members, or none. */
export const membersOf = (value: unknown): Values => (isObject(value) ? value : {});

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function holds(value: unknown, what: (value: unknown) => boolean): boolean {
  if (what(value)) return true;
  return (
    typeof value === "object" && value !== null && Object.values(value).some((held) => holds(held, what))
  );
}

/** A file's hash is all of it that counts, and all that the state holds of one among the triggers. */
export const hashOf = (value: unknown): unknown =>
  isObject(value) && (value[signatureKey] === assetSignature || Object.keys(value).join() === "hash")
    ? value.hash
    : undefined;

/** A value for people; objects and lists as JSON. */
export function text(value: unknown): string {
  if (isUnknown(value)) return "(not known yet)";
  if (hashOf(value) !== undefined) return `file ${String(hashOf(value)).slice(0, 8)}…`;
  // An ETag comes with its quotes.
  if (typeof value === "string") return value.replace(/^"([0-9a-f]{32}(?:-\d+)?)"$/, "$1");
  return JSON.stringify(value, (_name, held: unknown) => (isUnknown(held) ? "(not known yet)" : held));
}

/** Ids of the service are 30 to 40 letters and digits, of which nobody reads more than the first few. */
export const shortened = (id: string): string =>
  /^[a-zA-Z0-9]{30,40}$/.test(id) ? `${id.slice(0, 8)}…` : id;

export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** JSON with its members in one order, and files by their content. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_name, held: unknown) => {
      if (!isObject(held)) return held;
      const hash = hashOf(held);
      if (hash !== undefined) return { hash };
      return Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? "null"
  );
}
