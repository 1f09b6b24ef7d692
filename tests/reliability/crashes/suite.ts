/** The crash matrix: killed processes × boundaries before and after each call × programs. */
import { SearchedStack } from "../engine-stack";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { runInWorkers } from "../suite";
import type { Secrets } from "../secrets/secrets";
import type { Crash, CrashResult } from "./crash";
import { NotReachedError, boundaryText, callsOf, kills, nameOf, runExclusive, runCrash } from "./crash";
import type { Boundary } from "../proxy";
import type { CrashScenario } from "./scenarios";
import { crashScenarios } from "./scenarios";

const enginesAtOnce = 2;

export const crashesSuite: Suite = {
  name: "crashes",
  title:
    "kill -9 of host, engine and both, before and after each call of an import, an upload, an export and a set",
  async run({ progress, secrets }: SuiteContext): Promise<SuiteResult> {
    return withStacks(secrets, async (stacks) => {
      const all: Crash[] = [];
      for (const scenario of crashScenarios) {
        progress(`which calls an undisturbed ${scenario.name} makes`);
        all.push(...crashesOf(scenario, await callsOf(scenario, stacks[0]!)));
      }
      return crashesResult(await runCrashes(all, stacks, secrets, progress));
    });
  },
};

async function withStacks<T>(secrets: Secrets, run: (stacks: SearchedStack[]) => Promise<T>): Promise<T> {
  const stacks: SearchedStack[] = [];
  try {
    for (let opened = 0; opened < enginesAtOnce; opened++) stacks.push(await SearchedStack.open(secrets));
    return await run(stacks);
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

function crashesOf(scenario: CrashScenario, calls: readonly string[]): Crash[] {
  const boundaries = calls.flatMap((call, index): Boundary[] => {
    const nth = calls.slice(0, index + 1).filter((other) => other === call).length;
    return [
      { call, nth, side: "before" },
      { call, nth, side: "after" },
    ];
  });
  return boundaries.flatMap((boundary) => kills.map((kill) => ({ scenario, boundary, kill })));
}

async function runCrashes(
  all: readonly Crash[],
  stacks: readonly SearchedStack[],
  secrets: Secrets,
  progress: (text: string) => void,
): Promise<CrashResult[]> {
  const alone = runExclusive();
  let done = 0;
  let broken = 0;
  return runInWorkers(stacks, all, async (stack, crash) => {
    const result = await runUntilReached(crash, () => runCrash(crash, stack, secrets, alone));
    done += 1;
    broken += Number(result.broken.length > 0);
    progress(`${done} of ${all.length} crashes, ${broken} broken`);
    return result;
  });
}

/** Retries a program that could not reach its engine, as happens on a busy machine. */
async function runUntilReached(crash: Crash, run: () => Promise<CrashResult>): Promise<CrashResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NotReachedError)) throw error;
      const { message } = error;
      if (attempt < 3) continue;
      return { crash, jobCount: 0, starts: 0, calls: [], broken: ["the boundary was not reached"], message };
    }
  }
}

function crashesResult(results: readonly CrashResult[]): SuiteResult {
  const boundaryOf = ({ scenario, boundary }: Crash) => `${scenario.name}: ${boundaryText(boundary)}`;
  const rows = [...new Set(results.map(({ crash }) => boundaryOf(crash)))];
  const signOf = (result: CrashResult | undefined) =>
    result === undefined
      ? ""
      : result.broken.length > 0
        ? "FAILED"
        : `${result.starts} of ${result.jobCount}`;
  return {
    table: {
      head: ["killed when", ...kills],
      rows: rows.map((row) => [
        row,
        ...kills.map((killed) =>
          signOf(results.find(({ crash }) => boundaryOf(crash) === row && crash.kill === killed)),
        ),
      ]),
    },
    notes: [
      "Each cell shows how many of the created jobs ran. The others were cancelled before they had an effect, " +
        "or wait for a start that never comes. An export that had completed runs again and writes the same bytes.",
    ],
    figures: {
      crashes: results.length,
      "ended with each job once": results.filter(({ crash, starts }) => starts === crash.scenario.jobCount)
        .length,
      "repeated a completed export": results.filter(
        ({ crash, starts }) => crash.scenario.mayRepeat && starts === 2 * crash.scenario.jobCount,
      ).length,
    },
    failures: results.flatMap(({ crash, broken, message, calls }) =>
      broken.map((what) => ({
        where: nameOf(crash),
        what,
        story: [`calls: ${calls.join(", ")}`, message].filter(Boolean).join("\n"),
      })),
    ),
    details: results.map(({ crash, ...rest }) => ({ crash: nameOf(crash), ...rest })),
  };
}
