/** Compares a review with the result of `pulumi up`. */
import { jobsInState } from "../../../provider/core/job-set/state";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import type { Review, RunningJob } from "../../../review/review";
import type { TestService } from "../../harness/service";
import type { TestStack } from "../../harness/stack";
import { Counter } from "../suite";
import type { JobSpec, ProgramRevisions } from "./program";
import { revisionFor } from "./program";

export interface Round {
  readonly specs: readonly JobSpec[];
  readonly revisions: ProgramRevisions;
  readonly review: Review;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Whether `pulumi up` failed, so that some statements of the review may not have come true. */
  readonly hasFailed: boolean;
  /**
   * Whether the program ended before it had declared all resources. With `--continue-on-error` the engine then deletes those
   * that are missing.
   */
  readonly isCutShort: boolean;
}

/** Differences between the review and the result. */
export function deviationsOf(round: Round): string[] {
  return [...runs(round), ...doubles(round), ...deletions(round)];
}

/** A job runs if and only if the review says so. */
function runs({ specs, review, before, after, hasFailed }: Round): string[] {
  const known = new Set(before.jobs.values());
  const said = new Map(review.running.map(({ urn, action }) => [urn.name, action]));
  const found = specs.flatMap(({ name }) => {
    const id = after.jobs.get(name);
    const hasRun = id !== undefined && !known.has(id);
    const action = said.get(name);
    const isSaid = action === "new" || action === "rerun" || action === "possibleRerun";
    if (hasRun && !isSaid) return [`${name} ran, and the review says ${action ?? "that it stays"}`];
    const mustRun = action === "new" || action === "rerun";
    return mustRun && !hasRun && !hasFailed ? [`${name} did not run, and the review says ${action}`] : [];
  });
  const newInState = [...after.jobs.values()].filter((id) => !known.has(id) && after.started.has(id));
  const started = [...after.started].filter((id) => !before.started.has(id));
  const unowned = started.filter((id) => !newInState.includes(id) && !known.has(id));
  return [...found, ...(hasFailed ? [] : unowned.map((id) => `job ${id} was started and is not in state`))];
}

/** The review announces each asset that is in a revision more than once afterwards, and no others. */
function doubles({ specs, revisions, review, before, after, hasFailed }: Round): string[] {
  const found: string[] = [];
  const specOf = ({ urn }: RunningJob) => specs.find(({ name }) => name === urn.name);
  for (const [revision, assets] of after.assets) {
    const [was, is] = [countsOf(before.assets.get(revision)!), countsOf(assets)];
    const jobs = review.running.filter((job) => {
      const spec = specOf(job);
      return spec && revisionFor(spec, revisions).revisionId === revision;
    });
    // The review knows datashares by their ARNs, and the service names the assets.
    const isShares = (job: RunningJob) => specOf(job)?.kind === "shares";
    const says = (kind: string, name: string) =>
      jobs.some((job) =>
        job.warnings.some((warning) => {
          const named = "assets" in warning ? warning.assets : undefined;
          return warning.kind === kind && (named === undefined || named.includes(name) || isShares(job));
        }),
      );
    const isToBeDeleted = (name: string) =>
      review.idle.some(({ action, assets = [] }) => action === "delete" && assets.includes(name));
    for (const [name, count] of Object.entries(is.all())) {
      const added = count - was.of(name);
      if (count < 2 || added < 1 || (added === 1 && !before.owned.get(revision)!.has(name))) continue;
      // An asset that could not be deleted remains beside the new one.
      if (
        says("duplicate-assets", name) ||
        (hasFailed && (says("deleted-assets", name) || isToBeDeleted(name)))
      )
        continue;
      found.push(
        `${name} is in revision ${revision} ${count} times, ${was.of(name)} before, and the review is silent`,
      );
    }
    if (hasFailed) continue;
    for (const job of jobs.filter((each) => each.action !== "possibleRerun" && !isShares(each))) {
      const announced = job.warnings.flatMap((warning) =>
        warning.kind === "duplicate-assets" ? (warning.assets ?? []) : [],
      );
      for (const name of announced.filter((each) => is.of(each) < 2))
        found.push(
          `${name} is in revision ${revision} ${is.of(name)} times, and the review of ${job.urn.name} says twice`,
        );
    }
  }
  return found;
}

