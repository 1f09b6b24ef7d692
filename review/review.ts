/** Reviews a preview: which jobs of AWS Data Exchange run, why, and with which warnings. */
import { codesIn } from "../lib/message-code";
import type { JobType } from "../service-model/job-type";
import { findJobType } from "../service-model/job-types";
import type { AssetNames } from "./assets";
import { AssetIndex, deletedAssets } from "./assets";
import { describeJob } from "./describe-job";
import { describeUnknown } from "./describe-reason";
import type { Effect } from "./idle-jobs";
import { effectOf, effectOnFormer } from "./idle-jobs";
import { groupBy, merge, mergeKey } from "./merge-jobs";
import type { Preview, SetOfJob, Step } from "./parse-preview";
import { isResumable } from "./job-details";
import { PreviewIndex } from "./preview-index";
import type { Urn, Values } from "./preview-values";
import { stackType } from "./preview-values";
import type { Queue } from "./queues";
import { queuesOf } from "./queues";
import type { Reason } from "./reason";
import { notKnownYet } from "./reason";
import { isPossibleRerun, reasonsForNew, reasonsForRerun } from "./reasons";
import { isComponent, isSet } from "./resource-types";
import type { RichText } from "./rich-text";
import { toPlainText } from "./rich-text";
import { hasUnknownJobs } from "./set-steps";
import type { Warning } from "./warning";
import { warningsOf } from "./warnings";

export interface Review {
  readonly project?: string;
  readonly stack?: string;
  /** Errors of the preview. With an error, the preview is incomplete. */
  readonly errors: readonly { readonly resource?: string; readonly message: string }[];
  /** Components and sets whose jobs are decided during `pulumi up`. */
  readonly deferred: readonly DeferredDecision[];
  /** The jobs that will or may run, in the order of `actions`. */
  readonly running: readonly RunningJob[];
  /** The jobs that change without a run. */
  readonly idle: readonly IdleJob[];
  /** `running` and `idle` for readers: one row may stand for many jobs of a set. */
  readonly rows: { readonly running: readonly RunningJob[]; readonly idle: readonly IdleJob[] };
  /** The number of unchanged jobs; undefined without `--show-sames`. */
  readonly unaffected?: number;
  readonly queues: readonly Queue[];
  /** The number of other resources by operation, without the stack's own. */
  readonly others: Readonly<Record<string, number>>;
}

/** The actions that are most likely to cost something come first. */
export const actions = ["rerun", "possibleRerun", "resume", "new"] as const;
export type Action = (typeof actions)[number];

export interface NamedJob {
  readonly urn: Urn;
  readonly component?: Urn;
  /** The set that the job belongs to. */
  readonly set?: SetOfJob;
  /** The number of jobs that a row stands for. */
  readonly jobs?: number;
}

export interface RunningJob extends NamedJob {
  readonly action: Action;
  readonly type: string;
  readonly jobType?: JobType;
  readonly region?: string;
  /** The settings of its explicit provider. */
  readonly provider?: Values;
  readonly summary: RichText;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Warning[];
}

export interface IdleJob extends NamedJob {
  readonly action: "delete" | "cancel" | "update" | "import";
  readonly effect: Effect;
  /** The assets that are deleted with it; undefined if they are not known. */
  readonly assets?: AssetNames;
}

interface DeferredDecision {
  readonly urn: Urn;
  readonly message: string;
}

export function reviewOf(preview: Preview): Review {
  const index = new PreviewIndex(preview);
  const assets = new AssetIndex(index);
  const running = rowsOf(index.jobs, (step) => runningJob(step, index, assets));
  const changed = rowsOf(index.jobs, (step) => idleJob(step, index));
  const former = rowsOf(index.leftovers, (step) => formerJob(step, index));
  const { project, stack } = preview.steps[0]?.urn ?? {};
  const isSame = ({ op }: Step) => op === "same";
  const showsSames = preview.steps.filter(isSame).length === (preview.summary.same ?? 0);
  return {
    project,
    stack,
    errors: preview.errors.map(({ urn, message }) => ({ resource: urn?.name, message })),
    deferred: deferredDecisions(preview, index),
    running: running.jobs.sort(byAction),
    idle: [...changed.jobs, ...former.jobs].sort(byName),
    rows: { running: running.rows.sort(byAction), idle: [...changed.rows, ...former.rows].sort(byName) },
    ...(showsSames && { unaffected: index.jobs.filter(isSame).length }),
    queues: queuesOf(running.jobs, preview.config),
    others: countOthers(preview, index.resources),
  };
}

function runningJob(step: Step, index: PreviewIndex, assets: AssetIndex): RunningJob | undefined {
  const { new: declared } = step;
  const action = actionOf(step);
  if (!action || !declared) return undefined;
  const { type, region } = declared.inputs;
  const provider = index.providerOf(step)?.new?.inputs;
  const jobType = findJobType(type);
  const reasons = reasonsOf(action, step, index);
  const isMany = step.parts !== undefined;
  return {
    ...namedJob(step, index),
    action: action === "rerun" && isPossibleRerun(reasons) ? "possibleRerun" : action,
    type: jobType?.type ?? "unknown",
    jobType,
    ...(typeof region === "string" && { region }),
    ...(provider && { provider }),
    summary: jobType ? describeJob(jobType, declared, index, isMany) : ["has a type that is not known yet"],
    reasons,
    warnings: jobType ? warningsOf(step, jobType, index, assets) : [],
  };
}

