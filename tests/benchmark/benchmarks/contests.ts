/** The same work done by ours and by rivals: seconds, calls, processor, memory. */
import type { ContestOptions, OwnStack, Run } from "../contest/contest";
import { runContest, isOwnName, rivalNames } from "../contest/contest";
import type { WorkloadName } from "../contest/workloads";
import type { Benchmark, Measurement } from "../benchmark";
import { formatCount, formatMegabytes, formatSeconds, limited } from "../benchmark";

/** What a script must not be ahead by, and what is allowed beside the ideal. */
const grace = 5;
const overIdeal = 1.1;

export interface Size extends Pick<ContestOptions, "count" | "lasting" | "who"> {
  /** Whether its goals count; the others are there for the plots. */
  readonly judged?: boolean;
  /** Whether an `up` again and a refresh are asked of it. */
  readonly again?: boolean;
}

interface Kind {
  readonly name: string;
  readonly work: WorkloadName;
  readonly what: string;
  /** Of what there are so many. */
  readonly unit: string;
  /** Goals of this work beside those of time. */
  readonly goals?: (run: Run, of: string) => Measurement[];
}

export const kinds: readonly Kind[] = [
  {
    name: "publish",
    work: "publish",
    what: "import into a revision and finalize",
    unit: "objects",
    goals: (run, of) =>
      run.count < 10_000
        ? []
        : [
            limited(`${of}, API calls`, run.calls, 600, formatCount),
            limited(`${of}, processor`, run.cpu, 25, formatSeconds),
            limited(
              `${of}, state an object`,
              run.state! / run.count,
              200,
              (bytes) => `${Math.round(bytes)} bytes`,
            ),
          ],
  },
  { name: "export", work: "export", what: "export", unit: "assets" },
  { name: "independent", work: "independent", what: "jobs that have nothing in common", unit: "jobs" },
  {
    name: "uploads",
    work: "upload",
    what: "upload small files and finalize",
    unit: "files",
    goals: (run, of) => [
      limited(`${of}, calls a file`, run.calls / run.count, 7, (calls) => calls.toFixed(1)),
      limited(`${of}, memory at the peak`, run.memory, 600, formatMegabytes),
    ],
  },
];

export const contestFigure = (kind: Kind, sizes: readonly Size[]): Benchmark => ({
  name: kind.name,
  what: kind.what,
  against: "",
  async measure(say, record) {
    const readings: Measurement[] = [];
    for (const size of sizes) {
      const later: Measurement[] = [];
      const runs = await runContest(
        {
          ...size,
          work: kind.work,
          ...(size.again && { afterwards: async (ours) => void later.push(...(await again(ours))) }),
        },
        say,
        record,
      );
      const of = `${formatCount(size.count)} ${kind.unit}, jobs of ${size.lasting} s`;
      if (size.judged) readings.push(...judge(kind, of, runs));
      readings.push(...later);
    }
    return readings;
  },
});

/** Compares every form of ours that ran with the ideal and with every rival that ran. */
function judge(kind: Kind, of: string, runs: readonly Run[]): Measurement[] {
  return runs
    .filter(({ who }) => isOwnName(who))
    .flatMap((ours) => {
      const what = ours.who === "JobSet" ? `${of}, one JobSet` : of;
      const limit = overIdeal * ours.ideal + grace;
      const readings = [against(what, ours, "the ideal of the quota, computed", ours.ideal, limit)];
      for (const { who, seconds } of runs) {
        if (isOwnName(who) || who === "R") continue;
        readings.push(
          against(what, ours, rivalNames[who], seconds, who === "B" ? seconds + grace : undefined),
        );
      }
      return [...readings, ...(kind.goals?.(ours, what) ?? [])];
    });
}

const against = (of: string, ours: Run, whom: string, theirs: number, limit?: number): Measurement => ({
  of,
  ours: formatSeconds(ours.seconds),
  against: whom,
  theirs: formatSeconds(theirs),
  ratio: ours.seconds / theirs,
  ...(limit !== undefined && { goal: `≤ ${formatSeconds(limit)}`, reached: ours.seconds <= limit }),
});

/** Nothing has changed: what it takes to see that. */
async function again(ours: OwnStack): Promise<Measurement[]> {
  const same = await ours.run("up");
  const refresh = await ours.run("refresh");
  return [
    limited("the same `up` again", same.seconds, 10, formatSeconds),
    limited("the same `up` again, S3 calls", same.s3Calls, 20, formatCount),
    {
      of: "the same `up` again, API calls",
      ours: formatCount(same.calls),
      against: "",
      details: same.operations,
    },
    { ...limited("refresh, API calls", refresh.calls, 200, formatCount), details: refresh.operations },
    { of: "refresh", ours: formatSeconds(refresh.seconds), against: "" },
  ];
}
