/**
 * Glob patterns over names with forward slashes: keys of objects, or paths below a folder. They are anchored there, as
 * globs are; a slash at the start or the end, `..`, `!` and folders of `exclude` mean what they mean in a .gitignore.
 * What is published cannot be taken back, so whatever could be read in two ways is read so that less is meant.
 */
import picomatch from "picomatch";

import { InputError } from "./input-error";

export interface GlobPatterns {
  /** What is meant; everything but hidden names when absent, nothing when empty. An entry with `!` excludes. */
  readonly include?: readonly string[];
  /** What is not meant although `include` names it. */
  readonly exclude?: readonly string[];
}

/** Patterns that have been read, and that note which of them match something. */
export class GlobFilter {
  private readonly includePatterns?: readonly Pattern[];
  private readonly excludePatterns: readonly Pattern[];

  /** Refuses patterns that can match nothing, with the path of each. */
  constructor({ include, exclude = [] }: GlobPatterns) {
    const [included, negated] = include ? byNegation(include) : [undefined, []];
    this.includePatterns = included?.map(({ path, text }) => new Pattern(path, text, asIncluded));
    this.excludePatterns = [...negated, ...entriesOf("exclude", exclude)].map(
      ({ path, text }) => new Pattern(path, text, asExcluded),
    );
  }

  /**
   * Whether a name is meant. One with a part that begins with a dot is meant only by a pattern that spells that dot out.
   *
   * @param whole The name from the start of its first part, where that lies before what patterns are held against.
   */
  matches(name: string, whole = name): boolean {
    const isHidden = hasHiddenPart(whole);
    const included = this.includePatterns
      ? anyOf(this.includePatterns, (pattern) => pattern.matches(name, isHidden))
      : !isHidden;
    // Both are always asked, to learn which patterns match something.
    return !this.excludes(name) && included;
  }

  /** Whether a name is left out, because of itself or of a folder that it lies in, whatever is included. */
  excludes(name: string): boolean {
    const names = [...name.matchAll(/\/|$/g)].map(({ index }) => name.slice(0, index)).filter(Boolean);
    return anyOf(this.excludePatterns, (pattern) => anyOf(names, (one) => pattern.matches(one, false)));
  }

  /** Whether hidden names can be meant at all. */
  get canMatchHidden(): boolean {
    return this.includePatterns !== undefined;
  }

  /** Which patterns matched none of the names that were asked about, in at most one sentence. */
  unused(): string[] {
    const unused = [...(this.includePatterns ?? []), ...this.excludePatterns].filter(({ isUsed }) => !isUsed);
    if (unused.length === 0) return [];
    const named = unused.map(({ path, given }) => `${path} (${JSON.stringify(given)})`).join(", ");
    return [
      `Nothing matches ${named}. A pattern starts at the folder or prefix; * ends at a slash, and **/ stands for any folders.`,
    ];
  }
}

/** Asks all of them, without an end at the first. */
const anyOf = <T>(items: readonly T[], test: (item: T) => boolean): boolean => items.filter(test).length > 0;

const hasHiddenPart = (name: string): boolean => /(^|\/)\./.test(name);

class Pattern {
  isUsed = false;
  private readonly match: (name: string) => boolean;
  private readonly matchPlainly: (name: string) => boolean;

  constructor(
    /** Property path of the entry. */
    readonly path: string,
    readonly given: string,
    globOf: (meant: Meant) => string,
  ) {
    const glob = globOf(meantBy(path, given));
    this.match = matcher(path, given, glob, true);
    // An extended glob such as `!(a)` would match a dot that it does not spell out.
    this.matchPlainly = /[?*+@!]\(/.test(given) ? () => false : matcher(path, given, glob, false);
  }

  /** With `spelledOut`, only by a pattern that names each dot at the start of a part. */
  matches(name: string, spelledOut: boolean): boolean {
    const matched = spelledOut ? this.matchPlainly(name) : this.match(name);
    this.isUsed ||= matched;
    return matched;
  }
}

interface Entry {
  readonly path: string;
  readonly text: string;
}

function entriesOf(argument: string, patterns: readonly string[]): Entry[] {
  if (!Array.isArray(patterns)) throw new InputError(`${argument} must be a list of patterns.`);
  return patterns.map((text: unknown, index) => {
    const path = `${argument}[${index}]`;
    if (typeof text !== "string" || text === "")
      throw new InputError(`${path} is ${JSON.stringify(text)}, which is no pattern.`);
    return { path, text };
  });
}

/** What includes, and what is taken out again, wherever it stands in the list. */
function byNegation(include: readonly string[]): [Entry[], Entry[]] {
  const entries = entriesOf("include", include);
  const included = entries.filter(({ text }) => !isNegated(text));
  const negated = entries.filter(({ text }) => isNegated(text));
  if (included.length === 0 && negated.length > 0) {
    throw new InputError(
      `include holds only patterns with "!", which take out what other entries put in; move them to exclude, without the "!".`,
    );
  }
  return [included, negated.map(({ path, text }) => ({ path, text: text.slice(1) }))];
}

/** `!(a|b)` is a glob of its own. */
const isNegated = (text: string): boolean => /^!(?!\()/.test(text);

interface Meant {
  /** The pattern from where names start, without a slash at its end. */
  readonly text: string;
  readonly isFolder: boolean;
  /** Whether a slash stands before the end, which ties a .gitignore's pattern to the place where names start. */
  readonly isTied: boolean;
}

/** Refuses what no name can match. */
function meantBy(path: string, given: string): Meant {
  const refuse = (why: string) =>
    new InputError(`${path} is ${JSON.stringify(given)}, which matches nothing: ${why}`);
  if (isNegated(given)) {
    throw refuse(
      'an entry of exclude cannot put back in what another leaves out, and "!" stands once, at the start of an entry of include.',
    );
  }
  if (/\\([A-Za-z0-9_]|$)/.test(given)) throw refuse("parts of a name are separated by /, on every system.");
  const text = given.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (text === "" || text === ".") throw refuse('for everything, write "**".');
  if (text.split("/").some((part) => part === "." || part === "..")) {
    throw refuse("no name has a part that is . or .., and nothing outside of the folder is meant.");
  }
  return { text, isFolder: given.endsWith("/"), isTied: given.replace(/\/+$/, "").includes("/") };
}

/** A folder is what lies in it. */
const asIncluded = ({ text, isFolder }: Meant): string => (isFolder ? `${text}/**/*` : text);

/** A folder that is named without a slash before its end is left out wherever it is, as by a .gitignore. */
const asExcluded = ({ text, isFolder, isTied }: Meant): string =>
  isFolder ? `${isTied ? "" : "**/"}${text}/**/*` : text;

function matcher(path: string, given: string, glob: string, dot: boolean): (name: string) => boolean {
  try {
    // Slashes separate names the same way on every system; a line break is a character as any other.
    const match = picomatch(glob, { dot, windows: false, flags: "s" });
    return (name) => match(name);
  } catch (error) {
    throw new InputError(
      `${path} is ${JSON.stringify(given)}, which cannot be read: ${(error as Error).message}.`,
    );
  }
}
