/**
 * JSON in which equal values have equal texts: members are sorted, and those that are null or undefined are left out.
 * `replace` may return another value to write in place of one.
 */
export function canonicalJson(value: unknown, replace = (inner: unknown): unknown => inner): string {
  const sorted = (_name: string, held: unknown): unknown => {
    const inner = replace(held);
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const members = Object.entries(inner).filter(([, each]) => each !== undefined && each !== null);
    return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, sorted) ?? "null";
}
