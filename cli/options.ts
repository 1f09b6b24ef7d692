/** Options of a command as a table, which defines its parser and its help. */
import { parseArgs } from "node:util";

import { withCode } from "../lib/message-code";

interface Option {
  readonly name: string;
  /** The placeholder of the value in the help. Default: the option is a flag. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  /** A sentence. */
  readonly summary: string;
  readonly default?: string;
}

/** From a usage such as `quiet`, `port N`, or `quota TYPE=N ...` if the option may be repeated. */
export function optionOf(usage: string, summary: string, standard?: string): Option {
  const [name = "", value, repeated] = usage.split(" ");
  return { name, value, summary, default: standard, isRepeatable: repeated !== undefined };
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly Option[];
  /** Text after the options. */
  readonly notes?: string;
  /** Whether the command takes a file. */
  readonly takesFile?: boolean;
}

/** A wrong command line. The exit code is 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    readonly code:
      | "unknown-command"
      | "unknown-option"
      | "missing-value"
      | "unexpected-value"
      | "unexpected-argument"
      | "invalid-value",
    message: string,
  ) {
    super(withCode(message, code));
  }
}

export interface Arguments {
  /** The last value of the option. */
  text: (name: string) => string | undefined;
  /** All values of a repeatable option. */
  texts: (name: string) => readonly string[] | undefined;
  has: (name: string) => boolean;
  readonly file?: string;
}

const helpOption = optionOf("help", "Prints this text.");

/** Throws a `UsageError` that names the option. */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const options = [...command.options, helpOption];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      options.map(({ name, value }) => [name, { type: value === undefined ? "boolean" : "string" }]),
    ),
  });
  const given: { name: string; value: string }[] = [];
  const files: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    if (token.kind !== "option") continue;
    const { rawName, value, inlineValue } = token;
    const option = options.find(({ name }) => rawName === `--${name}`);
    if (!option) throw new UsageError("unknown-option", `Unknown option "${rawName}". ${hint(command)}`);
    if (option.value === undefined && value !== undefined)
      throw new UsageError("unexpected-value", `${rawName} takes no value. ${hint(command)}`);
    if (option.value !== undefined && (value === undefined || (!inlineValue && /^-./.test(value))))
      throw new UsageError(
        "missing-value",
        `${rawName} needs a value: ${rawName} ${option.value}. ${hint(command)}`,
      );
    given.push({ name: option.name, value: value ?? "" });
  }
  const [file, ...others] = files;
  const extra = command.takesFile ? others[0] : file;
  if (extra !== undefined)
    throw new UsageError("unexpected-argument", `Unexpected argument "${extra}". ${hint(command)}`);
  const texts = (name: string) => given.filter((each) => each.name === name).map(({ value }) => value);
  return {
    text: (name) => texts(name).at(-1),
    texts: (name) => (texts(name).length > 0 ? texts(name) : undefined),
    has: (name) => texts(name).length > 0,
    ...(command.takesFile && { file }),
  };
}

const hint = ({ name }: Command): string =>
  `Run \`pulumi-dataexchange ${name} --help\` for a list of options.`;

/** The option as it is written, such as `--quota TYPE=N`. */
export const signature = ({ name, value }: Option): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

/** The summary, the default, and whether the option may be repeated. */
export const description = ({ summary, default: standard, isRepeatable }: Option): string =>
  [summary, standard && `Default: ${standard}.`, isRepeatable && "May be repeated."]
    .filter(Boolean)
    .join(" ");

const indent = 40;
const maxWidth = 110;

export function helpOf({ summary, usage, options, notes }: Command): string {
  const lines = [...options, helpOption].map((option) => {
    const [first = "", ...others] = wrap(description(option), maxWidth - indent);
    return [`  ${signature(option)}`.padEnd(indent - 1) + ` ${first}`, ...others.map(pad)].join("\n");
  });
  return `${[summary, `Usage: ${usage}`, lines.join("\n"), ...(notes === undefined ? [] : [notes])].join("\n\n")}\n`;
}

const pad = (line: string): string => " ".repeat(indent) + line;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}
