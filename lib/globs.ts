/**
 * Glob patterns for names with forward slashes: keys of objects, or paths below a folder. A pattern starts at the prefix or
 * folder. A slash at its start or end, `..`, `!` and folders in `exclude` have the same meaning as in a .gitignore. Subscribers
 * may export a revision as soon as it is published, so an ambiguous pattern selects less.
 */
import picomatch from "picomatch";

import { InputError } from "./input-error";
import type { Message } from "./message-code";

export interface GlobPatterns {
  /** Patterns of names to select. Absent: everything but hidden names; empty: nothing. An entry with `!` excludes. */
  readonly include?: readonly string[];
  /** Patterns of names to leave out although `include` selects them. */
  readonly exclude?: readonly string[];
}

/** Selects names by patterns, and records which patterns matched a name. */
export class GlobFilter {
  private readonly includePatterns?: readonly Pattern[];
  private readonly excludePatterns: readonly Pattern[];

  /** @throws InputError for a pattern that cannot match any name. */
  constructor({ include, exclude = [] }: GlobPatterns) {
    const [included, negated] = include ? splitNegated(include) : [undefined, []];
    this.includePatterns = included?.map((entry) => new Pattern(entry, includeGlob));
    this.excludePatterns = [...negated, ...parseEntries("exclude", exclude)].map(
      (entry) => new Pattern(entry, excludeGlob),
    );
  }

  /**
   * Whether a name is selected. A name with a part that begins with a dot is selected only by a pattern that contains that
   * dot.
   *
   * @param whole The name from the start of its first part, if a prefix cuts that part.
   */
  matches(name: string, whole = name): boolean {
    const isHidden = hasHiddenPart(whole);
    const included = this.includePatterns
      ? anyOf(this.includePatterns, (pattern) => pattern.matches(name, isHidden))
      : !isHidden;
    // Both are evaluated in any case, to record which patterns match.
    return !this.excludes(name) && included;
  }

  /** Whether `exclude` leaves a name out, by itself or by a folder that it is in. */
  excludes(name: string): boolean {
    const names = [...name.matchAll(/\/|$/g)].map(({ index }) => name.slice(0, index)).filter(Boolean);
    return anyOf(this.excludePatterns, (pattern) => anyOf(names, (one) => pattern.matches(one, false)));
  }

  /** Whether the patterns can select hidden names. */
  get canMatchHidden(): boolean {
    return this.includePatterns !== undefined;
  }

  /** At most one warning, about the patterns that matched none of the names so far. */
  warnings(): Message[] {
    const unused = [...(this.includePatterns ?? []), ...this.excludePatterns].filter(({ isUsed }) => !isUsed);
    if (unused.length === 0) return [];
    const list = unused.map(({ entry: { path, given } }) => `${path} (${JSON.stringify(given)})`).join(", ");
    const hint = "A pattern starts at the folder or prefix; * ends at a slash, and **/ matches any folders.";
    return [{ code: "unused-pattern", text: `Nothing matches ${list}. ${hint}` }];
  }
}

/** Tests all items, without a stop at the first match. */
const anyOf = <T>(items: readonly T[], test: (item: T) => boolean): boolean => items.filter(test).length > 0;

const hasHiddenPart = (name: string): boolean => /(^|\/)\./.test(name);

class Pattern {
  isUsed = false;
  private readonly matchAny: (name: string) => boolean;
  private readonly matchWithDots: (name: string) => boolean;

