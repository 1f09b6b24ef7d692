/** Results of reliability and benchmark runs, with the facts that are needed to repeat the run elsewhere. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";

export interface RunFacts {
  /** The command line of this run. */
  readonly command: string;
  /** When the run began: ISO 8601. */
  readonly date: string;
  /** Processor, number of cores, memory, and version of Node. */
  readonly machine: string;
}

export function runFacts(command: string, began = new Date()): RunFacts {
  const cores = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cores.length} × ${cores[0]?.model.trim() ?? "unknown"}, ${memory}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
  return { command, date: began.toISOString(), machine };
}

/** Writes facts and results as JSON, and returns the file's path. */
export async function writeResults(file: string, facts: RunFacts, results: object): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...facts, ...results }, undefined, 2)}\n`);
  return file;
}

/** A Markdown table, padded so that its columns are aligned on a terminal, too. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [cells[0]!, rule, ...cells.slice(1)].map(line).join("\n");
}
