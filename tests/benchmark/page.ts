import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { replaceSections } from "../../scripts/results";
import type { RunFacts } from "../../scripts/results";
import type { Result } from "./report";
import { runsTable, resultsTable } from "./report";
import type { Contestant, Run } from "./contest/contest";

/** Writes a results file into docs/results/performance.md and draws the plots. Returns the paths of the written files. */
export async function writePage(results: string, docs = "docs"): Promise<string[]> {
  const { figures, ...facts } = JSON.parse(await readFile(results, "utf8")) as RunFacts & {
    figures: Result[];
  };
  const page = join(docs, "results", "performance.md");
  const sections = {
    run: `\`${facts.command}\`, ${facts.date.slice(0, 10)}; ${facts.machine}.`,
    figures: resultsTable(figures),
    runs: runsTable(figures),
  };
  const text = replaceSections(await readFile(page, "utf8"), sections);
  await writeFile(page, await format(text, { ...(await resolveConfig(page)), filepath: page }));
  const written = [page];
  await mkdir(join(docs, "images"), { recursive: true });
  for (const [name, chart] of Object.entries(plotsOf(figures.flatMap(({ runs = [] }) => runs)))) {
    const file = join(docs, "images", `${name}.svg`);
    await writeFile(file, svgOf(chart));
    written.push(file);
  }
  return written;
}

/** Seconds and calls against objects, ours and the rivals', from the runs of a results file. */

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
function plotsOf(runs: readonly Run[]): Record<string, Chart> {
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

/** A line chart with logarithmic axes as SVG. Libraries for it bring thirty packages. */

export interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const [width, height] = [720, 420];
const plot = { left: 70, right: 560, top: 48, bottom: 360 };
const [ink, faint] = ["#333333", "#dddddd"];

/** Where a value is drawn between two places: the decades that hold all values lie evenly between them. */
function logScale(values: readonly number[], from: number, to: number) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value: number) => from + ((to - from) * (Math.log10(value) - first)) / (last - first),
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  };
}

function svgOf({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const across = logScale(
    points.map(([value]) => value),
    plot.left,
    plot.right,
  );
  const up = logScale(
    points.map(([, value]) => value),
    plot.bottom,
    plot.top,
  );
  const middle = (plot.top + plot.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="sans-serif" font-size="13" fill="${ink}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(plot.left, 26, title, `font-size="15" font-weight="bold"`),
    ...across.ticks.flatMap((tick) => [
      rule(across.at(tick), plot.top, across.at(tick), plot.bottom),
      text(across.at(tick), plot.bottom + 20, label(tick), centred),
    ]),
    ...up.ticks.flatMap((tick) => [
      rule(plot.left, up.at(tick), plot.right, up.at(tick)),
      text(plot.left - 8, up.at(tick) + 4, label(tick), `text-anchor="end"`),
    ]),
    text((plot.left + plot.right) / 2, plot.bottom + 44, x, centred),
    text(0, 0, y, `${centred} transform="translate(16 ${round(middle)}) rotate(-90)"`),
    ...lines.map((line) => drawn(line, across.at, up.at)),
    ...lines.map((line, index) => legend(line, index)),
    "</svg>\n",
  ].join("\n");
}

function drawn(
  { color, points, dashed }: Line,
  across: (value: number) => number,
  up: (value: number) => number,
): string {
  const places = [...points].sort(([a], [b]) => a - b).map(([x, y]) => [round(across(x)), round(up(y))]);
  const path = places.map((place) => place.join(",")).join(" ");
  const marks = dashed ? [] : places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${color}"/>`);
  return [`<polyline points="${path}" fill="none" ${stroke(color, dashed)}/>`, ...marks].join("\n");
}

function legend({ name, color, dashed }: Line, index: number): string {
  const y = plot.top + 10 + 22 * index;
  const line = `<line x1="${plot.right + 16}" y1="${y}" x2="${plot.right + 40}" y2="${y}" ${stroke(color, dashed)}/>`;
  return line + text(plot.right + 46, y + 4, name, "");
}

const centred = `text-anchor="middle"`;
const label = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 3 });
const round = (value: number): number => Math.round(value * 10) / 10;
const stroke = (color: string, dashed = false) =>
  `stroke="${color}" stroke-width="2"${dashed ? ` stroke-dasharray="6 4"` : ""}`;
const rule = (x1: number, y1: number, x2: number, y2: number) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${faint}"/>`;
const text = (x: number, y: number, words: string, attributes: string) =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
const escaped = (words: string) => words.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
