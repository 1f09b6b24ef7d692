/**
 * Results files of reliability and benchmark runs. `npm run results -- FILE` renders a file of `npm run prove` into its page in
 * docs/results; a run with the plugin has a page of its own.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";

import { format, resolveConfig } from "prettier";

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

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

interface SuiteResult {
  readonly milliseconds: number;
  readonly table: Table;
  readonly tables?: readonly Table[];
  readonly notes?: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly where: string; readonly what: string }[];
}

interface Results extends RunFacts {
  readonly suites: Readonly<Record<string, SuiteResult>>;
  readonly secrets: {
    readonly seeded: number;
    readonly searched: Record<string, number>;
    readonly leaks: object[];
  };
}

/** Returns the page with each text of `sections` between its markers. Throws if the page lacks a section. */
export function replaceSections(page: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, section]) => {
    const markers = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- end of ${name} -->)`);
    if (!markers.test(text)) throw new Error(`The page has no section <!-- ${name} -->.`);
    return text.replace(markers, (_, begin: string, end: string) => `${begin}\n\n${section}\n\n${end}`);
  }, page);
}

/** The sections of docs/results/reliability.md for a results file, without those of suites that did not run. */
export function sectionsOf({ command, date, machine, suites, secrets }: Results): Record<string, string> {
  const searched = Object.values(secrets.searched);
  const characters = searched.reduce((sum, length) => sum + length, 0);
  const found = secrets.leaks.length === 0 ? "None was found." : `FOUND in clear: ${secrets.leaks.length}.`;
  const search = `All suites searched ${characters} characters in ${searched.length} places for ${secrets.seeded} seeded values. ${found}`;
  return {
    run: `\`${command}\`, ${date.slice(0, 10)}; ${machine}.`,
    ...Object.fromEntries(Object.entries(suites).map(([name, result]) => [name, describeSuite(result)])),
    secrets: [suites.secrets && describeSuite(suites.secrets), search].filter(Boolean).join("\n\n"),
  };
}

function describeSuite({
  milliseconds,
  table: first,
  tables = [],
  notes = [],
  figures,
  failures,
}: SuiteResult): string {
  const counts = Object.entries(figures).map(([name, count]) => `${count} ${name}`);
  const verdict = failures.length === 0 ? "all guarantees kept" : `BROKEN guarantees: ${failures.length}`;
  return [
    ...[first, ...tables].map(({ head, rows }) => table(head, rows)),
    ...notes,
    `${counts.join(", ")}; ${Math.round(milliseconds / 1_000)} s; ${verdict}.`,
    ...failures.map(({ where, what }) => `FAILED ${where}: ${what}`),
  ].join("\n\n");
}

async function main(results: string): Promise<void> {
  const read = JSON.parse(await readFile(results, "utf8")) as Results;
  const page = `docs/results/reliability${read.command.includes("--host plugin") ? "-plugin" : ""}.md`;
  const sections = sectionsOf(read);
  const text = replaceSections(await readFile(page, "utf8"), sections);
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
  console.log(page);
}

if (require.main === module) {
  main(process.argv[2] ?? "prove-results.json").catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
