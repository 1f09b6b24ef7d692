/** What a preview means for the jobs of AWS Data Exchange in it: which run, why, and what to look out for. */
import type { JobType } from "../service-model/job-type";
import type { Caution } from "./warnings";
import { Known, isComponent, isStack } from "./preview-index";
import type { Phrase } from "./rich-text";
import { sentence } from "./rich-text";
import type { OfSet, Preview, Step } from "./parse-preview";
import type { Urn } from "./urn";
import type { Queue } from "./quota-waits";
import { queuesOf } from "./quota-waits";
import type { Reason } from "./reasons";
import { tellAll } from "./rows";
import { isUndecided } from "./sets";
import { leftover, runningJob, stillJob } from "./told-jobs";
import { unknownUntil } from "./until";

export interface Review {
  readonly project?: string;
  readonly stack?: string;
  /** The preview's own errors; with one of them it is not whole. */
  readonly errors: readonly { readonly resource?: string; readonly message: string }[];
  /** What components of this package say of the jobs that they declare only once more is known, and sets of theirs. */
  readonly later: readonly Later[];
  /** The jobs that will or may run, in the order of `actions`. */
  readonly running: readonly RunningJob[];
  /** The jobs that run nothing and yet change. */
  readonly still: readonly StillJob[];
  /** The same for readers: many jobs of one set may be one row. */
  readonly rows: { readonly running: readonly RunningJob[]; readonly still: readonly StillJob[] };
  /** How many jobs stay as they are; nothing where the preview does not say, that is without `--show-sames`. */
  readonly staying?: number;
  readonly queues: readonly Queue[];
  /** How many other resources have each operation; the stack's own is not among them. */
  readonly others: Readonly<Record<string, number>>;
}

/** What becomes of a job: the first three are sure or likely to cost something. */
export const actions = ["rerun", "mayRerun", "continue", "new"] as const;
export type Action = (typeof actions)[number];

export interface NamedJob {
  readonly urn: Urn;
  readonly component?: Urn;
  /** The set that the job is of. */
  readonly set?: OfSet;
  /** How many jobs of a set these are, in a row that stands for many. */
  readonly jobs?: number;
}

export interface RunningJob extends NamedJob {
  readonly action: Action;
  readonly type: string;
  readonly jobType?: JobType;
  readonly region?: string;
  readonly does: Phrase;
  readonly reasons: readonly Reason[];
  readonly cautions: readonly Caution[];
}

export interface Later {
  readonly urn: Urn;
  readonly message: string;
}

export interface StillJob extends NamedJob {
  readonly action: "delete" | "cancel" | "update";
  readonly phrase: Phrase;
  /** The assets that go with it; missing where they cannot be known. */
  readonly assets?: readonly string[];
}

export function reviewOf(preview: Preview): Review {
  const known = new Known(preview);
  const { jobs } = known;
  const running = tellAll(jobs, known, runningJob);
  const [changing, left] = [tellAll(jobs, known, stillJob), tellAll(known.leftovers, known, leftover)];
  const { project, stack } = preview.steps[0]?.urn ?? {};
  const sames = preview.steps.filter(({ op }) => op === "same");
  const showsSames = sames.length === (preview.summary.same ?? 0);
  return {
    project,
    stack,
    errors: preview.errors.map(({ urn, message }) => ({ resource: urn?.name, message })),
    later: laterOf(preview, known),
    running: [...running.jobs].sort(byAction),
    still: [...changing.jobs, ...left.jobs].sort(byName),
    rows: {
      running: [...running.rows].sort(byAction),
      still: [...changing.rows, ...left.rows].sort(byName),
    },
    ...(showsSames && { staying: jobs.filter(({ op }) => op === "same").length }),
    queues: queuesOf(running.jobs, preview.config),
    others: othersOf(preview, known.resources),
  };
}

function laterOf({ notes }: Preview, known: Known): Later[] {
  const told = notes.flatMap(({ urn, message }) => (urn && isComponent(urn) ? [{ urn, message }] : []));
  const tellers = new Set(told.map(({ urn }) => urn.text));
  // A component that declares a set says more of it.
  const sets = known.resources.filter((step) => isUndecided(step) && !tellers.has(step.new?.parent ?? ""));
  return [...told, ...sets.map((step) => ({ urn: step.urn, message: howMany(step, known) }))];
}

const howMany = (step: Step, known: Known): string =>
  `how many jobs it has is decided later: ${sentence(unknownUntil("jobs", "jobs", step, known).phrase)}.`;

function othersOf({ steps, summary }: Preview, resources: readonly Step[]): Record<string, number> {
  const others: Record<string, number> = { ...summary };
  const own = [...resources, ...steps.filter(({ urn }) => isStack(urn))];
  for (const { op } of own) others[op] = (others[op] ?? 0) - 1;
  return Object.fromEntries(Object.entries(others).filter(([, number]) => number > 0));
}

/** The engine's own order is another in each run. */
const byName = (a: NamedJob, b: NamedJob): number => compare(sortKey(a), sortKey(b));
const byAction = (a: RunningJob, b: RunningJob): number =>
  actions.indexOf(a.action) - actions.indexOf(b.action) || byName(a, b);

const sortKey = ({ urn, component }: NamedJob): string =>
  `${component?.name ?? ""}\n${urn.name}\n${urn.text}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
