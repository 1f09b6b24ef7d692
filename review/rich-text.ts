/** Sentences of prose and of names; how a name is set off from the prose is a renderer's business. */
import { redact } from "../lib/redact";

export type Phrase = readonly Part[];
export type Part = string | { readonly name: string };

type Told = string | number | Part | Phrase | false | undefined;

/** A phrase from a template: phrases and names stay what they are, texts and numbers are prose, nothing is nothing. */
export const say = (texts: TemplateStringsArray, ...values: readonly Told[]): Phrase =>
  texts.flatMap((text, index) => [...(text === "" ? [] : [text]), ...partsOf(values[index])]);

function partsOf(told: Told): Phrase {
  if (told === undefined || told === false || told === "") return [];
  if (typeof told === "number") return [told.toLocaleString("en-US")];
  return Array.isArray(told) ? (told as Phrase) : [told as Part];
}

/** What somebody else has named: one line, not too long, and no credential of a URL in it. */
export const name = (text: unknown): Part => ({ name: shown(String(text)) });

export const join = (phrases: readonly Phrase[], between = ", "): Phrase =>
  phrases.flatMap((phrase, index) => (index === 0 ? [...phrase] : [between, ...phrase]));

export const sentence = (phrase: Phrase): string =>
  phrase.map((part) => (typeof part === "string" ? part : part.name)).join("");

/** At most this many names are told; the rest is a number. */
export const mostNamed = 10;

export function names(all: readonly string[]): Phrase {
  const rest = all.length - mostNamed;
  return [
    ...join(all.slice(0, mostNamed).map((one) => [name(one)])),
    ...(rest > 0 ? say` and ${rest} more` : []),
  ];
}

/** `1 object`, `2,000 objects`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;

const longest = 300;

/** What an input holds, in a message about it. */
export const quoted = (text: string): string => shown(text, 100);

/** Ends of lines, what a terminal obeys, and what turns the direction of a text. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

function shown(text: string, most = longest): string {
  const line = redact(text).replace(controls, " ").trim();
  // Not between the halves of a character.
  return line.length > most ? `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
}
