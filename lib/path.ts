type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at the end of a path through objects, by names, and lists, by numbers. */
export const valueAt = (path: readonly (string | number)[], value: unknown): unknown =>
  path.reduce<unknown>((at, step) => {
    if (typeof step === "number") return Array.isArray(at) ? at[step] : undefined;
    return isObject(at) ? at[step] : undefined;
  }, value);

/** Follows a path through objects and lists to the strings at its end. */
export function valuesAlong(path: readonly string[], value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAlong(path, item));
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === "string" ? [value] : [];
  return isObject(value) ? valuesAlong(rest, value[step]) : [];
}