  constructor(
    readonly entry: Entry,
    toGlob: (pattern: ParsedPattern) => string,
  ) {
    const glob = toGlob(parsePattern(entry));
    this.matchAny = compile(entry, glob, true);
    // An extended glob such as `!(a)` would match a dot that it does not contain.
    this.matchWithDots = /[?*+@!]\(/.test(entry.text) ? () => false : compile(entry, glob, false);
  }

  /** @param containsDots Whether the pattern must contain each dot at the start of a part of the name. */
  matches(name: string, containsDots: boolean): boolean {
    const matched = containsDots ? this.matchWithDots(name) : this.matchAny(name);
    this.isUsed ||= matched;
    return matched;
  }
}

interface Entry {
  /** Property path of the entry. */
  readonly path: string;
  /** The whole entry, for messages. */
  readonly given: string;
  /** The entry without the `!` that makes it exclude. */
  readonly text: string;
}

function parseEntries(argument: string, patterns: readonly string[]): Entry[] {
  if (!Array.isArray(patterns))
    throw new InputError("invalid-pattern", `${argument} must be a list of patterns.`);
  return patterns.map((text: unknown, index) => {
    const path = `${argument}[${index}]`;
    if (typeof text !== "string" || text === "")
      throw new InputError(
        "invalid-pattern",
        `${path} must be a pattern, a string that is not empty, not ${JSON.stringify(text)}.`,
      );
    return { path, given: text, text };
  });
}

/** The entries that include, and those with `!`, which exclude at any position of the list. */
function splitNegated(include: readonly string[]): [Entry[], Entry[]] {
  const entries = parseEntries("include", include);
  const included = entries.filter(({ text }) => !isNegated(text));
  const negated = entries.filter(({ text }) => isNegated(text));
  if (included.length === 0 && negated.length > 0) {
    throw new InputError(
      "only-negated-patterns",
      'include holds only patterns with "!", which leave out what other entries select. Move them to exclude, without the "!".',
    );
  }
  return [included, negated.map((entry) => ({ ...entry, text: entry.text.slice(1) }))];
}

/** `!(a|b)` is an extended glob and not a negated pattern. */
const isNegated = (text: string): boolean => /^!(?!\()/.test(text);

interface ParsedPattern {
  /** The pattern without `/` or `./` at its start, and without a slash at its end. */
  readonly text: string;
  readonly isFolder: boolean;
  /** Whether the pattern has a slash before its end. As in a .gitignore, it then matches only from the start of names. */
  readonly isAnchored: boolean;
}

function parsePattern({ path, given, text: whole }: Entry): ParsedPattern {
  const unmatchable = (why: string) =>
    new InputError(
      "unmatchable-pattern",
      `${path} is ${JSON.stringify(given)}, which cannot match any name: ${why}`,
    );
  if (isNegated(whole)) {
    throw unmatchable(
      'exclude cannot select again what another entry leaves out, and "!" stands once, at the start of an entry of include.',
    );
  }
  if (/\\([A-Za-z0-9_]|$)/.test(whole))
    throw unmatchable("parts of a name are separated by /, on every system.");
  const text = whole.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (text === "" || text === ".") throw unmatchable('to select everything, write "**".');
  if (text.split("/").some((part) => part === "." || part === "..")) {
    throw unmatchable("names have no part . or .., and a pattern cannot lead out of the folder.");
  }
  return { text, isFolder: whole.endsWith("/"), isAnchored: whole.replace(/\/+$/, "").includes("/") };
}

/** A folder's pattern matches everything in the folder. */
const includeGlob = ({ text, isFolder }: ParsedPattern): string => (isFolder ? `${text}/**/*` : text);

/** A folder without a slash before its end is left out at any depth, as by a .gitignore. */
const excludeGlob = ({ text, isFolder, isAnchored }: ParsedPattern): string =>
  isFolder ? `${isAnchored ? "" : "**/"}${text}/**/*` : text;

function compile({ path, given }: Entry, glob: string, dot: boolean): (name: string) => boolean {
  try {
    // Slashes separate names on every system, and a line break is an ordinary character.
    const match = picomatch(glob, { dot, windows: false, flags: "s" });
    return (name) => match(name);
  } catch (error) {
    const reason = (error as Error).message;
    throw new InputError(
      "invalid-pattern",
      `${path} is ${JSON.stringify(given)}, which is not a valid pattern: ${reason}.`,
      [reason],
    );
  }
}
