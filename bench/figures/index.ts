/** Every figure at its full size; the whole takes about a quarter of an hour. */
import type { Figure } from "../figure";
import { emulator } from "./emulator";
import { hostMemory, hostStart } from "./host";
import { lag } from "./lag";
import { manyAssets } from "./many-assets";
import { polling } from "./polling";
import { preview } from "./preview";
import { up } from "./up";
import { upload } from "./upload";

export const figures: readonly Figure[] = [
  polling({ jobs: 100, lasting: 20, spread: 5 }),
  lag([2, 14, 65], 20),
  manyAssets({ assets: 10_000, lasting: 20_000 }),
  up([
    { count: 1, pairs: 5 },
    { count: 100, pairs: 3, explained: true },
    { count: 1_000, pairs: 1 },
  ]),
  preview([
    { count: 1, pairs: 5 },
    { count: 100, pairs: 3, explained: true },
    { count: 1_000, pairs: 1 },
  ]),
  hostStart(9),
  hostMemory(1_000, 1),
  upload(1024, 3),
  emulator(1024, 5),
];
