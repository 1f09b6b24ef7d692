/** Benchmarks that compare this package with its alternatives: time, calls, processor time, memory. */
import type { ContestOptions, OwnStack, Run } from "../contest/contest";
import { runContest, isOwnName, alternatives } from "../contest/contest";
import type { WorkloadName } from "../contest/workloads";
import type { Benchmark, Measurement } from "../benchmark";
import { formatCount, formatMegabytes, formatSeconds, limited } from "../benchmark";

/** Seconds by which a script may be faster, and the allowed ratio to the ideal time. */
const grace = 5;
const overIdeal = 1.1;

export interface Size extends Pick<ContestOptions, "count" | "lasting" | "who"> {
  /** Whether it has goals; other sizes are only in the charts. */
  readonly judged?: boolean;
  /** Whether a second `up` and a refresh are measured. */
  readonly again?: boolean;
}

interface Kind {
  readonly name: string;
  readonly work: WorkloadName;
  readonly what: string;
  /** The noun of `count`. */
  readonly unit: string;
  /** Goals other than time. */
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
  { name: "independent", work: "independent", what: "independent jobs", unit: "jobs" },
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

/** Compares each run of this package with the ideal time and with each alternative. */
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
          against(what, ours, alternatives[who].name, seconds, who === "B" ? seconds + grace : undefined),
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

/** Measures operations without a change. */
async function again(ours: OwnStack): Promise<Measurement[]> {
  const same = await ours.run("up");
  const refresh = await ours.run("refresh");
  return [
    limited("`up` without a change", same.seconds, 10, formatSeconds),
    limited("`up` without a change, S3 calls", same.s3Calls, 20, formatCount),
    {
      of: "`up` without a change, API calls",
      ours: formatCount(same.calls),
      against: "",
      details: same.operations,
    },
    { ...limited("refresh, API calls", refresh.calls, 200, formatCount), details: refresh.operations },
    { of: "refresh", ours: formatSeconds(refresh.seconds), against: "" },
  ];
}
