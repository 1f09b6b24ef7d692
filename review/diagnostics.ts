/** What the engine reports in a preview, as one line each. */
import { redact } from "../lib/redact";
import type { Urn } from "./urn";
import { readUrn, stackType } from "./urn";
import type { Values } from "./preview-values";
import { isObject, membersOf } from "./preview-values";

export interface Message {
  readonly urn?: Urn;
  readonly message: string;
}

const members = ["urn", "prefix", "message", "severity"];

export const isDiagnostic = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([member, held]) => members.includes(member) && typeof held === "string");

export function readDiagnostics(diagnostics: readonly unknown[]): {
  readonly errors: readonly Message[];
  readonly notes: readonly Message[];
} {
  const messages = diagnostics.map(membersOf).filter(saysSomething);
  return {
    errors: withoutEchoes(messages.filter(isError).flatMap(readMessage)),
    notes: withoutEchoes(messages.filter((message) => !isError(message)).flatMap(readMessage)),
  };
}

const isError = ({ severity }: Values): boolean => severity === "error";

const saysSomething = ({ message }: Values): boolean => typeof message === "string" && message.trim() !== "";

function readMessage({ urn, message }: Values): Message[] {
  const text = withoutValue((message as string).replace(/^error:\s*/, ""));
  return linesOf(text).map((line) => ({ urn: readUrn(urn), message: redact(line) }));
}

/**
 * The engine prints the value of a property that a check refuses, also where it is a secret: `property P value V has a
 * problem: R`. The value may hold anything, these words and ends of lines included.
 */
function withoutValue(message: string): string {
  const start = /': property \S+ (?=value )|- property \S+ (?=with value ')/.exec(message);
  if (!start) return message;
  const value = start.index + start[0].length;
  const end = message.lastIndexOf("has a problem: ");
  return end < value ? message.slice(0, value).trimEnd() : message.slice(0, value) + message.slice(end);
}

/** What the compiler says of one place: `index.ts(12,5): error TS2322: …`, or `index.ts:12:5 - error TS2322: …`. */
const compilerError = /^\S.*?(?:\(\d+,\d+\):|:\d+:\d+ -) error TS\d+: /;
/** What Node says of a file that it cannot parse begins with the place alone. */
const place = /^(?:\/|[A-Za-z]:\\|file:).*:\d+$/;

/** The first line says what, and the next where that one leads to it; the others are a stack trace or the inputs. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const compiled = lines.flatMap((line, index) =>
    compilerError.test(line) ? [withReason(line, lines.slice(index + 1))] : [],
  );
  if (compiled.length > 0) return compiled;
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  let end = 0;
  while (said[end]?.endsWith(":") && end < said.length - 1) end++;
  const first = said.slice(0, end + 1).join(" ");
  const why = place.test(said[end] ?? "") ? said.find((line) => /^\w*Error\b/.test(line)) : undefined;
  return [why === undefined ? first : `${first}: ${why}`];
}

/** The innermost of the indented lines that follow is the reason. */
function withReason(line: string, following: readonly string[]): string {
  const end = following.findIndex((next) => !/^ {2,}\S/.test(next) || /^ +at /.test(next));
  const reason = following.slice(0, end < 0 ? undefined : end).at(-1);
  return reason === undefined ? line : `${shortened(line)} ${reason.trim()}`;
}

/** The types that the compiler writes out may be longer than all that is shown, and the reason comes after them. */
const shortened = (line: string): string => (line.length > 140 ? `${line.slice(0, 139)}…` : line);

/** With so many earlier messages is one compared; a program may write any number. */
const mostCompared = 100;

/** The engine says what a program or a resource has said a second time, in short; what another says is its own. */
function withoutEchoes(messages: readonly Message[]): Message[] {
  const kept: Message[] = [];
  const known = new Set<string>();
  const earlier: { text: string; urn?: Urn }[] = [];
  for (const message of messages) {
    const { urn } = message;
    const text = message.message.toLowerCase();
    const key = JSON.stringify([urn?.text, text]);
    const isGeneral = urn === undefined || urn.type === stackType;
    const isEcho = earlier.some(
      (other) => (isGeneral || urn.text === other.urn?.text) && other.text.includes(text),
    );
    if (isEcho || known.has(key)) continue;
    known.add(key);
    kept.push(message);
    if (earlier.length < mostCompared) earlier.push({ text, urn });
  }
  return kept;
}
