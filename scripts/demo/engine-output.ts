import { stripVTControlCharacters } from "node:util";

/** The type of a job in a row. Within a URN, which can be copied to `--target`, it stays as it is. */
const jobType = /(?<!::|\$)pulumi-nodejs:dynamic\/dataexchange:Job(?!::)/g;

/** The engine's output in whole lines, as it comes, without what only fills the screen. */
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

/** Signs of life; the stack's own row, unless it has news; the step between the two that make a replacement. */
const isFiller = (plain: string): boolean =>
  plain.startsWith("@ ") ||
  (/^(\S+ +)?pulumi:pulumi:Stack [^(]/.test(plain) && !/error|warning|failed/.test(plain)) ||
  /^\+- \S+ \S+ replac(ing|ed) /.test(plain);
