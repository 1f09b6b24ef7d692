/** Parts of a review that tests compare. */
import type { ItemChanges } from "../../review/reason";
import type { Review, RunningJob } from "../../review/review";
import type { Warning } from "../../review/warning";
import { reviewed } from "./previews";

/** Reasons and warnings as data, without the nouns of the job type table. */
const bare = (data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([member]) => member !== "items"));

export const reasonsOf = ({ reasons }: RunningJob): object[] => reasons.map(bare);
/** The warnings of the first job that runs. */
export const warningsIn = (...steps: object[]): readonly Warning[] => reviewed(steps).running[0]!.warnings;

/** The reason of changed items, with empty lists by default. */
export const itemsChanged = (changes: Partial<ItemChanges>): object => ({
  kind: "items-changed",
  property: "details",
  ...{ added: [], removed: [], changed: [], movedIn: [], movedOut: [] },
  ...changes,
});

/** The running rows by name, with the number of jobs of a row that stands for many. */
export const rowsByName = ({ rows }: Review): Record<string, RunningJob> =>
  Object.fromEntries(
    rows.running.map((job) => [`${job.urn.name}${job.jobs === undefined ? "" : ` (${job.jobs})`}`, job]),
  );

export const rowOf = (review: Review, name: string): RunningJob => rowsByName(review)[name]!;
export const effectsOf = ({ rows }: Review) => rows.idle.map(({ urn, effect }) => [urn.name, effect]);

export const objects = (...keys: string[]): string[] => keys.map((key) => `s3://source/${key}`);
