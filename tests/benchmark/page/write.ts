/** Puts a results file into docs/performance.md: the tables between their marks, the plots beside it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import type { RunFacts } from "../../../scripts/report/run-metadata";
import type { Result } from "../report";
import { runsTable, tableOf } from "../report";
import { svgOf } from "./chart";
import { plotsOf } from "./plots";

/** Answers with the paths of what was written. */
export async function writePage(results: string, docs = "docs"): Promise<string[]> {
  const { figures, ...facts } = JSON.parse(await readFile(results, "utf8")) as RunFacts & {
    figures: Result[];
  };
  const page = join(docs, "performance.md");
  const told = {
    run: `\`${facts.command}\`, ${facts.date.slice(0, 10)}; ${facts.machine}.`,
    figures: tableOf(figures),
    runs: runsTable(figures),
  };
  const text = Object.entries(told).reduce(replaced, await readFile(page, "utf8"));
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
  const written = [page];
  await mkdir(join(docs, "images"), { recursive: true });
  for (const [name, chart] of Object.entries(plotsOf(figures.flatMap(({ runs = [] }) => runs)))) {
    const file = join(docs, "images", `${name}.svg`);
    await writeFile(file, svgOf(chart));
    written.push(file);
  }
  return written;
}

/** What stands between two marks of the page. */
export function replaced(page: string, [name, text]: readonly [string, string]): string {
  const marks = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- end of ${name} -->)`);
  if (!marks.test(page)) throw new Error(`The page has no place for ${name}: <!-- ${name} -->.`);
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`);
}
