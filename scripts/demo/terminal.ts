import { EngineOutput } from "./engine-output";
import { wrap } from "./wrap";

const style = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 };
const reset = "\u001b[0m";

/** Longer lines are hard to read. */
const widest = 110;

/** How the demo speaks: what it says itself is flush left, what the engine says stands behind a bar. */
export class Screen {
  readonly colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
  private readonly width = Math.min(process.stdout.columns || widest, widest);

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

  /** A command that does by hand what the demo does now. */
  command(text: string): void {
    this.print(this.paint("bold", `$ ${text}`));
  }

  /** What has been seen, and checked. */
  notice(text: string): void {
    for (const line of wrap(`✓ ${text}`, this.width, 2)) this.print(this.paint("green", line));
  }

  failure(text: string): void {
    this.print("");
    for (const line of wrap(`✗ ${text}`, this.width, 2)) this.print(this.paint("red", line));
  }

  /** Columns as wide as what is in them; numbers to the right. */
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
    // The engine's colours may go on over the end of a line, and must not colour what comes after it.
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
