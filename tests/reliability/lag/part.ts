/** Answers that are behind or off: on virtual time, by real processes over HTTP, and calls answered without content. */
import fc from "fast-check";

import { nameOf as cellName } from "../faults/case";
import { durations, emptyNames } from "../faults/faults";
import { emptyCells, runOnHosts } from "../faults/matrix";
import { summaryOf as matrixOf } from "../faults/part";
import type { Context, Failure, Outcome, Part } from "../frame/suite";
import { sideBySide } from "../frame/worker-pool";
import { realCases } from "./cases";
import { kinds, liveReally, nameOf, starts } from "./real-life";
import { scripts } from "./scripts";
import { liveVirtually } from "./virtual-life";

/** Lives wait most of the time. */
const livesAtOnce = 8;

export const lagPart: Part = {
  name: "lag",
  title:
    "listings and answers up to 30 s behind, pages that shift, clocks off by days, answers without content",
  async run({ progress, secrets }: Context): Promise<Outcome> {
    const count = Number(process.env.LAG_SCRIPTS ?? 4_000);
    const seed = Number(process.env.LAG_SEED ?? Date.now() % 2 ** 31);
    progress(`${count} lives on virtual time, seed ${seed}`);
    const virtual = await runVirtually(count, seed);

    let done = 0;
    const places = Array.from({ length: livesAtOnce });
    const lived = await sideBySide(places, realCases, async (_, script) => {
      const broken = await liveReally(script);
      progress(`${++done} of ${realCases.length} lives in real processes`);
      return { script, broken };
    });

    done = 0;
    const cells = await runOnHosts(emptyCells, secrets, () =>
      progress(`${++done} of ${emptyCells.length} calls answered without content`),
    );
    const matrix = matrixOf(cells, [], emptyNames);
    const real: Failure[] = lived.flatMap(({ script, broken }) =>
      broken.map((what) => ({ where: nameOf(script), what })),
    );
    const names = [...new Set(realCases.map(({ name }) => name))];
    const columns = kinds.flatMap((kind) => starts.map((start) => ({ kind, start })));
    const sign = (name: string, kind: string, start: string) => {
      const found = lived.find(
        ({ script }) => script.name === name && script.kind === kind && script.start === start,
      );
      return found === undefined ? "" : found.broken.length > 0 ? "FAILED" : "✓";
    };
    return {
      table: {
        head: ["answers", ...columns.map(({ kind, start }) => `${kind}, ${start}`)],
        rows: names.map((name) => [name, ...columns.map(({ kind, start }) => sign(name, kind, start))]),
      },
      tables: [matrix.table],
      notes: [
        "Each life in real processes: an `up` (undisturbed, killed after StartJob, or two at once), two refreshes, a " +
          "replacement with its deletion, and of an import a finalization while another job runs. Beneath, each call " +
          `answered without content ${durations.join(", ")}, with the signs of the part \`faults\`.`,
        `On virtual time ${count} random lives, up to 30 s behind. LAG_SEED=${seed} LAG_SCRIPTS=${count} makes them again.`,
      ],
      figures: {
        "lives on virtual time": count,
        "lives in real processes": lived.length,
        "calls answered without content": cells.length,
      },
      failures: [...virtual, ...real, ...matrix.failures],
      details: {
        seed,
        lives: lived.map(({ script, broken }) => ({ life: nameOf(script), broken })),
        cells: cells.map(({ cell, ...rest }) => ({ cell: cellName(cell), ...rest })),
      },
    };
  },
};

/** The first script that breaks a promise, made as small as it still does. */
export async function runVirtually(numRuns: number, seed: number): Promise<Failure[]> {
  const checked = await fc.check(
    fc.asyncProperty(scripts, async (script) => {
      const broken = await liveVirtually(script);
      if (broken.length > 0) throw new Error(broken.join("; "));
    }),
    { numRuns, seed },
  );
  if (!checked.failed) return [];
  const [script] = checked.counterexample!;
  const { message } = checked.errorInstance as Error;
  return [
    {
      where: `LAG_SEED=${seed} LAG_SCRIPTS=${checked.numRuns} npm run prove -- lag`,
      what: message,
      story: JSON.stringify({ ...script, behind: script.behind.name }, undefined, 1),
    },
  ];
}
