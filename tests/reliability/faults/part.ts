/** The fault matrix: every call × everything that can go wrong with it × for how long. */
import type { Context, Failure, Outcome, Part } from "../frame/suite";
import type { Cell, CellResult } from "./case";
import { nameOf } from "./case";
import { durations, faultNames } from "./faults";
import { allCells, engineCells, runOnEngines, runOnHosts } from "./matrix";

export const faults: Part = {
  name: "faults",
  title: "each call a job's life makes × eleven faults × once, for a while, for good",
  async run({ progress, secrets }: Context): Promise<Outcome> {
    let done = 0;
    let broken = 0;
    const count = (where: string, all: number) => (result: CellResult) => {
      done += 1;
      broken += Number(result.broken.length > 0);
      progress(`${done} of ${all} cells on the ${where}, ${broken} broken`);
    };
    const onHosts = await runOnHosts(allCells, secrets, count("host", allCells.length));
    done = broken = 0;
    const onEngines = await runOnEngines(engineCells, secrets, count("engine", engineCells.length));
    return summaryOf(onHosts, onEngines);
  },
};

export function summaryOf(
  results: readonly CellResult[],
  onEngines: readonly CellResult[],
  names: readonly Cell["fault"][] = faultNames,
): Outcome {
  const rows = [...new Set(results.map(({ cell }) => rowOf(cell)))];
  return {
    table: {
      head: ["call (what goes on)", ...names],
      rows: rows.map((row) => [
        row,
        ...names.map((fault) =>
          durations
            .map((duration) =>
              results.find(
                ({ cell }) => rowOf(cell) === row && cell.fault === fault && cell.duration === duration,
              ),
            )
            .map(signOf)
            .join(" "),
        ),
      ]),
    },
    notes: [
      "Three signs a cell: once, for a while, for good. `✓` nobody noticed; `k` failed, the job kept in state; `n` " +
        "failed, nothing made; `–` never called; `FAILED` a promise was broken. After every `k` and `n` one further " +
        "run put all right.",
      `On the real engine, each call with 500 for a while and 403 for good: ${onEngines.map(inWords).join("; ")}.`,
    ],
    figures: {
      cells: results.length,
      "cells on the engine": onEngines.length,
      ...Object.fromEntries(
        (["through", "kept", "nothing made", "not called"] as const).map((outcome) => [
          outcome,
          results.filter((result) => result.outcome === outcome).length,
        ]),
      ),
    },
    failures: [...results, ...onEngines].flatMap(failuresOf),
    details: {
      host: results.map(({ cell, ...rest }) => ({ cell: nameOf(cell), ...rest })),
      engine: onEngines.map(({ cell, ...rest }) => ({ cell: nameOf(cell), ...rest })),
    },
  };
}

const rowOf = ({ call, life }: Cell): string => `${call} (${life.name})`;

const signs = { through: "✓", kept: "k", "nothing made": "n", "not called": "–" } as const;

const signOf = (result: CellResult | undefined): string =>
  result === undefined ? "" : result.broken.length > 0 ? "FAILED" : signs[result.outcome];

const inWords = (result: CellResult): string => `${nameOf(result.cell)} ${signOf(result)}`;

const failuresOf = ({ cell, broken, message }: CellResult): Failure[] => {
  if (broken.length === 0) return [];
  const what = [...new Set(broken)].join("; ");
  return [{ where: nameOf(cell), what, ...(message !== undefined && { story: message }) }];
};
