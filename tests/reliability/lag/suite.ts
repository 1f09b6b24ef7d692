/** Stale answers and wrong clocks: on virtual time, in real processes over HTTP, and calls answered without content. */
import fc from "fast-check";

import { mapConcurrently } from "../../../lib/map-concurrently";
import { emptyAnswers, faultDurations } from "../faults/faults";
import { emptyAnswerCases, matrixResult, runOnHosts } from "../faults/suite";
import type { Failure, Suite, SuiteContext, SuiteResult } from "../suite";
import { failuresOf } from "../suite";
import type { Lag } from "../../simulation/lag";
import {
  alternatingReplicas,
  combined,
  perItem,
  shiftingPages,
  staleJobs,
  uniformLag,
} from "../../simulation/lag";
import { kinds } from "./lag-run";
import { laggingService, rejectSkewedClocks } from "./lagging-services";
import type { RealScript } from "./real-run";
import { runRealScript, scriptName, starts } from "./real-run";
import { runVirtualScript, virtualScripts } from "./virtual-run";

/** Runs wait most of the time. */
const maxConcurrentRuns = 8;

export const lagSuite: Suite = {
  name: "lag",
  title:
    "listings and answers up to 30 s behind, pages that shift, clocks off by days, answers without content",
  async run({ progress, secrets, host }: SuiteContext): Promise<SuiteResult> {
    const count = Number(process.env.LAG_SCRIPTS ?? 4_000);
    const seed = Number(process.env.LAG_SEED ?? Date.now() % 2 ** 31);
    progress(`${count} runs on virtual time, seed ${seed}`);
    const virtual = await runVirtualScripts(count, seed);

    const broken = new Map<string, readonly string[]>();
    await mapConcurrently(realScripts, maxConcurrentRuns, async (script) => {
      broken.set(scriptName(script), await runRealScript(script, host));
      progress(`${broken.size} of ${realScripts.length} runs in real processes`);
    });

    let done = 0;
    const cases = await runOnHosts(emptyAnswerCases, secrets, host, () =>
      progress(`${++done} of ${emptyAnswerCases.length} calls answered without content`),
    );
    const matrix = matrixResult(cases, [], emptyAnswers);
    const names = [...new Set(realScripts.map(({ name }) => name))];
    const columns = kinds.flatMap((kind) => starts.map((start) => `${kind}, ${start}`));
    const signOf = (name: string) => {
      const violations = broken.get(name);
      return violations === undefined ? "" : violations.length > 0 ? "FAILED" : "✓";
    };
    return {
      table: {
        head: ["answers", ...columns],
        rows: names.map((name) => [name, ...columns.map((column) => signOf(`${column}: ${name}`))]),
      },
      tables: [matrix.table],
      notes: [
        "Each run in real processes makes an `up` (uninterrupted, killed after StartJob, or two at once), two refreshes, and a " +
          "replacement with its deletion. An import also finalizes its revision while another job runs. The second table " +
          `shows each call answered without content: ${faultDurations.join(", ")}, with the signs of the suite \`faults\`.`,
        `On virtual time ${count} random runs get answers up to 30 s old. LAG_SEED=${seed} LAG_SCRIPTS=${count} repeats them.`,
      ],
      figures: {
        "runs on virtual time": count,
        "runs in real processes": broken.size,
        "calls answered without content": cases.length,
      },
      failures: [
        ...virtual,
        ...[...broken].flatMap(([name, violations]) => failuresOf(name, violations)),
        ...matrix.failures,
      ],
      details: { seed, runs: Object.fromEntries(broken), cases: matrix.details },
    };
  },
};

/** The smallest script that breaks a guarantee. */
export async function runVirtualScripts(numRuns: number, seed: number): Promise<Failure[]> {
  const checked = await fc.check(
    fc.asyncProperty(virtualScripts, async (script) => {
      const broken = await runVirtualScript(script);
      if (broken.length > 0) throw new Error(broken.join("; "));
    }),
    { numRuns, seed },
  );
  if (!checked.failed) return [];
  const [script] = checked.counterexample!;
  const where = `LAG_SEED=${seed} LAG_SCRIPTS=${checked.numRuns} npm run prove -- lag`;
  const { message } = checked.errorInstance as Error;
  return failuresOf(where, [message], JSON.stringify({ ...script, lag: script.lag.name }, undefined, 1));
}

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

const allLags = combined(
  "all of these, up to 10 s behind",
  perItem(10 * seconds, "all"),
  staleJobs(7 * seconds),
  shiftingPages("all"),
);

const lags: readonly (readonly [lag: Lag, maxLag: number])[] = [
  [uniformLag(3 * seconds), 3 * seconds],
  [perItem(5 * seconds, "lag"), 5 * seconds],
  [alternatingReplicas(0, 4 * seconds), 4 * seconds],
  [staleJobs(4 * seconds), 4 * seconds],
  [shiftingPages("lag"), 0],
  [allLags, 10 * seconds],
];

/** How wrong the clocks of processes are. */
const clocks: readonly (readonly [name: string, clockShift: number])[] = [
  ["a clock 10 minutes ahead", 10 * minutes],
  ["a clock 10 minutes behind", -10 * minutes],
  ["a clock 30 hours ahead", 30 * hours],
  ["a clock 9 days behind", -9 * 24 * hours],
];

const lagScripts = lags.flatMap(([lag, maxLag]) =>
  kinds.flatMap((kind) =>
    starts.map((start): RealScript => {
      const { name } = lag;
      return { name, kind, start, maxLag, interceptorFor: (service) => laggingService(service, lag) };
    }),
  ),
);

const clockScripts = clocks.flatMap(([name, clockShift]) =>
  (["import", "upload"] as const).flatMap((kind) =>
    (["uninterrupted", "crash"] as const).map((start): RealScript => {
      return { name, kind, start, maxLag: 0, clockShift, interceptorFor: () => rejectSkewedClocks };
    }),
  ),
);

export const realScripts: readonly RealScript[] = [...lagScripts, ...clockScripts];
