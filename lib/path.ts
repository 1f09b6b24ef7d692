/** Follows a path through objects and lists to the strings at its end. */
export function valuesAlong(path: readonly string[], value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAlong(path, item));
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === "string" ? [value] : [];
  return typeof value === "object" && value !== null
    ? valuesAlong(rest, (value as Record<string, unknown>)[step])
    : [];
}
