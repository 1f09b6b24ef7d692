/** `npm run bench`: the figures of docs/performance.md, measured again. */
import { parseArgs } from "node:util";

import { progressOn } from "../tools/report/progress";
import { runFacts, writeResults } from "../tools/report/run";
import { figures } from "./figures";
import type { Result } from "./result";
import { measure, tableOf } from "./result";

const help = `Measures what jobs cost beyond the service's own time.

Usage: npm run bench -- [FIGURE ...] [--out FILE]

  FIGURE      Measures these alone: ${figures.map(({ name }) => name).join(", ")}.
  --out FILE  Where the figures go as JSON. Default: bench-results.json.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: "string", default: "bench-results.json" }, help: { type: "boolean" } },
  });
  const unknown = positionals.find((given) => !figures.some(({ name }) => name === given));
  if (values.help || unknown !== undefined) {
    process.stderr.write(unknown === undefined ? help : `There is no figure ${unknown}.\n\n${help}`);
    process.exitCode = unknown === undefined ? 0 : 2;
    return;
  }
  const chosen = figures.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const facts = runFacts(
    ["npm run bench", ...(positionals.length > 0 ? ["--", ...positionals] : [])].join(" "),
  );
  const progress = progressOn(process.stderr);
  const results: Result[] = [];
  for (const [index, figure] of chosen.entries()) {
    let doing = "beginning";
    const describe = () => `${index + 1} of ${chosen.length}, ${figure.name}: ${doing}`;
    results.push(
      await progress.during(
        describe,
        measure(figure, (text) => (doing = text)),
      ),
    );
  }
  process.stdout.write(`\`${facts.command}\`, ${facts.date}, ${facts.machine}:\n\n${tableOf(results)}\n`);
  progress.note(`The figures as JSON: ${await writeResults(values.out, facts, { figures: results })}`);
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
