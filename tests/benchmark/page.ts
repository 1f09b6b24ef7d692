/** The page docs/results/performance.md: its tables and its charts, from a results file. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RunFacts } from "../../scripts/results";
import { readResults, writeSections } from "../../scripts/results";
import type { Contestant, Run } from "./contest/contest";
import type { Result } from "./report";
import { resultsTable, runsTable } from "./report";

type Results = RunFacts & { readonly figures: readonly Result[] };

/** Writes the page and its charts from results files. Returns the paths of the written files. */
export async function writePage(files: readonly string[], docs = "docs"): Promise<string[]> {
  const all = await readResults<Results>(files);
  const page = join(docs, "results", "performance.md");
  await writeSections(page, sectionsOf(all));
  const written = [page];
  await mkdir(join(docs, "images"), { recursive: true });
  const runs = all.flatMap(({ figures }) => figures.flatMap((figure) => figure.runs ?? []));
  for (const [name, svg] of Object.entries(chartsOf(runs))) {
    const file = join(docs, "images", `${name}.svg`);
    await writeFile(file, svg);
    written.push(file);
  }
  return written;
}

/** The figures of the plugin have a section of their own. Sections without a figure stay as they are. */
function sectionsOf(all: readonly Results[]): Record<string, string> {
  const runsOf = (isOfPlugin: boolean) =>
    all
      .map((results) => ({
        run: `\`${results.command}\`, ${results.date.slice(0, 10)}; ${results.machine}.`,
        figures: results.figures.filter(({ name }) => name.startsWith("plugin") === isOfPlugin),
      }))
      .filter(({ figures }) => figures.length > 0);
  const [others, ofPlugin] = [runsOf(false), runsOf(true)];
  const figures = others.flatMap((one) => one.figures);
  return {
    ...(figures.length > 0 && {
      run: others.map(({ run }) => run).join("\n\n"),
      figures: resultsTable(figures),
      runs: runsTable(figures),
    }),
    ...(ofPlugin.length > 0 && {
      plugin: ofPlugin.map((one) => `${one.run}\n\n${resultsTable(one.figures)}`).join("\n\n"),
    }),
  };
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

/** Colours that people with a colour vision deficiency can distinguish (Okabe and Ito). */
const styles: Record<Contestant, Pick<Line, "name" | "color">> = {
  ours: { name: "pulumi-dataexchange", color: "#d55e00" },
  JobSet: { name: "one JobSet", color: "#e69f00" },
  B: { name: "boto3 script", color: "#0072b2" },
  C: { name: "coordinator", color: "#009e73" },
  S: { name: "aws-cli script", color: "#cc79a7" },
  R: { name: "Terraform's way", color: "#000000" },
};

/** SVG charts of the publications by the name of their file; none without a run. */
function chartsOf(runs: readonly Run[]): Record<string, string> {
  const published = runs.filter(({ work }) => work === "publish");
  const [first] = published;
  if (!first) return {};
  const linesOf = (value: (run: Run) => number): Line[] =>
    (Object.keys(styles) as Contestant[])
      .map((who) => {
        const points = published
          .filter((run) => run.who === who)
          .map((run) => [run.count, value(run)] as const);
        return { ...styles[who], points };
      })
      .filter(({ points }) => points.length > 0);
  const ideal: Line = {
    ...{ name: "the quota alone", color: "#888888", dashed: true },
    points: [...new Map(published.map((run) => [run.count, run.ideal]))],
  };
  const title = `Import and finalize, jobs of ${first.lasting} s`;
  return {
    "publish-seconds": svgOf(title, "seconds", [ideal, ...linesOf(({ seconds }) => seconds)]),
    "publish-calls": svgOf(
      "Calls to AWS Data Exchange for it",
      "calls",
      linesOf(({ calls }) => calls),
    ),
  };
}

const [width, height] = [720, 420];
const plot = { left: 70, right: 560, top: 48, bottom: 360 };
const [ink, faint] = ["#333333", `stroke="#dddddd"`];

/** A line chart by number of objects with logarithmic axes. A library for it would bring thirty packages. */
function svgOf(title: string, unit: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const across = logScale(
    points.map(([x]) => x),
    plot.left,
    plot.right,
  );
  const up = logScale(
    points.map(([, y]) => y),
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
      line(across.at(tick), plot.top, across.at(tick), plot.bottom, faint),
      text(across.at(tick), plot.bottom + 20, label(tick), centred),
    ]),
    ...up.ticks.flatMap((tick) => [
      line(plot.left, up.at(tick), plot.right, up.at(tick), faint),
      text(plot.left - 8, up.at(tick) + 4, label(tick), `text-anchor="end"`),
    ]),
    text((plot.left + plot.right) / 2, plot.bottom + 44, "objects", centred),
    text(0, 0, unit, `${centred} transform="translate(16 ${round(middle)}) rotate(-90)"`),
    ...lines.flatMap(({ color, points, dashed }) => {
      const positions = [...points]
        .sort(([a], [b]) => a - b)
        .map(([x, y]) => [round(across.at(x)), round(up.at(y))]);
      const marks = positions.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${color}"/>`);
      const path = `<polyline points="${positions.join(" ")}" fill="none" ${stroke(color, dashed)}/>`;
      return [path, ...(dashed ? [] : marks)];
    }),
    ...lines.flatMap(({ name, color, dashed }, index) => {
      const y = plot.top + 10 + 22 * index;
      const sample = line(plot.right + 16, y, plot.right + 40, y, stroke(color, dashed));
      return [sample, text(plot.right + 46, y + 4, name, "")];
    }),
    "</svg>\n",
  ].join("\n");
}

/** Maps values to positions between `from` and `to`: the decades that hold all values have the same length. */
function logScale(values: readonly number[], from: number, to: number) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value: number) => from + ((to - from) * (Math.log10(value) - first)) / (last - first),
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  };
}

const centred = `text-anchor="middle"`;
const label = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 3 });
const round = (value: number): number => Math.round(value * 10) / 10;
const stroke = (color: string, dashed = false): string =>
  `stroke="${color}" stroke-width="2"${dashed ? ` stroke-dasharray="6 4"` : ""}`;
const line = (x1: number, y1: number, x2: number, y2: number, attributes: string) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`;
const text = (x: number, y: number, words: string, attributes: string) =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
const escaped = (words: string) => words.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
