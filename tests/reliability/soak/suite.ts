/** The soak: a thousand jobs of all types at once, while a quarter of all calls fails. */
import { jobTypes } from "../../../service-model/job-types";
import type { SuiteContext, SuiteResult, Suite } from "../suite";
import { failuresOf } from "../suite";
import { runSoak } from "./soak";

export const soakSuite: Suite = {
  name: "soak",
  title:
    "a thousand jobs in one stack at once: 20 % throttling, 5 % server errors, 2 % resets, the service's quotas",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const jobs = Number(process.env.SOAK_JOBS ?? 1_000);
    const seed = process.env.SOAK_SEED ?? String(Date.now());
    const { answers, sampled, broken, log, completed, cancelled, seconds } = await runSoak({
      ...{ jobs, jobDuration: 500, seed, progress },
    });
    const { peaks, memory } = sampled;
    const share = (kind: string) => `${((100 * answers.of(kind)) / answers.total).toFixed(1)} %`;
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
        calls: answers.total,
        "made and cancelled": cancelled,
        "StartJob beyond a quota": answers.of("beyond quota"),
        "seconds of the longest silence": Math.round(answers.longestSilence / 1000),
        "MiB of the host at the start": memory[0] ?? 0,
        "MiB at its peak": Math.max(0, ...memory),
        "MiB at the end": memory.at(-1) ?? 0,
        seconds,
      },
      notes: [
        `Of ${answers.total} requests ${share("throttled")} were throttled, ${share("server error")} ended in a server ` +
          `error, ${share("reset")} in a broken connection; half of the errors and resets came after the call had ` +
          `taken effect. Seed ${seed}.`,
        `Memory of the host, sampled each second: ${memory.join(", ")} MiB.`,
      ],
      failures: failuresOf(`SOAK_SEED=${seed}`, broken, log),
      details: { seed, calls: answers.calls.all(), memory, peaks },
    };
  },
};
