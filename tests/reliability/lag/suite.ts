/** Stale answers and wrong clocks: on virtual time, in real processes over HTTP, and calls answered without content. */
import fc from "fast-check";

import type { TestService } from "../../harness/service";
import { caseName } from "../faults/case";
import { emptyAnswers, faultDurations } from "../faults/faults";
import { emptyAnswerCases, matrixResult as matrixOf, runOnHosts } from "../faults/suite";
import type { Interceptor } from "../proxy";
import type { Failure, Suite, SuiteContext, SuiteResult } from "../suite";
import { runInWorkers } from "../suite";
import type { Lag } from "./lag";
import { alternatingReplicas, combined, perItem, shiftingPages, staleJobs, uniformLag } from "./lag";
import { laggingService, rejectSkewedClocks } from "./lagging-services";
import type { RealScript } from "./real-run";
import { kinds, runRealScript, scriptName, starts } from "./real-run";
import { virtualScripts } from "./scripts";
import { runVirtualScript } from "./virtual-run";

/** Runs wait most of the time. */
const maxConcurrentRuns = 8;

export const lagSuite: Suite = {
  name: "lag",
  title:
    "listings and answers up to 30 s behind, pages that shift, clocks off by days, answers without content",
  async run({ progress, secrets }: SuiteContext): Promise<SuiteResult> {
    const count = Number(process.env.LAG_SCRIPTS ?? 4_000);
    const seed = Number(process.env.LAG_SEED ?? Date.now() % 2 ** 31);
    progress(`${count} runs on virtual time, seed ${seed}`);
    const virtual = await runVirtualScripts(count, seed);

    let done = 0;
    const places = Array.from({ length: maxConcurrentRuns });
    const lived = await runInWorkers(places, realScripts, async (_, script) => {
      const broken = await runRealScript(script);
      progress(`${++done} of ${realScripts.length} runs in real processes`);
      return { script, broken };
    });

    done = 0;
    const cases = await runOnHosts(emptyAnswerCases, secrets, () =>
      progress(`${++done} of ${emptyAnswerCases.length} calls answered without content`),
    );
    const matrix = matrixOf(cases, [], emptyAnswers);
    const real: Failure[] = lived.flatMap(({ script, broken }) =>
      broken.map((what) => ({ where: scriptName(script), what })),
    );
    const names = [...new Set(realScripts.map(({ name }) => name))];
    const columns = kinds.flatMap((kind) => starts.map((start) => ({ kind, start })));
    const sign = (name: string, kind: string, start: string) => {
      const found = lived.find(
        ({ script }) => script.name === name && script.kind === kind && script.start === start,
      );
      return found === undefined ? "" : found.broken.length > 0 ? "FAILED" : "✓";
    };
    return {
      table: {
        head: ["answers", ...columns.map(({ kind, start }) => `${kind}, ${start}`)],
        rows: names.map((name) => [name, ...columns.map(({ kind, start }) => sign(name, kind, start))]),
      },
      tables: [matrix.table],
      notes: [
        "Each run in real processes: an `up` (undisturbed, killed after StartJob, or two at once), two refreshes, a " +
          "replacement with its deletion, and of an import a finalization while another job runs. Beneath, each call " +
          `answered without content ${faultDurations.join(", ")}, with the signs of the suite \`faults\`.`,
        `On virtual time ${count} random runs with answers up to 30 s old. LAG_SEED=${seed} LAG_SCRIPTS=${count} makes them again.`,
      ],
      figures: {
        "runs on virtual time": count,
        "runs in real processes": lived.length,
        "calls answered without content": cases.length,
      },
      failures: [...virtual, ...real, ...matrix.failures],
      details: {
        seed,
        lives: lived.map(({ script, broken }) => ({ life: scriptName(script), broken })),
        cases: cases.map(({ faultCase, ...rest }) => ({ faultCase: caseName(faultCase), ...rest })),
      },
    };
  },
};

/** The smallest script that breaks a promise. */
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
  const { message } = checked.errorInstance as Error;
  return [
    {
      where: `LAG_SEED=${seed} LAG_SCRIPTS=${checked.numRuns} npm run prove -- lag`,
      what: message,
      log: JSON.stringify({ ...script, behind: script.behind.name }, undefined, 1),
    },
  ];
}

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

const behinds: readonly { readonly behind: Lag; readonly maxLag: number }[] = [
  { behind: uniformLag(3 * seconds), maxLag: 3 * seconds },
  { behind: perItem(5 * seconds, "lag"), maxLag: 5 * seconds },
  { behind: alternatingReplicas(0, 4 * seconds), maxLag: 4 * seconds },
  { behind: staleJobs(4 * seconds), maxLag: 4 * seconds },
  { behind: shiftingPages("lag"), maxLag: 0 },
  {
    behind: combined(
      "all of it, up to 10 s behind",
      perItem(10 * seconds, "all"),
      staleJobs(7 * seconds),
      shiftingPages("all"),
    ),
    maxLag: 10 * seconds,
  },
];

/** How far the clocks of processes are off. */
const shifts: readonly [name: string, by: number][] = [
  ["a clock 10 minutes ahead", 10 * minutes],
  ["a clock 10 minutes behind", -10 * minutes],
  ["a clock 30 hours ahead", 30 * hours],
  ["a clock 9 days behind", -9 * 24 * hours],
];

const behindCases: readonly RealScript[] = behinds.flatMap(({ behind, maxLag }) =>
  kinds.flatMap((kind) =>
    starts.map((start) => ({
      ...{ name: behind.name, kind, start, maxLag },
      interceptorFor: (service: TestService): Interceptor => laggingService(service, behind),
    })),
  ),
);

const clockCases: readonly RealScript[] = shifts.flatMap(([name, shift]) =>
  (["import", "upload"] as const).flatMap((kind) =>
    (["undisturbed", "crash"] as const).map((start) => ({
      ...{ name, kind, start, maxLag: 0, clockShift: shift },
      interceptorFor: () => rejectSkewedClocks,
    })),
  ),
);

export const realScripts: readonly RealScript[] = [...behindCases, ...clockCases];
