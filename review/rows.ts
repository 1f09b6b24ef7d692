/** Jobs as a reader is told of them: one by one, or, where a set has many of which one sentence is true, as one. */
import type { Known } from "./preview-index";
import { groupedBy, lotOf, merged } from "./merge";
import type { Step } from "./parse-preview";
import type { NamedJob } from "./review";

/** So many jobs of a set that have the same in store are told of one by one. */
const mostAlike = 5;

type Tell<Job> = (step: Step, known: Known) => Job[];

export interface Told<Job> {
  /** Each job. */
  readonly jobs: readonly Job[];
  readonly rows: readonly Job[];
}

export function tellAll<Job extends NamedJob & { readonly action: string }>(
  steps: readonly Step[],
  known: Known,
  tell: Tell<Job>,
): Told<Job> {
  const told = steps.flatMap((step) => tell(step, known).map((job) => ({ step, job })));
  const lots = groupedBy(told, ({ step, job }) =>
    step.set ? `${job.action} ${lotOf(step)}` : `${job.action} ${job.urn.text}`,
  );
  const rows = [...lots.values()].flatMap((lot): Job[] => {
    const alone = lot.map(({ job }) => job);
    if (lot.length <= mostAlike) return alone;
    const { action } = alone[0]!;
    return tell(merged(lot.map(({ step }) => step)), known).map((job) => ({ ...job, action }));
  });
  return { jobs: told.map(({ job }) => job), rows };
}