/** The deleted assets are those that the review announces. */
function deletions({ review, before, after, hasFailed, isCutShort }: Round): string[] {
  const gone = [...before.assets].flatMap(([revision, assets]) => {
    const left = new Set(after.assets.get(revision)!.map(({ id }) => id));
    return assets.filter(({ id }) => !left.has(id)).map(({ name }) => name);
  });
  const said = [
    ...review.running.flatMap(({ warnings, action }) =>
      warnings
        .filter((warning) => warning.kind === "deleted-assets")
        .map(({ assets }) => ({ assets, isSure: action !== "possibleRerun" })),
    ),
    ...review.idle
      .filter(({ action }) => action !== "update")
      .map(({ action, assets }) => ({ assets, isSure: action === "delete" })),
  ];
  const isOpen = isCutShort || said.some(({ assets }) => assets === undefined);
  const allowed = countNames(said.flatMap(({ assets = [] }) => assets));
  const sure = countNames(said.flatMap(({ assets = [], isSure }) => (isSure ? assets : [])));
  const were = countNames(gone);
  return [
    ...(isOpen ? [] : beyond(were, allowed).map((name) => `${name} was deleted, and the review is silent`)),
    ...(hasFailed ? [] : beyond(sure, were).map((name) => `${name} was not deleted, and the review says so`)),
  ];
}

const beyond = (counts: Counter, limit: Counter): string[] =>
  Object.keys(counts.all()).filter((name) => counts.of(name) > limit.of(name));

const countsOf = (assets: readonly Asset[]): Counter => countNames(assets.map(({ name }) => name));

function countNames(names: readonly string[]): Counter {
  const counts = new Counter();
  for (const name of names) counts.add(name);
  return counts;
}

export interface Asset {
  readonly id: string;
  readonly name: string;
}

export interface Snapshot {
  /** Ids of the jobs in state by the name of their resource, without those that wait for their deletion. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Ids of all jobs that the service ever started. */
  readonly started: ReadonlySet<string>;
  /** By the id of their revision. */
  readonly assets: ReadonlyMap<string, readonly Asset[]>;
  /**
   * Names of the assets that jobs in state created, by the id of their revision. No preview shows what a resource that is no
   * longer in state has left.
   */
  readonly owned: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function takeSnapshot(
  service: TestService,
  stack: TestStack,
  { files, shares }: ProgramRevisions,
): Promise<Snapshot> {
  const all = [...(await jobsOf(stack)), ...(await jobsOfSets(stack))];
  const assets = new Map<string, readonly Asset[]>();
  const owned = new Map<string, ReadonlySet<string>>();
  for (const ids of [...files, ...shares]) {
    const { revisionId } = ids;
    const listed = await service.assetsIn(ids);
    assets.set(revisionId, listed);
    const makers = all.filter(({ outputs }) => JSON.stringify(outputs.details).includes(revisionId));
    const names = listed.map(({ name }) => name).filter((name) => makers.some((job) => hasMade(job, name)));
    owned.set(revisionId, new Set(names));
  }
  const started = service.local
    .jobs()
    .filter(({ state }) => state !== "WAITING" && state !== "CANCELLED")
    .map(({ id }) => id);
  const current = all.filter((job) => job.isCurrent).map(({ name, id }) => [name, id] as const);
  return { jobs: new Map(current), started: new Set(started), assets, owned };
}

interface KeptJob {
  readonly name: string;
  readonly id: string;
  readonly outputs: JobOutputs;
  /** It does not wait for its deletion. */
  readonly isCurrent: boolean;
}

const isCurrent = (resource: object): boolean => (resource as { delete?: boolean }).delete !== true;
const nameOf = (urn: string): string => urn.split("::").at(-1)!;

const jobsOf = async (stack: TestStack): Promise<KeptJob[]> =>
  (await stack.jobs()).map((job) => ({
    name: nameOf(job.urn),
    id: job.id,
    outputs: readOutputs(job.outputs as unknown as Record<string, unknown>),
    isCurrent: isCurrent(job),
  }));

const jobsOfSets = async (stack: TestStack): Promise<KeptJob[]> =>
  (await stack.resources(":JobSet")).flatMap((set) =>
    [...jobsInState(set.outputs)].flatMap(([job, { former = [], ...own }]) => [
      { name: `${nameOf(set.urn)}[${job}]`, ...own, isCurrent: isCurrent(set) },
      ...former.map((each) => ({ name: "", ...each, isCurrent: false })),
    ]),
  );

/** By its list of assets or, if that is incomplete, by its details. */
function hasMade({ outputs }: KeptJob, name: string): boolean {
  const isOpen = outputs.__pending === true || outputs.__incomplete === true;
  return isOpen
    ? JSON.stringify(outputs.details).includes(name)
    : outputs.assets.some((asset) => asset.name === name);
}
