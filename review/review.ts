/** What a preview means for the jobs of AWS Data Exchange in it: which run, why, and what to look out for. */
import { isUnfinished } from "../provider/model/job";
import type { JobType } from "../provider/model/job-type";
import { findJobType } from "../provider/model/job-types";
import type { Caution } from "./cautions";
import { cautionsOf } from "./cautions";
import { Known, isComponent, isJob, isLeft, isStack } from "./known";
import type { Phrase } from "./phrase";
import { name, say } from "./phrase";
import type { Preview, Step } from "./preview";
import type { Urn } from "./urn";
import type { Queue } from "./queues";
import { queuesOf } from "./queues";
import type { Reason } from "./reasons";
import { reasonsForNew, reasonsForRerun } from "./reasons";
import { describeLeftover, describeStill, takenAway } from "./still";
import { describeJob } from "./words";

export interface Review {
  readonly project?: string;
  readonly stack?: string;
  /** The preview's own errors; with one of them it is not whole. */
  readonly errors: readonly { readonly resource?: string; readonly message: string }[];
  /** What components of this package say of the jobs that they declare only once more is known. */
  readonly later: readonly Later[];
  /** The jobs that will or may run, in the order of `actions`. */
  readonly running: readonly RunningJob[];
  /** The jobs that run nothing and yet change. */
  readonly still: readonly StillJob[];
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
  const running = jobs.flatMap((step) => runningJob(step, known)).sort(byAction);
  const still = [
    ...jobs.flatMap((step) => stillJob(step, known)),
    ...known.leftovers.flatMap((step) => leftover(step, known)),
  ].sort(byName);
  const { project, stack } = preview.steps[0]?.urn ?? {};
  const sames = preview.steps.filter(({ op }) => op === "same");
  const showsSames = sames.length === (preview.summary.same ?? 0);
  return {
    project,
    stack,
    errors: preview.errors.map(({ urn, message }) => ({ resource: urn?.name, message })),
    later: laterOf(preview),
    running,
    still,
    ...(showsSames && { staying: sames.filter(({ urn }) => isJob(urn)).length }),
    queues: queuesOf(running, preview.config),
    others: othersOf(preview, jobs),
  };
}

function runningJob(step: Step, known: Known): RunningJob[] {
  const { urn, new: declared } = step;
  const action = actionOf(step);
  if (!action || !declared) return [];
  const jobType = findJobType(declared.inputs.type);
  const reasons = reasonsOf(action, step, known);
  const region = declared.inputs.region;
  return [
    {
      urn,
      component: known.componentOf(declared),
      action: action === "rerun" && reasons.every(({ kind }) => kind === "unknown") ? "mayRerun" : action,
      type: jobType?.type ?? "unknown",
      jobType,
      ...(typeof region === "string" && { region }),
      does: jobType ? describeJob(jobType, declared, known) : ["does what is not known yet"],
      reasons,
      cautions: jobType ? cautionsOf(step, jobType, known) : [],
    },
  ];
}

function actionOf({ op, old }: Step): Exclude<Action, "mayRerun"> | undefined {
  if (op === "create") return "new";
  if (op === "replace") return "rerun";
  return op === "update" && isLeft(old) ? "continue" : undefined;
}

function reasonsOf(action: Action, step: Step, known: Known): Reason[] {
  if (action === "new") return reasonsForNew(step, known);
  if (action === "rerun") return reasonsForRerun(step, known);
  return [{ kind: "unfinished", phrase: say`its last run was left in ${name(step.old?.outputs.state)}` }];
}

function stillJob(step: Step, known: Known): StillJob[] {
  const { op, urn, old, new: declared } = step;
  const component = known.componentOf(declared ?? old);
  if (op === "delete" && old) {
    const action = isUnfinished(old.outputs.state) ? "cancel" : "delete";
    const phrase = describeStill(action, { ...step, old }, known);
    return [{ urn, component, action, phrase, assets: takenAway(old) }];
  }
  if (op !== "update" || !old || !declared || isLeft(old)) return [];
  return [{ urn, component, action: "update", phrase: describeStill("update", { ...step, old }, known) }];
}

/** A job that runs says itself what becomes of an earlier one of its name. */
function leftover(step: Step, known: Known): StillJob[] {
  const { urn, old } = step;
  const current = known.stepOf(urn);
  const phrase = old && (!current || !actionOf(current)) ? describeLeftover(old, known) : undefined;
  if (!old || !phrase) return [];
  return [{ urn, component: known.componentOf(old), action: "delete", phrase, assets: takenAway(old) }];
}

const laterOf = ({ notes }: Preview): Later[] =>
  notes.flatMap(({ urn, message }) => (urn && isComponent(urn) ? [{ urn, message }] : []));

function othersOf({ steps, summary }: Preview, jobs: readonly Step[]): Record<string, number> {
  const others: Record<string, number> = { ...summary };
  const own = [...jobs, ...steps.filter(({ urn }) => isStack(urn))];
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
