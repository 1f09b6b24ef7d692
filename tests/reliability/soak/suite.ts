/** The soak: a thousand jobs of all nine types at once, while a quarter of all calls fails. */
import { jobTypes } from "../../../service-model/job-types";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import type { SoakResult } from "./soak";
import { runSoak } from "./soak";

export const soakSuite: Suite = {
  name: "soak",
  title:
    "a thousand jobs in one stack at once: 20 % throttling, 5 % server errors, 2 % resets, the service's quotas",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const jobs = Number(process.env.SOAK_JOBS ?? 1_000);
    const seed = process.env.SOAK_SEED ?? String(Date.now());
    return soakResult(await runSoak({ jobs, jobDuration: 500, seed, progress }), jobs, seed);
  },
};

function soakResult(soaked: SoakResult, jobs: number, seed: string): SuiteResult {
  const { answers, sampled, broken, story, completed, cancelled, seconds } = soaked;
  const { peaks, memory } = sampled;
  const share = (count: number) => `${((100 * count) / answers.all).toFixed(1)} %`;
  return {
    table: {
      head: ["type", "jobs", "quota", "most at once"],
      rows: jobTypes.map(({ type, concurrency }, index) => [
        type,
        Math.floor((jobs - index - 1) / jobTypes.length) + 1,
        concurrency.value,
        peaks[type] ?? 0,
      ]),
    },
    figures: {
      "jobs completed": completed,
      calls: answers.all,
      "made and cancelled": cancelled,
      "StartJob beyond a quota": answers.beyondQuota,
      "seconds of the longest silence": Math.round(answers.longestSilence / 1000),
      ...memoryFigures(memory),
      seconds,
    },
    notes: [
      `Of ${answers.all} requests ${share(answers.throttled)} were throttled, ${share(answers.serverErrors)} ended in a ` +
        `server error, ${share(answers.resets)} in a broken connection; half of the errors and resets came after the call had taken effect. Seed ${seed}.`,
      `Memory of the host, sampled each second: ${memory.join(", ")} MiB.`,
    ],
    failures: broken.map((what, index) => ({
      where: `SOAK_SEED=${seed}`,
      what,
      ...(index === 0 && story !== undefined && { story }),
    })),
    details: { seed, calls: answers.calls, memory, peaks },
  };
}

const memoryFigures = (memory: readonly number[]): Record<string, number> => ({
  "MiB of the host at the start": memory[0] ?? 0,
  "MiB at its peak": Math.max(0, ...memory),
  "MiB at the end": memory.at(-1) ?? 0,
});
