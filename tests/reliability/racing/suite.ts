/** The matrix of races: providers × calls × killed processes. */
import { withSearchedStacks } from "../engine-stack";
import { notReached, untilReached } from "../killed-run";
import type { Boundary } from "../proxy";
import { boundaryText } from "../proxy";
import type { Suite, SuiteContext, SuiteResult } from "../suite";
import { failuresOf } from "../suite";
import type { Race, RaceResult } from "./race";
import { runRace, victims } from "./race";

/** The first jobs of a run take turns for the right to create a job; the later ones also wait for a slot of the quota. */
const calls: readonly Pick<Boundary, "call" | "nth">[] = [
  { call: "CreateJob", nth: 1 },
  { call: "CreateJob", nth: 2 },
  { call: "StartJob", nth: 1 },
  { call: "StartJob", nth: 2 },
  { call: "ListRevisionAssets", nth: 1 },
];
const sides = ["before", "after"] as const;

const boundaries: readonly (readonly [providers: number, Boundary])[] = [
  ...calls.flatMap((call) => sides.map((side) => [2, { ...call, side }] as const)),
  ...sides.flatMap((side) => [calls[1]!, calls[3]!].map((call) => [3, { ...call, side }] as const)),
];

const nameOf = ({ providers, boundary, killed }: Race): string => `${rowOf(providers, boundary)}, ${killed}`;
const rowOf = (providers: number, boundary: Boundary): string =>
  `${providers} providers: ${boundaryText(boundary)}`;

export const racingSuite: Suite = {
  name: "racing",
  title:
    "two and three explicit providers of one account, the same jobs in each, kill -9 of providers and engine",
  onlyHost: "plugin",
  run: ({ progress, secrets }: SuiteContext): Promise<SuiteResult> =>
    withSearchedStacks(1, secrets, "plugin", async ([stack]) => {
      const races = boundaries.flatMap(([providers, boundary]) =>
        victims.map((killed): Race => ({ providers, boundary, killed })),
      );
      const results: RaceResult[] = [];
      for (const race of races) {
        const result = await untilReached<RaceResult>(
          () => runRace(race, stack!, secrets),
          () => ({ race, jobCount: 0, starts: 0, refused: 0, calls: [], broken: [notReached] }),
        );
        results.push(result);
        const broken = results.filter((result) => result.broken.length > 0).length;
        progress(`${results.length} of ${races.length} races, ${broken} broken`);
      }
      return racingResult(results);
    }),
};

function racingResult(results: readonly RaceResult[]): SuiteResult {
  const byName = new Map(results.map((result) => [nameOf(result.race), result]));
  const cell = (race: Race): string => {
    const { broken, jobCount, starts } = byName.get(nameOf(race))!;
    return broken.length === 0 ? `${starts} of ${jobCount}` : "FAILED";
  };
  const refused = results.reduce((sum, result) => sum + result.refused, 0);
  return {
    table: {
      head: ["killed when", ...victims],
      rows: boundaries.map(([providers, boundary]) => [
        rowOf(providers, boundary),
        ...victims.map((killed) => cell({ providers, boundary, killed })),
      ]),
    },
    notes: [
      "Each cell shows how many of the created jobs ran. The others were cancelled before they had an effect, or were never started.",
    ],
    figures: {
      races: results.length,
      "ended with one job for each resource": results.filter(({ broken }) => broken.length === 0).length,
      "StartJob beyond the quota after a kill": refused,
    },
    failures: results.flatMap(({ race, broken, calls: made }) =>
      failuresOf(nameOf(race), broken, `calls: ${made.join(", ")}`),
    ),
    details: results.map(({ race, ...rest }) => ({ race: nameOf(race), ...rest })),
  };
}
