/** `npm run bench`: measures the figures of docs/results/performance.md. */
import { parseCommand } from "../../scripts/parse-command";
import { progressOn } from "../../scripts/progress";
import { runFacts, writeResults } from "../../scripts/results";
import type { Contestant } from "./contest/contest";
import { benchmarks, selectBenchmarks } from "./benchmarks";
import { writePage } from "./page";
import type { Result } from "./report";
import { measure, runsTable, resultsTable } from "./report";

const help = `Measures what jobs cost beyond the service's own time, and compares this package with other programs.

Usage: npm run bench -- [BENCHMARK ...] [--objects N] [--seconds N] [--who NAMES] [--out FILE]
       npm run bench -- page FILE ...

  page FILE    Writes results files into docs/results/performance.md and draws its charts.

  BENCHMARK    Measures only these: ${benchmarks.map(({ name }) => name).join(", ")}.
  --objects N  Number of objects in comparisons with alternatives. Default: several sizes.
  --seconds N  Duration of a job in these comparisons.
  --who NAMES  Contestants, separated by commas: ours, JobSet, B, C, S, R (see tests/benchmark/alternatives/README.md).
  --out FILE   Results file (JSON). Default: bench-results.json.
`;

async function main(): Promise<void> {
  const [page, ...files] = process.argv.slice(2);
  if (page === "page" && files.length > 0) {
    process.stdout.write(`${(await writePage(files)).join("\n")}\n`);
    return;
  }
  const command = parseCommand(help, benchmarks, {
    ...{ objects: { type: "string" }, seconds: { type: "string" }, who: { type: "string" } },
    out: { type: "string", default: "bench-results.json" },
  });
  if (!command) return;
  const { names, values } = command;
  const { objects, seconds, who } = values;
  const chosen = selectBenchmarks({
    ...(objects !== undefined && { objects: Number(objects) }),
    ...(seconds !== undefined && { lasting: Number(seconds) }),
    ...(who !== undefined && { who: who.split(",") as Contestant[] }),
  }).filter(({ name }) => names.length === 0 || names.includes(name));
  // Where the results are written says nothing about them.
  const given = process.argv.slice(2).filter((arg, index, all) => ![arg, all[index - 1]].includes("--out"));
  const facts = runFacts(["npm run bench", ...(given.length > 0 ? ["--", ...given] : [])].join(" "));
  const progress = progressOn(process.stderr);
  const results: Result[] = [];
  for (const [index, figure] of chosen.entries()) {
    let doing = "starting";
    const describe = () => `${index + 1} of ${chosen.length}, ${figure.name}: ${doing}`;
    results.push(
      await progress.during(
        describe,
        measure(figure, (text) => (doing = text)),
      ),
    );
    // After each benchmark, so that an interruption loses only the rest.
    await writeResults(values.out, facts, { figures: results });
  }
  process.stdout.write(
    `\`${facts.command}\`, ${facts.date}, ${facts.machine}:\n\n${resultsTable(results)}\n\n${runsTable(results)}\n`,
  );
  progress.note(`The figures as JSON: ${values.out}`);
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

// The listeners of "exit" end child processes; a signal alone does not call them.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
