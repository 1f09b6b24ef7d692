/** The messages of the engine in a preview, one line each. */
import { redact } from "../lib/redact";
import type { Urn, Values } from "./preview-values";
import { isObject, membersOf, parseUrn, stackType } from "./preview-values";

export interface Message {
  readonly urn?: Urn;
  readonly message: string;
}

const members = ["urn", "prefix", "message", "severity"];

export const isDiagnostic = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([member, value]) => members.includes(member) && typeof value === "string");

export function parseDiagnostics(diagnostics: readonly unknown[]): {
  readonly errors: readonly Message[];
  readonly notes: readonly Message[];
} {
  const messages = diagnostics
    .map(membersOf)
    .filter(({ message }) => typeof message === "string" && message.trim() !== "");
  const isError = ({ severity }: Values): boolean => severity === "error";
  return {
    errors: withoutRepetitions(messages.filter(isError).flatMap(parseMessage)),
    notes: withoutRepetitions(messages.filter((message) => !isError(message)).flatMap(parseMessage)),
  };
}

function parseMessage({ urn, message }: Values): Message[] {
  const text = withoutValue((message as string).replace(/^error:\s*/, ""));
  return diagnosticLines(text).map((line) => ({ urn: parseUrn(urn), message: redact(line) }));
}

/**
 * If a check rejects a property, the engine prints its value, even a secret one: `property P value V has a problem: R`.
 * The value may contain any text, including these words and line ends.
 */
function withoutValue(message: string): string {
  const start = /': property \S+ (?=value )|- property \S+ (?=with value ')/.exec(message);
  if (!start) return message;
  const value = start.index + start[0].length;
  const end = message.lastIndexOf("has a problem: ");
  return end < value ? message.slice(0, value).trimEnd() : message.slice(0, value) + message.slice(end);
}

/** A compiler's error: `index.ts(12,5): error TS2322: …`, or `index.ts:12:5 - error TS2322: …`. */
const compilerError = /^\S.*?(?:\(\d+,\d+\):|:\d+:\d+ -) error TS\d+: /;
/** If Node cannot parse a file, its message begins with a line that has only the file and the line number. */
const location = /^(?:\/|[A-Za-z]:\\|file:).*:\d+$/;

/** The first line, and the following line where the first ends in a colon. The rest is a stack trace or the inputs. */
function diagnosticLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const compiled = lines.flatMap((line, index) =>
    compilerError.test(line) ? [withReason(line, lines.slice(index + 1))] : [],
  );
  if (compiled.length > 0) return compiled;
  const trimmed = lines.map((line) => line.trim()).filter((line) => line !== "");
  let end = 0;
  while (trimmed[end]?.endsWith(":") && end < trimmed.length - 1) end++;
  const first = trimmed.slice(0, end + 1).join(" ");
  const reason = location.test(trimmed[end] ?? "")
    ? trimmed.find((line) => /^\w*Error\b/.test(line))
    : undefined;
  return [reason === undefined ? first : `${first}: ${reason}`];
}

/** The last of the indented lines that follow is the reason. */
function withReason(line: string, following: readonly string[]): string {
  const end = following.findIndex((next) => !/^ {2,}\S/.test(next) || /^ +at /.test(next));
  const reason = following.slice(0, end < 0 ? undefined : end).at(-1);
  if (reason === undefined) return line;
  // The compiler may print types that are longer than the limit of a message, before the reason.
  return `${line.length > 140 ? `${line.slice(0, 139)}…` : line} ${reason.trim()}`;
}

/** A message is compared with at most this many earlier ones. */
const maxCompared = 100;

/** Omits shorter repetitions, which the engine prints. Equal messages of two resources are both kept. */
function withoutRepetitions(messages: readonly Message[]): Message[] {
  const kept: Message[] = [];
  const keys = new Set<string>();
  const earlier: { text: string; urn?: Urn }[] = [];
  for (const message of messages) {
    const { urn } = message;
    const text = message.message.toLowerCase();
    const key = JSON.stringify([urn?.text, text]);
    const isGeneral = urn === undefined || urn.type === stackType;
    const isRepetition = earlier.some(
      (other) => (isGeneral || urn.text === other.urn?.text) && other.text.includes(text),
    );
    if (isRepetition || keys.has(key)) continue;
    keys.add(key);
    kept.push(message);
    if (earlier.length < maxCompared) earlier.push({ text, urn });
  }
  return kept;
}
