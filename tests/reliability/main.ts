/** `npm run prove [-- suite …] [-- --json FILE]`: checks that no job is lost or runs twice under faults, crashes and lag. */
import { devNull } from "node:os";
import { parseArgs } from "node:util";

import { formatDuration } from "../../lib/duration";
import { progressOn } from "../../scripts/progress";
import { runFacts, table, writeResults } from "../../scripts/results";
import { contentSuite } from "./content/suite";
import { crashesSuite } from "./crashes/suite";
import { faultsSuite } from "./faults/suite";
import { fuzzSuite } from "./fuzz/suite";
import { recordsVariable, withRecordsFolder } from "./host/host";
import { lagSuite } from "./lag/suite";
import { reviewSuite } from "./review/suite";
import { Secrets, addSeededSecrets, environment } from "./secrets/secrets";
import { secretsSuite } from "./secrets/suite";
import { soakSuite } from "./soak/suite";
import type { Suite, SuiteResult } from "./suite";
import { upgradeSuite } from "./upgrade/suite";

interface Done {
  readonly part: Suite;
  readonly outcome: SuiteResult;
  readonly milliseconds: number;
}

async function runSuites(chosen: readonly Suite[], file: string, command: string): Promise<boolean> {
  const facts = runFacts(command);
  const progress = progressOn(process.stderr);
  const secrets = new Secrets();
  addSeededSecrets(secrets);
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

function watched(part: Suite, secrets: Secrets): [() => string, Promise<SuiteResult>] {
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
    ...failures.map(({ where, what, log }) =>
      [`\nFAILED ${where}\n  ${what}`, log?.replace(/^/gm, "  | ")].filter(Boolean).join("\n"),
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
    table(["suite", "figures", "time", "promises"], [...rows, ["secrets", looked, "", found]]),
    ...leaks.map(({ secret, place, around }) => `\nFOUND the ${secret} in the ${place}: ${around}`),
  ].join("\n");
}

/** Removes the user's AWS settings; the suites use seeded ones. */
function removeAwsSettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
}

class UnknownSuiteError extends Error {}

function choose(names: readonly string[]): readonly Suite[] {
  const unknown = names.find((name) => !suites.some((part) => part.name === name));
  if (unknown !== undefined) {
    throw new UnknownSuiteError(
      `Unknown suite "${unknown}". Suites: ${suites.map(({ name }) => name).join(", ")}.`,
    );
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

removeAwsSettings();
Object.assign(process.env, environment);
const { values, positionals } = parseArgs({
  options: { json: { type: "string", default: "prove-results.json" } },
  allowPositionals: true,
});
const command = ["npm run prove", ...(positionals.length > 0 ? ["--", ...positionals] : [])].join(" ");
Promise.resolve()
  .then(() =>
    withRecordsFolder((records) => {
      // Inline programs run in this process and use the same folder of records as their hosts.
      process.env[recordsVariable] = records;
      return runSuites(choose(positionals), values.json, command);
    }),
  )
  .then((kept) => (process.exitCode = kept ? 0 : 1))
  .catch((error: Error) => {
    const isUnknownSuiteError = error instanceof UnknownSuiteError;
    console.error(isUnknownSuiteError ? error.message : error.stack);
    process.exitCode = isUnknownSuiteError ? 2 : 1;
  });

/** In the order in which they run. */
export const suites: readonly Suite[] = [
  faultsSuite,
  crashesSuite,
  lagSuite,
  contentSuite,
  secretsSuite,
  fuzzSuite,
  reviewSuite,
  soakSuite,
  upgradeSuite,
];
