import { stripVTControlCharacters } from "node:util";

const style = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 };
const reset = "\u001b[0m";

/** Longer lines are hard to read. */
const maxWidth = 110;

/** Writes the demo's own text flush left, and the engine's output behind a bar. */
export class Screen {
  readonly colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
  private readonly width = Math.min(process.stdout.columns || maxWidth, maxWidth);

  title(text: string): void {
    this.print(`\n${this.paint("bold", text)}`);
  }

  heading(text: string): void {
    const line = "─".repeat(Math.max(2, this.width - text.length - 4));
    this.print(`\n${this.paint("cyan", "──")} ${this.paint("bold", text)} ${this.paint("cyan", line)}`);
  }

  say(text: string): void {
    for (const line of wrap(text, this.width)) this.print(line);
  }

  /** The command that does the same by hand. */
  command(text: string): void {
    this.print(this.paint("bold", `$ ${text}`));
  }

  /** A result that was checked. */
  notice(text: string): void {
    for (const line of wrap(`✓ ${text}`, this.width, 2)) this.print(this.paint("green", line));
  }

  failure(text: string): void {
    this.print("");
    for (const line of wrap(`✗ ${text}`, this.width, 2)) this.print(this.paint("red", line));
  }

  /** Aligns columns; numbers to the right. */
  table(header: string[], rows: (string | number)[][]): void {
    const isNumber = header.map((_, column) => typeof rows[0]?.[column] === "number");
    const cells = [header, ...rows].map((row) => row.map((cell) => cell.toLocaleString("en")));
    const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
    const lines = cells.map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join("  "),
    );
    lines.forEach((line, index) => {
      const indented = `  ${line.trimEnd()}`;
      this.print(index === 0 ? this.paint("dim", indented) : indented);
    });
  }

  engineOutput(): EngineOutput {
    const bar = this.paint("dim", "  │");
    // The engine does not always reset a colour at the end of a line.
    const end = this.colours ? reset : "";
    return new EngineOutput((line) => {
      const parts = wrap(line.replaceAll("\t", "  "), this.width - 4, 2);
      for (const part of parts) this.print(`${bar} ${part}${end}`);
    });
  }

  private paint(name: keyof typeof style, text: string): string {
    return this.colours ? `\u001b[${style[name]}m${text}${reset}` : text;
  }

  private print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** The type token of a job, except in a URN, because users copy URNs to `--target`. */
const jobType = /(?<!::|\$)pulumi-nodejs:dynamic\/dataexchange:Job(?!::)/g;

/** Splits the engine's output into lines and drops those without information. */
export class EngineOutput {
  private rest = "";
  private last = "";

  constructor(private readonly show: (line: string) => void) {}

  write(chunk: string): void {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  end(): void {
    this.line(this.rest);
    this.rest = "";
  }

  private line(line: string): void {
    const plain = stripVTControlCharacters(line).trim();
    if (plain === "" || plain === this.last || isFiller(plain)) return;
    this.last = plain;
    this.show(line.trimEnd().replace(jobType, "dataexchange:Job"));
  }
}

/** Progress rows, the stack's own row unless it reports a problem, and the middle step of a replacement. */
const isFiller = (plain: string): boolean =>
  plain.startsWith("@ ") ||
  (/^(\S+ +)?pulumi:pulumi:Stack [^(]/.test(plain) && !/error|warning|failed/.test(plain)) ||
  /^\+- \S+ \S+ replac(ing|ed) /.test(plain);

/** Breaks a text between words. Later lines have the indent of the first, plus `hanging` spaces. */
export function wrap(text: string, width: number, hanging = 0): string[] {
  if (visible(text) <= width) return [text];
  const indent = /^ */.exec(text)![0];
  const [first = "", ...words] = text.slice(indent.length).split(" ");
  const lines: string[] = [];
  let line = indent + first;
  for (const word of words) {
    if (visible(line) + 1 + visible(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + " ".repeat(hanging) + word;
    }
  }
  return [...lines, line];
}

const visible = (text: string): number => stripVTControlCharacters(text).length;
