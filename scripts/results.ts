/**
 * Results files of reliability and benchmark runs. `npm run results -- FILE ...` renders files of `npm run prove` into their page
 * in docs/results; runs with the plugin have a page of their own.
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

/** Reads results files of one command. */
export const readResults = <T>(files: readonly string[]): Promise<T[]> =>
  Promise.all(files.map(async (file) => JSON.parse(await readFile(file, "utf8")) as T));

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

/** Writes texts into the sections of a page. */
export async function writeSections(page: string, sections: Readonly<Record<string, string>>): Promise<void> {
  const text = replaceSections(await readFile(page, "utf8"), sections);
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
}

/** The sections of docs/results/reliability.md for the runs, without those of suites that did not run. */
export function sectionsOf(runs: readonly Results[]): Record<string, string> {
  const suites = Object.fromEntries(
    runs.flatMap((run) =>
      Object.entries(run.suites).map(([name, result]) => [name, describeSuite(result, run)] as const),
    ),
  );
  const machines = [...new Set(runs.map(({ machine }) => machine))].join("; ");
  return {
    run: `Each section ends with the command and the date of its run. Machine: ${machines}.`,
    ...suites,
    secrets: [suites.secrets, describeSearch(runs)].filter(Boolean).join("\n\n"),
  };
}

function describeSearch(runs: readonly Results[]): string {
  const all = runs.map(({ secrets }) => secrets);
  const places = new Set(all.flatMap(({ searched }) => Object.keys(searched)));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const characters = sum(all.flatMap(({ searched }) => Object.values(searched)));
  // Runs repeat the values that are not made by the service.
  const seeded = Math.max(...all.map((secrets) => secrets.seeded));
  const leaks = sum(all.map((secrets) => secrets.leaks.length));
  const found = leaks === 0 ? "None was found." : `FOUND in clear: ${leaks}.`;
  const names = runs.flatMap((run) => Object.keys(run.suites)).join(", ");
  return `The suites ${names} searched ${characters} characters in ${places.size} places for up to ${seeded} seeded values. ${found}`;
}

function describeSuite(
  { milliseconds, table: first, tables = [], notes = [], figures, failures }: SuiteResult,
  { command, date }: RunFacts,
): string {
  const counts = Object.entries(figures).map(([name, count]) => `${count} ${name}`);
  const verdict = failures.length === 0 ? "all guarantees kept" : `BROKEN guarantees: ${failures.length}`;
  return [
    ...[first, ...tables].map(({ head, rows }) => table(head, rows)),
    ...notes,
    `${counts.join(", ")}; ${Math.round(milliseconds / 1_000)} s; ${verdict}. \`${command}\`, ${date.slice(0, 10)}.`,
    ...failures.map(({ where, what }) => `FAILED ${where}: ${what}`),
  ].join("\n\n");
}

const isOfPlugin = ({ command }: Results): boolean => command.includes("--host plugin");

async function main(files: readonly string[]): Promise<void> {
  const runs = await readResults<Results>(files);
  const [plugin] = runs.map(isOfPlugin);
  if (runs.some((run) => isOfPlugin(run) !== plugin)) throw new Error("The files are of two providers.");
  const page = `docs/results/reliability${plugin ? "-plugin" : ""}.md`;
  await writeSections(page, sectionsOf(runs));
  console.log(page);
}

if (require.main === module) {
  const files = process.argv.slice(2);
  main(files.length > 0 ? files : ["prove-results.json"]).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
