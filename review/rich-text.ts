/** Sentences in which names are marked, so that each renderer can format them. */
import { redact } from "../lib/redact";

export type RichText = readonly Span[];
/** Prose, or a name. */
export type Span = string | { readonly code: string };

type Value = string | number | Span | RichText | false | undefined;

/** A tagged template. Strings and numbers become prose; `false`, `undefined` and `""` are omitted. */
export const text = (strings: TemplateStringsArray, ...values: readonly Value[]): RichText =>
  strings.flatMap((string, index) => [...(string === "" ? [] : [string]), ...spansOf(values[index])]);

/** Clauses in order. Each begins with its own space or punctuation. */
export const concat = (...clauses: readonly Value[]): RichText => clauses.flatMap(spansOf);

function spansOf(value: Value): RichText {
  if (value === undefined || value === false || value === "") return [];
  if (typeof value === "number") return [value.toLocaleString("en-US")];
  return Array.isArray(value) ? (value as RichText) : [value as Span];
}

/** A name from the preview, as one line of limited length without the credentials of a URL. */
export const code = (name: unknown): Span => ({ code: toLine(String(name), maxNameLength) });

/** At most this many names are listed; the others are counted. */
export const maxListed = 10;

export function codeList(names: readonly string[]): RichText {
  const rest = names.length - maxListed;
  return [
    ...join(names.slice(0, maxListed).map((name) => [code(name)])),
    ...(rest > 0 ? text` and ${rest} more` : []),
  ];
}

export const join = (texts: readonly RichText[], separator = ", "): RichText =>
  texts.flatMap((each, index) => (index === 0 ? [...each] : [separator, ...each]));

export const toPlainText = (richText: RichText): string =>
  richText.map((span) => (typeof span === "string" ? span : span.code)).join("");

/** `1 object`, `2,000 objects`. */
export const count = (number: number, singular: string, plural = `${singular}s`): string =>
  `${number.toLocaleString("en-US")} ${number === 1 ? singular : plural}`;

const maxNameLength = 300;
const maxQuoteLength = 100;

/** A part of the input, for an error message. */
export const quoted = (input: string): string => toLine(input, maxQuoteLength);

/** Line ends, control characters of terminals, and marks that change the direction of text. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

function toLine(input: string, maxLength: number): string {
  const line = redact(input).replace(controls, " ").trim();
  // A surrogate pair is not split.
  return line.length > maxLength ? `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
}
