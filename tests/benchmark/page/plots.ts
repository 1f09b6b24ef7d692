/** Seconds and calls against objects, ours and the rivals', from the runs of a results file. */
import type { Contestant, Run } from "../contest/contest";
import type { Chart, Line } from "./chart";

/** Colours that stay apart for most who see few colours (Okabe and Ito). */
const looks: Record<Contestant, Pick<Line, "name" | "color">> = {
  ours: { name: "pulumi-dataexchange", color: "#d55e00" },
  JobSet: { name: "one JobSet", color: "#e69f00" },
  B: { name: "boto3 script", color: "#0072b2" },
  C: { name: "coordinator", color: "#009e73" },
  S: { name: "aws-cli script", color: "#cc79a7" },
  R: { name: "Terraform's way", color: "#000000" },
};

/** The charts by the name of their file. None where there is nothing to draw. */
export function plotsOf(runs: readonly Run[]): Record<string, Chart> {
  const published = runs.filter(({ work }) => work === "publish");
  if (published.length === 0) return {};
  const ideal: Line = {
    ...{ name: "the quota alone", color: "#888888", dashed: true },
    points: [...new Map(published.map((run) => [run.count, run.ideal]))],
  };
  const lasting = published[0]!.lasting;
  const shared = { x: "objects" };
  return {
    "publish-seconds": {
      ...shared,
      title: `Import and finalize, jobs of ${lasting} s`,
      y: "seconds",
      lines: [ideal, ...linesOf(published, ({ seconds }) => seconds)],
    },
    "publish-calls": {
      ...shared,
      title: "Calls to AWS Data Exchange for it",
      y: "calls",
      lines: linesOf(published, ({ calls }) => calls),
    },
  };
}

const linesOf = (runs: readonly Run[], value: (run: Run) => number): Line[] =>
  (Object.keys(looks) as Contestant[])
    .map((who) => ({
      ...looks[who],
      points: runs.filter((run) => run.who === who).map((run) => [run.count, value(run)] as const),
    }))
    .filter(({ points }) => points.length > 0);
