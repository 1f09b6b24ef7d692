/** The lives that real processes go through. */
import type { TestService } from "../../harness/service";
import type { Between } from "../frame/proxy";
import type { Behind } from "./behind";
import { each, replicas, shifting, stale, together, uniform } from "./behind";
import type { RealScript } from "./real-life";
import { kinds, starts } from "./real-life";
import { served, signedInTime } from "./served";

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

const behinds: readonly { readonly behind: Behind; readonly longest: number }[] = [
  { behind: uniform(3 * seconds), longest: 3 * seconds },
  { behind: each(5 * seconds, "lag"), longest: 5 * seconds },
  { behind: replicas(0, 4 * seconds), longest: 4 * seconds },
  { behind: stale(4 * seconds), longest: 4 * seconds },
  { behind: shifting("lag"), longest: 0 },
  {
    behind: together(
      "all of it, up to 10 s behind",
      each(10 * seconds, "all"),
      stale(7 * seconds),
      shifting("all"),
    ),
    longest: 10 * seconds,
  },
];

/** How far the clocks of processes are off. */
const shifts: readonly [name: string, by: number][] = [
  ["a clock 10 minutes ahead", 10 * minutes],
  ["a clock 10 minutes behind", -10 * minutes],
  ["a clock 30 hours ahead", 30 * hours],
  ["a clock 9 days behind", -9 * 24 * hours],
];

const behindCases: readonly RealScript[] = behinds.flatMap(({ behind, longest }) =>
  kinds.flatMap((kind) =>
    starts.map((start) => ({
      ...{ name: behind.name, kind, start, longest },
      between: (service: TestService): Between => served(service, behind),
    })),
  ),
);

const clockCases: readonly RealScript[] = shifts.flatMap(([name, shift]) =>
  (["import", "upload"] as const).flatMap((kind) =>
    (["undisturbed", "crash"] as const).map((start) => ({
      ...{ name, kind, start, longest: 0, shift },
      between: () => signedInTime,
    })),
  ),
);

export const realCases: readonly RealScript[] = [...behindCases, ...clockCases];
