/** Glob patterns over names with forward slashes: keys of objects, or paths below a folder. */
import picomatch from "picomatch";

export interface Patterns {
  /** What is meant; everything when absent, nothing when empty. */
  readonly include?: readonly string[];
  /** What is not meant although `include` names it. */
  readonly exclude?: readonly string[];
}

export interface Reading {
  /**
   * Whether a `*` stands for names that begin with a dot too. Without it such a name is meant only by a pattern that
   * spells the dot out; `exclude` always means them.
   */
  readonly dots: boolean;
}

/** Says what is wrong with the patterns; nothing when they can be read. */
export function wrongPatterns({ include = [], exclude = [] }: Patterns): string | undefined {
  for (const [argument, patterns] of Object.entries({ include, exclude })) {
    const wrong = patterns.find((pattern) => typeof pattern !== "string" || pattern === "");
    if (wrong !== undefined) return `${argument} holds ${JSON.stringify(wrong)}, which is no pattern.`;
  }
  return undefined;
}

/** Whether a name is meant. */
export function chosenBy(patterns: Patterns, { dots }: Reading): (name: string) => boolean {
  const included = matcher(patterns.include, dots, true);
  const excluded = excludedBy(patterns);
  const hidden = /(^|\/)\./;
  return (name) => !excluded(name) && (patterns.include || dots ? included(name) : !hidden.test(name));
}

/** Whether a name is left out whatever is included. */
export const excludedBy = ({ exclude }: Patterns): ((name: string) => boolean) =>
  matcher(exclude, true, false);

function matcher(
  patterns: readonly string[] | undefined,
  dot: boolean,
  withoutPatterns: boolean,
): (name: string) => boolean {
  if (!patterns) return () => withoutPatterns;
  if (patterns.length === 0) return () => false;
  // Slashes part names the same way on every system.
  const match = picomatch([...patterns], { dot, windows: false });
  return (name) => match(name);
}
