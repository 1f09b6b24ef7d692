/** Every benchmark at its full size; all take about 45 minutes. */
import type { Contestant } from "../contest/contest";
import type { Benchmark } from "../benchmark";
import { change, preview, up } from "./engine";
import type { Size } from "./contests";
import { contestFigure, kinds } from "./contests";
import { emulator } from "./emulator";
import { hostMemory, hostStart, pluginMemory, pluginStart } from "./host";
import { plugin } from "./plugin";
import { lag, polling } from "./polling";
import { upload } from "./upload";

/** Other sizes and contestants for contests. */
export interface Selection {
  readonly objects?: number;
  /** Seconds that a job lasts. */
  readonly lasting?: number;
  readonly who?: readonly Contestant[];
}

const all: readonly Contestant[] = ["ours", "B", "C", "S"];

const sizes: Record<string, readonly Size[]> = {
  publish: [
    { count: 1, lasting: 20, who: [...all, "R"] },
    { count: 10, lasting: 20, who: ["ours", "R"] },
    { count: 100, lasting: 20, who: all },
    { count: 1_000, lasting: 20, who: all, judged: true },
    { count: 10_000, lasting: 20, who: all, judged: true, again: true },
  ],
  export: [{ count: 1_000, lasting: 20, who: all, judged: true }],
  independent: [{ count: 100, lasting: 5, who: ["ours", "JobSet", "B", "S"], judged: true }],
  uploads: [
    { count: 100, lasting: 1, who: ["S"] as const },
    { count: 1_000, lasting: 1, who: ["ours", "B"], judged: true },
  ],
};

const contests = ({ objects, lasting, who }: Selection): Benchmark[] =>
  kinds.map((kind) => {
    const full = sizes[kind.name]!;
    const chosen = objects === undefined ? full : [{ ...full.at(-1)!, count: objects, again: false }];
    const size = (one: Size) => ({ ...one, lasting: lasting ?? one.lasting, who: who ?? one.who });
    return contestFigure(kind, chosen.map(size));
  });

export const selectBenchmarks = (choice: Selection = {}): readonly Benchmark[] => [
  ...contests(choice),
  polling({ jobs: 100, lasting: 20, spread: 5 }),
  lag([2, 14, 65], 20),
  // A job is replaced before its assets are deleted, so a full revision has no room for the new ones.
  change(9_900),
  up([
    { count: 1, pairs: 5 },
    { count: 100, pairs: 3 },
    { count: 1_000, pairs: 1 },
  ]),
  preview(1_000),
  hostStart(9),
  hostMemory(1_000, 3),
  pluginStart(9),
  pluginMemory(1_000, 3),
  plugin([
    { count: 1, pairs: 5 },
    { count: 100, pairs: 3 },
    { count: 1_000, pairs: 1 },
  ]),
  upload(1024, 3),
  emulator(1024, 5),
];

export const benchmarks = selectBenchmarks();
