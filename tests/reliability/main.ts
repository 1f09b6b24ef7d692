/** `npm run prove [-- part …] [-- --json FILE]`: shows that a job is never lost and never runs twice, whatever fails. */
import { devNull } from "node:os";
import { parseArgs } from "node:util";

import { formatDuration } from "../../lib/duration";
import { progressOn } from "../../scripts/progress";
import { runFacts, table, writeResults } from "../../scripts/run-report";
import type { Outcome, Part } from "./frame/suite";
import { recordsVariable, withRecords } from "./frame/records";
import { parts } from "./suites";
import { environment, plantAll } from "./secrets/seeded-secrets";
import { Secrets } from "./secrets/secrets";

interface Done {
  readonly part: Part;
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

async function prove(chosen: readonly Part[], file: string, command: string): Promise<boolean> {
  const facts = runFacts(command);
  const progress = progressOn(process.stderr);
  const secrets = new Secrets();
  plantAll(secrets);
  const done: Done[] = [];
  for (const part of chosen) {
    progress.note(`${part.name}: ${part.title}`);
    const began = Date.now();
    const outcome = await progress.during(...watched(part, secrets));
    done.push({ part, outcome, milliseconds: Date.now() - began });
    console.log(report(done.at(-1)!));
  }
  console.log(closing(done, secrets));
  const results = Object.fromEntries(
    done.map(({ part, outcome, milliseconds }) => [part.name, { milliseconds, ...outcome }]),
  );
  const { searched, leaks, count } = secrets;
  const path = await writeResults(file, facts, {
    parts: results,
    secrets: { planted: count, searched, leaks },
  });
  console.log(`\n${facts.command}, ${facts.date}, ${facts.machine}\nAll results: ${path}`);
  return leaks.length === 0 && done.every(({ outcome }) => outcome.failures.length === 0);
}

function watched(part: Part, secrets: Secrets): [() => string, Promise<Outcome>] {
  let text = "begins";
  const work = part.run({ secrets, progress: (now) => (text = now) });
  return [() => `${part.name}: ${text}`, work];
}

function report({ part, outcome }: Done): string {
  const { table: first, tables = [], notes = [], failures } = outcome;
  return [
    `\n## ${part.name}: ${part.title}\n`,
    ...[first, ...tables].map(({ head, rows }) => `${table(head, rows)}\n`),
    ...notes.map((note) => `\n${note}`),
    ...failures.map(({ where, what, story }) =>
      [`\nFAILED ${where}\n  ${what}`, story?.replace(/^/gm, "  | ")].filter(Boolean).join("\n"),
    ),
  ].join("\n");
}

function closing(done: readonly Done[], { count, searched, leaks }: Secrets): string {
  const characters = Object.values(searched).reduce((sum, length) => sum + length, 0);
  const rows = done.map(({ part, outcome, milliseconds }) => [
    part.name,
    Object.entries(outcome.figures)
      .map(([name, figure]) => `${figure} ${name}`)
      .join(", "),
    formatDuration(milliseconds),
    outcome.failures.length === 0 ? "kept" : `${outcome.failures.length} BROKEN`,
  ]);
  const found = leaks.length === 0 ? "kept" : `${leaks.length} FOUND`;
  const looked = `${count} planted, ${characters} characters in ${Object.keys(searched).length} places`;
  return [
    "\n## Summary\n",
    table(["part", "figures", "time", "promises"], [...rows, ["secrets", looked, "", found]]),
    ...leaks.map(({ secret, place, around }) => `\nFOUND the ${secret} in the ${place}: ${around}`),
  ].join("\n");
}

/** Nothing of the user's own AWS settings has a say here; what has is planted. */
function forgetAws(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
}

/** Nothing was shown, so nothing was broken either. */
class WrongPart extends Error {}

function choose(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) {
    throw new WrongPart(
      `There is no part ${unknown}; there are ${parts.map(({ name }) => name).join(", ")}.`,
    );
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

forgetAws();
Object.assign(process.env, environment);
const { values, positionals } = parseArgs({
  options: { json: { type: "string", default: "prove-results.json" } },
  allowPositionals: true,
});
const command = ["npm run prove", ...(positionals.length > 0 ? ["--", ...positionals] : [])].join(" ");
Promise.resolve()
  .then(() =>
    withRecords((records) => {
      // The programs of the parts run in this process, and find the records where their hosts do.
      process.env[recordsVariable] = records;
      return prove(choose(positionals), values.json, command);
    }),
  )
  .then((kept) => (process.exitCode = kept ? 0 : 1))
  .catch((error: Error) => {
    const isWrongPart = error instanceof WrongPart;
    console.error(isWrongPart ? error.message : error.stack);
    process.exitCode = isWrongPart ? 2 : 1;
  });
