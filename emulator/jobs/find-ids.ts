/** Every text that a member of this name holds, anywhere in a job's details; none twice. */
export function idsIn(value: unknown, member: string): string[] {
  const found = new Set<string>();
  const walk = (held: unknown): void => {
    if (Array.isArray(held)) held.forEach(walk);
    else if (typeof held === "object" && held !== null) {
      for (const [name, inner] of Object.entries(held)) {
        if (name === member && typeof inner === "string") found.add(inner);
        else walk(inner);
      }
    }
  };
  walk(value);
  return [...found];
}
