/** Results of benchmarks, and their tables. */
import { table } from "../../scripts/results";
import type { Run } from "./contest/contest";
import type { Benchmark, Measurement, Report } from "./benchmark";
import { formatCount } from "./benchmark";

export interface Result extends Pick<Benchmark, "name" | "what" | "against"> {
  readings: Measurement[];
  /** Runs of this package and its alternatives. */
  runs?: Run[];
  /** Why the benchmark failed. */
  error?: string;
}

/** Measures a benchmark; a failure becomes its result, so that the others are still measured. */
export async function measure(figure: Benchmark, say: Report): Promise<Result> {
  const { name, what, against } = figure;
  const runs: Run[] = [];
  const base = () => ({ name, what, against, ...(runs.length > 0 && { runs }) });
  try {
    const readings = await figure.measure(say, (run) => runs.push(run));
    return { ...base(), readings };
  } catch (error) {
    return { ...base(), readings: [], error: String((error as Error).message ?? error).slice(0, 4_000) };
  }
}

export function resultsTable(results: readonly Result[]): string {
  const head = ["figure", "of", "ours", "against", "theirs", "ratio", "least to greatest", "goal", "reached"];
  const rows = results.flatMap(({ what, against, readings, error }) =>
    error === undefined
      ? readings.map((reading) => [
          what,
          reading.of,
          reading.ours,
          reading.against ?? against,
          reading.theirs ?? "",
          ...judged(reading),
        ])
      : [[what, "", `could not be measured: ${error.split("\n")[0]}`, against]],
  );
  return table(head, rows);
}

const judged = ({ ratio, spread, goal, reached }: Measurement): string[] => [
  ratio?.toFixed(2) ?? "",
  spread?.map((value) => value.toFixed(2)).join(" to ") ?? "",
  goal ?? "",
  reached === undefined ? "" : reached ? "yes" : "no",
];

/** A row for each run of this package and its alternatives. */
export function runsTable(results: readonly Result[]): string {
  const head = [
    ...["work", "count", "seconds a job", "ideal, s", "who", "seconds", "API calls", "S3 calls"],
    ...["processor, s", "peak memory, MB"],
  ];
  const rows = results.flatMap(({ runs = [] }) =>
    runs.map((run) => [
      ...[run.work, formatCount(run.count), run.lasting, Number(run.ideal.toFixed(1)), run.who],
      ...[run.seconds.toFixed(1), formatCount(run.calls), formatCount(run.s3Calls), run.cpu.toFixed(1)],
      Math.round(run.memory),
    ]),
  );
  return rows.length > 0 ? table(head, rows) : "";
}
