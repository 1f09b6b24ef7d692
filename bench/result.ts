/** What came of measuring a figure, and the table of all that came. */
import { table } from "../tools/report/table";
import type { Figure, Reading, Say } from "./figure";

export interface Result extends Pick<Figure, "name" | "what" | "against"> {
  readings: Reading[];
  /** Why there are none. */
  error?: string;
}

/** A figure that could not be measured says why, and the others are measured all the same. */
export async function measure(figure: Figure, say: Say): Promise<Result> {
  const { name, what, against } = figure;
  try {
    return { name, what, against, readings: await figure.measure(say) };
  } catch (error) {
    return {
      name,
      what,
      against,
      readings: [],
      error: String((error as Error).message ?? error).slice(0, 4_000),
    };
  }
}

export function tableOf(results: readonly Result[]): string {
  const head = ["figure", "of", "ours", "against", "theirs", "ratio", "least to greatest", "goal", "reached"];
  const rows = results.flatMap(({ what, against, readings, error }) =>
    error === undefined
      ? readings.map((reading) => [
          what,
          reading.of,
          reading.ours,
          reading.against ?? against,
          reading.theirs,
          ...judged(reading),
        ])
      : [[what, "", `could not be measured: ${error.split("\n")[0]}`, against]],
  );
  return table(head, rows);
}

const judged = ({ ratio, spread, goal, reached }: Reading): string[] => [
  ratio.toFixed(2),
  spread?.map((value) => value.toFixed(2)).join(" to ") ?? "",
  goal ?? "",
  reached === undefined ? "" : reached ? "yes" : "no",
];
