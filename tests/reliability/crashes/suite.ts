/** The crash matrix: killed processes × boundaries before and after each call × programs. */
import { withSearchedStacks } from "../engine-stack";
import { notReached, untilReached } from "../killed-run";
import type { Boundary } from "../proxy";
import { boundaryText } from "../proxy";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { failuresOf, runInWorkers } from "../suite";
import type { Crash, CrashResult } from "./crash";
import { callsOf, kills, nameOf, runCrash } from "./crash";
import type { CrashScenario } from "./scenarios";
import { crashScenarios } from "./scenarios";

const maxConcurrentEngines = 2;

export const crashesSuite: Suite = {
  name: "crashes",
  title:
    "kill -9 of host, engine and both, before and after each call of an import, an upload, an export and a set",
  run: ({ progress, secrets, host }: SuiteContext): Promise<SuiteResult> =>
    withSearchedStacks(maxConcurrentEngines, secrets, host, async (stacks) => {
      const all: Crash[] = [];
      for (const scenario of crashScenarios) {
        progress(`the calls of the scenario ${scenario.name} without a crash`);
        all.push(...crashesOf(scenario, await callsOf(scenario, stacks[0]!)));
      }
      let [done, broken] = [0, 0];
      const results = await runInWorkers(stacks, all, async (stack, crash) => {
        const result = await untilReached<CrashResult>(
          () => runCrash(crash, stack, secrets),
          (message) => ({ crash, jobCount: 0, starts: 0, calls: [], broken: [notReached], message }),
        );
        broken += Number(result.broken.length > 0);
        progress(`${++done} of ${all.length} crashes, ${broken} broken`);
        return result;
      });
      return crashesResult(results);
    }),
};

const crashesOf = (scenario: CrashScenario, calls: readonly string[]): Crash[] =>
  calls.flatMap((call, index) => {
    const nth = calls.slice(0, index + 1).filter((other) => other === call).length;
    return (["before", "after"] as const).flatMap((side): Crash[] => {
      const boundary: Boundary = { call, nth, side };
      return kills.map((kill) => ({ scenario, boundary, kill }));
    });
  });

function crashesResult(results: readonly CrashResult[]): SuiteResult {
  const rowOf = ({ scenario, boundary }: Crash) => `${scenario.name}: ${boundaryText(boundary)}`;
  const byName = new Map(results.map((result) => [nameOf(result.crash), result]));
  const cell = (name: string) => {
    const { broken, starts, jobCount } = byName.get(name) ?? {};
    return broken?.length === 0 ? `${starts} of ${jobCount}` : "FAILED";
  };
  const isRepeated = ({ crash: { scenario }, starts }: CrashResult) =>
    scenario.mayRepeat && starts === 2 * scenario.jobCount;
  return {
    table: {
      head: ["killed when", ...kills],
      rows: [...new Set(results.map(({ crash }) => rowOf(crash)))].map((row) => [
        row,
        ...kills.map((kill) => cell(`${row}, ${kill}`)),
      ]),
    },
    notes: [
      "Each cell shows how many of the created jobs ran. The others were cancelled before they had an effect, " +
        "or were never started. An export that had completed runs again and writes the same bytes.",
    ],
    figures: {
      crashes: results.length,
      "ended with each job once": results.filter(({ crash, starts }) => starts === crash.scenario.jobCount)
        .length,
      "repeated a completed export": results.filter(isRepeated).length,
    },
    failures: results.flatMap(({ crash, broken, message, calls }) =>
      failuresOf(nameOf(crash), broken, [`calls: ${calls.join(", ")}`, message].filter(Boolean).join("\n")),
    ),
    details: results.map(({ crash, ...rest }) => ({ crash: nameOf(crash), ...rest })),
  };
}
