/** The crash matrix: what is killed × at each boundary before and after each call's effect × what it was about. */
import { EngineStack } from "../engine/stack";
import type { Context, Outcome, Part } from "../frame/suite";
import { sideBySide } from "../frame/worker-pool";
import type { Secrets } from "../secrets/secrets";
import type { Crash, CrashResult } from "./crash";
import { NotReachedError, boundaryText, callsOf, kills, nameOf, oneByOne, runCrash } from "./crash";
import type { Boundary } from "./gate";
import type { Work } from "./work";
import { works } from "./work";

const enginesAtOnce = 2;

export const crashes: Part = {
  name: "crashes",
  title:
    "kill -9 of host, engine and both, before and after each call of an import, an upload, an export and a set",
  async run({ progress, secrets }: Context): Promise<Outcome> {
    return withStacks(secrets, async (stacks) => {
      const all: Crash[] = [];
      for (const work of works) {
        progress(`which calls an undisturbed ${work.name} makes`);
        all.push(...crashesOf(work, await callsOf(work, stacks[0]!)));
      }
      return summaryOf(await runCrashes(all, stacks, secrets, progress));
    });
  },
};

async function withStacks<T>(secrets: Secrets, run: (stacks: EngineStack[]) => Promise<T>): Promise<T> {
  const stacks: EngineStack[] = [];
  try {
    for (let opened = 0; opened < enginesAtOnce; opened++) stacks.push(await EngineStack.open(secrets));
    return await run(stacks);
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

export function crashesOf(work: Work, calls: readonly string[]): Crash[] {
  const boundaries = calls.flatMap((call, index): Boundary[] => {
    const nth = calls.slice(0, index + 1).filter((other) => other === call).length;
    return [
      { call, nth, side: "before" },
      { call, nth, side: "after" },
    ];
  });
  return boundaries.flatMap((boundary) => kills.map((kill) => ({ work, boundary, kill })));
}

export async function runCrashes(
  all: readonly Crash[],
  stacks: readonly EngineStack[],
  secrets: Secrets,
  progress: (text: string) => void,
): Promise<CrashResult[]> {
  const alone = oneByOne();
  let done = 0;
  let broken = 0;
  return sideBySide(stacks, all, async (stack, crash) => {
    const result = await reached(crash, () => runCrash(crash, stack, secrets, alone));
    done += 1;
    broken += Number(result.broken.length > 0);
    progress(`${done} of ${all.length} crashes, ${broken} broken`);
    return result;
  });
}

/** A program that cannot reach its own engine, as happens on a busy machine, is run again. */
async function reached(crash: Crash, run: () => Promise<CrashResult>): Promise<CrashResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NotReachedError)) throw error;
      const { message } = error;
      if (attempt < 3) continue;
      return { crash, made: 0, starts: 0, calls: [], broken: ["the boundary was not reached"], message };
    }
  }
}

function summaryOf(results: readonly CrashResult[]): Outcome {
  const boundaryOf = ({ work, boundary }: Crash) => `${work.name}: ${boundaryText(boundary)}`;
  const rows = [...new Set(results.map(({ crash }) => boundaryOf(crash)))];
  const signOf = (result: CrashResult | undefined) =>
    result === undefined ? "" : result.broken.length > 0 ? "FAILED" : `${result.starts} of ${result.made}`;
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
      "A cell says how many of the jobs that were made have run. The others were cancelled before they had an effect, " +
        "or wait for a start that never comes. An export that had completed runs again and writes the same bytes.",
    ],
    figures: {
      crashes: results.length,
      "ended with each job once": results.filter(({ crash, starts }) => starts === crash.work.jobs).length,
      "repeated a completed export": results.filter(
        ({ crash, starts }) => crash.work.mayRepeat && starts === 2 * crash.work.jobs,
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