function actionOf({ op, old }: Step): Exclude<Action, "possibleRerun"> | undefined {
  if (op === "create") return "new";
  if (op === "replace") return "rerun";
  return op === "update" && isResumable(old) ? "resume" : undefined;
}

function reasonsOf(action: Action, step: Step, index: PreviewIndex): Reason[] {
  if (action === "new") return reasonsForNew(step, index);
  if (action === "rerun") return reasonsForRerun(step, index);
  return [{ kind: "unfinished", state: step.old?.outputs.state }];
}

function namedJob({ urn, set, parts, old, new: declared }: Step, index: PreviewIndex): NamedJob {
  return {
    urn,
    component: index.componentOf(declared ?? old),
    ...(set && { set }),
    ...(parts && { jobs: parts.length }),
  };
}

const idleActions = {
  updated: "update",
  imported: "import",
  cancelled: "cancel",
  retained: "delete",
  deleted: "delete",
  "former-deleted": "delete",
} as const;

function idleJob(step: Step, index: PreviewIndex, effect = effectOf(step, index)): IdleJob | undefined {
  if (!effect) return undefined;
  const action = idleActions[effect.kind];
  const assets = action === "update" || !step.old ? {} : { assets: deletedAssets(step.old) };
  return { ...namedJob(step, index), action, effect, ...assets };
}

/** A job that runs has a warning about its former job instead. */
function formerJob(step: Step, index: PreviewIndex): IdleJob | undefined {
  const current = index.currentOf(step);
  const effect = current && actionOf(current) ? undefined : effectOnFormer(step, index);
  return effect && idleJob(step, index, effect);
}

/** If more jobs of a set share a sentence, they are one row. */
const maxAlikeRows = 5;

function rowsOf<Job extends NamedJob & { readonly action: string }>(
  steps: readonly Step[],
  jobOf: (step: Step) => Job | undefined,
): { readonly jobs: Job[]; readonly rows: Job[] } {
  const found = steps.flatMap((step) => {
    const job = jobOf(step);
    return job ? [{ step, job }] : [];
  });
  const groups = groupBy(found, ({ step, job }) =>
    step.set ? `${job.action} ${mergeKey(step)}` : `${job.action} ${job.urn.text}`,
  );
  const rows = [...groups.values()].flatMap((group): Job[] => {
    const jobs = group.map(({ job }) => job);
    if (jobs.length <= maxAlikeRows) return jobs;
    const row = jobOf(merge(group.map(({ step }) => step)));
    return row ? [{ ...row, action: jobs[0]!.action }] : [];
  });
  return { jobs: found.map(({ job }) => job), rows };
}

function deferredDecisions({ notes }: Preview, index: PreviewIndex): DeferredDecision[] {
  // The note of a set says that it runs jobs again whose deletion was interrupted, which only the provider knows.
  const undecided = new Set(index.resources.filter(isUndecided).map(({ urn }) => urn.text));
  const ofComponents = notes.flatMap(({ urn, message }) =>
    // The state also names the jobs of this note.
    urn &&
    !codesIn(message).includes("jobs-incomplete") &&
    (isComponent(urn) || (isSet(urn) && !undecided.has(urn.text)))
      ? [{ urn, message }]
      : [],
  );
  const components = new Set(ofComponents.map(({ urn }) => urn.text));
  // The message of a component that declares a set is more precise.
  const sets = index.resources.filter(
    (step) => hasUnknownJobs(step) && !components.has(step.new?.parent ?? ""),
  );
  return [
    ...ofComponents,
    ...sets.map((step) => {
      const unknown = describeUnknown(notKnownYet({ members: ["jobs"] }, "jobs", step, index));
      return { urn: step.urn, message: `The number of its jobs is decided later: ${toPlainText(unknown)}.` };
    }),
  ];
}

/** The engine notes on such a resource that it has not compared it. */
const isUndecided = ({ unknownSettings }: Step): boolean => unknownSettings !== undefined;

function countOthers({ steps, summary }: Preview, resources: readonly Step[]): Record<string, number> {
  const others: Record<string, number> = { ...summary };
  const own = new Set([...resources.map(({ urn }) => urn.text)]);
  for (const { op, urn } of steps)
    if (own.has(urn.text) || urn.type === stackType) others[op] = (others[op] ?? 0) - 1;
  return Object.fromEntries(Object.entries(others).filter(([, number]) => number > 0));
}

/** The order of the engine's steps differs from run to run. */
const byName = (a: NamedJob, b: NamedJob): number => compare(sortKey(a), sortKey(b));
const byAction = (a: RunningJob, b: RunningJob): number =>
  actions.indexOf(a.action) - actions.indexOf(b.action) || byName(a, b);

const sortKey = ({ urn, component }: NamedJob): string =>
  `${component?.name ?? ""}\n${urn.name}\n${urn.text}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
