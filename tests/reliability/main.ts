/** `npm run prove`: checks that no job is lost or runs twice under faults, crashes and lag. */
import { devNull } from "node:os";

import { formatDuration } from "../../lib/duration";
import { parseCommand } from "../../scripts/parse-command";
import { progressOn } from "../../scripts/progress";
import { runFacts, table, writeResults } from "../../scripts/results";
import { contentSuite } from "./content/suite";
import { crashesSuite } from "./crashes/suite";
import { faultsSuite } from "./faults/suite";
import { fuzzSuite } from "./fuzz/suite";
import type { HostName } from "../harness/host-differences";
import { createRecordsFolder, recordsVariable } from "../harness/host";
import { hostNames } from "../harness/host-differences";
import { lagSuite } from "./lag/suite";
import { racingSuite } from "./racing/suite";
import { reviewSuite } from "./review/suite";
import { Secrets, environment } from "../harness/secrets";
import { secretsSuite } from "./secrets/suite";
import { soakSuite } from "./soak/suite";
import type { Suite, SuiteResult } from "./suite";
import { upgradeSuite } from "./upgrade/suite";

/** In the order in which they run. */
const suites: readonly Suite[] = [
  faultsSuite,
  crashesSuite,
  racingSuite,
  lagSuite,
  contentSuite,
  secretsSuite,
  fuzzSuite,
  reviewSuite,
  soakSuite,
  upgradeSuite,
];

/** Returns whether every guarantee was kept. */
async function runSuites(
  chosen: readonly Suite[],
  host: HostName,
  file: string,
  command: string,
): Promise<boolean> {
  await using records = await createRecordsFolder();
  // Inline programs run in this process and use the same folder of records as their hosts.
  Object.assign(process.env, environment, { [recordsVariable]: records.path });
  const facts = runFacts(command);
  const progress = progressOn(process.stderr);
  const secrets = Secrets.seeded();
  const results: Record<string, SuiteResult & { readonly milliseconds: number }> = {};
  const rows: string[][] = [];
  for (const suite of chosen) {
    const heading = `${suite.name}: ${suite.title}`;
    progress.note(heading);
    const began = Date.now();
    let text = "begins";
    const running = suite.run({ secrets, host, progress: (now) => (text = now) });
    const result = await progress.during(() => `${suite.name}: ${text}`, running);
    const milliseconds = Date.now() - began;
    results[suite.name] = { milliseconds, ...result };
    const figures = Object.entries(result.figures).map(([name, figure]) => `${figure} ${name}`);
    rows.push([
      suite.name,
      figures.join(", "),
      formatDuration(milliseconds),
      verdict(result.failures, "BROKEN"),
    ]);
    console.log(report(heading, result));
  }
  const { searched, leaks, count: seeded } = secrets;
  const characters = Object.values(searched).reduce((sum, length) => sum + length, 0);
  const places = `${seeded} secrets, ${characters} characters searched in ${Object.keys(searched).length} places`;
  rows.push(["secrets", places, "", verdict(leaks, "FOUND")]);
  console.log(`\n## Summary\n\n${table(["suite", "figures", "time", "guarantees"], rows)}`);
  for (const { secret, place, around } of leaks)
    console.log(`\nFOUND the ${secret} in the ${place}: ${around}`);
  const path = await writeResults(file, facts, { suites: results, secrets: { seeded, searched, leaks } });
  console.log(`\n${facts.command}, ${facts.date}, ${facts.machine}\nAll results: ${path}`);
  return leaks.length === 0 && Object.values(results).every(({ failures }) => failures.length === 0);
}

const verdict = ({ length }: readonly unknown[], what: string): string =>
  length === 0 ? "kept" : `${length} ${what}`;

const report = (heading: string, { table: first, tables = [], notes = [], failures }: SuiteResult): string =>
  [
    `\n## ${heading}\n`,
    ...[first, ...tables].map(({ head, rows }) => `${table(head, rows)}\n`),
    ...notes.map((note) => `\n${note}`),
    ...failures.map(({ where, what, log }) =>
      [`\nFAILED ${where}\n  ${what}`, log?.replace(/^/gm, "  | ")].filter(Boolean).join("\n"),
    ),
  ].join("\n");

const help = `Checks that no job is lost or runs twice, on the real engine and the local Data Exchange.

Usage: npm run prove -- [SUITE ...] [--host HOST] [--out FILE]

  SUITE       Runs only these: ${suites.map(({ name }) => name).join(", ")}.
  --host HOST What serves the resources: dynamic or plugin. Default: dynamic.
  --out FILE  Results file (JSON). Default: prove-results.json.
`;

const command = parseCommand(help, suites, {
  host: { type: "string", default: "dynamic" },
  out: { type: "string", default: "prove-results.json" },
});
const host = hostNames.find((name) => name === command?.values.host);
if (command && !host) {
  process.stderr.write(`Unknown host "${command.values.host}".\n\n${help}`);
  process.exitCode = 2;
} else if (command && host) {
  // The suites use seeded AWS settings instead of the user's.
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
  const { names, chosen, values } = command;
  const fitting = chosen.filter(({ onlyHost = host }) => onlyHost === host);
  const options = [...names, ...(host === "dynamic" ? [] : [`--host ${host}`])];
  const line = ["npm run prove", ...(options.length > 0 ? ["--", ...options] : [])].join(" ");
  runSuites(fitting, host, values.out, line)
    .then((isKept) => (process.exitCode = isKept ? 0 : 1))
    .catch((error: Error) => {
      console.error(error.stack);
      process.exitCode = 1;
    });
}
