/** Compares a review with the result of `pulumi up`. */
import { ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";

import { jobsInState } from "../../../provider/core/job-set/state";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import type { Review, RunningJob } from "../../../review/review";
import type { RevisionIds } from "../../harness/service";
import type { TestService } from "../../harness/service";
import type { TestStack } from "../../harness/stack";
import type { JobSpec, ProgramRevisions } from "./program";
import { revisionFor } from "./program";

export interface Round {
  readonly specs: readonly JobSpec[];
  readonly places: ProgramRevisions;
  readonly review: Review;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Whether `pulumi up` failed: then some of what was said may not have come about. */
  readonly hasFailed: boolean;
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
function doubles({ specs, places, review, before, after, hasFailed }: Round): string[] {
  const found: string[] = [];
  for (const [revision, assets] of after.assets) {
    const [was, is] = [countsOf(before.assets.get(revision)!), countsOf(assets)];
    const here = review.running.filter(({ urn }) => revisionOf(urn.name, specs, places) === revision);
    for (const [name, count] of is) {
      const added = count - (was.get(name) ?? 0);
      if (count < 2 || added < 1 || (added === 1 && !before.owned.get(revision)!.has(name))) continue;
      // An asset that could not be deleted remains beside the new one.
      if (
        !here.some(
          (job) =>
            says("duplicate-assets", job, name, specs) ||
            (hasFailed && says("deleted-assets", job, name, specs)),
        )
      )
        found.push(
          `${name} is in revision ${revision} ${count} times, ${was.get(name) ?? 0} before, and the review is silent`,
        );
    }
    if (hasFailed) continue;
    for (const job of here.filter(({ action }) => action !== "possibleRerun")) {
      for (const warning of job.warnings) {
        if (warning.kind !== "duplicate-assets" || isShares(job.urn.name, specs)) continue;
        for (const name of warning.assets ?? [])
          if ((is.get(name) ?? 0) < 2)
            found.push(
              `${name} is in revision ${revision} ${is.get(name) ?? 0} times, and the review of ${job.urn.name} says twice`,
            );
      }
    }
  }
  return found;
}

/** The review knows datashares by their ARNs, and the service names the assets. */
const says = (
  what: string,
  { urn, warnings }: RunningJob,
  name: string,
  specs: readonly JobSpec[],
): boolean =>
  warnings.some((warning) => {
    const assets = "assets" in warning ? warning.assets : undefined;
    const isOfAsset = assets === undefined || assets.includes(name) || isShares(urn.name, specs);
    return warning.kind === what && isOfAsset;
  });

const isShares = (name: string, specs: readonly JobSpec[]): boolean =>
  specs.some((spec) => spec.name === name && spec.kind === "shares");

/** The deleted assets are those that the review announces. */
function deletions({ review, before, after, hasFailed }: Round): string[] {
  const gone = [...before.assets].flatMap(([revision, assets]) => {
    const left = new Set(after.assets.get(revision)!.map(({ id }) => id));
    return assets.filter(({ id }) => !left.has(id)).map(({ name }) => name);
  });
  const said = [
    ...review.running.flatMap(({ warnings, action }) =>
      warnings.flatMap((warning) =>
        warning.kind === "deleted-assets"
          ? [{ assets: warning.assets, isSure: action !== "possibleRerun" }]
          : [],
      ),
    ),
    ...review.idle.flatMap(({ action, assets }) =>
      action === "update" ? [] : [{ assets, isSure: action === "delete" }],
    ),
  ];
  const isOpen = said.some(({ assets }) => assets === undefined);
  const allowed = countOf(said.flatMap(({ assets = [] }) => assets));
  const sure = countOf(said.flatMap(({ assets = [], isSure }) => (isSure ? assets : [])));
  const were = countOf(gone);
  return [
    ...(isOpen ? [] : beyond(were, allowed).map((name) => `${name} was deleted, and the review is silent`)),
    ...(hasFailed ? [] : beyond(sure, were).map((name) => `${name} was not deleted, and the review says so`)),
  ];
}

const beyond = (counts: ReadonlyMap<string, number>, limit: ReadonlyMap<string, number>): string[] =>
  [...counts].flatMap(([name, count]) => (count > (limit.get(name) ?? 0) ? [name] : []));

const revisionOf = (
  name: string,
  specs: readonly JobSpec[],
  places: ProgramRevisions,
): string | undefined => {
  const spec = specs.find((each) => each.name === name);
  return spec && revisionFor(spec, places).revisionId;
};

const countsOf = (assets: readonly Asset[]): Map<string, number> => countOf(assets.map(({ name }) => name));

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

export interface Asset {
  readonly id: string;
  readonly name: string;
}

export interface Snapshot {
  /** Ids of the jobs in state by the name of their resource; those that wait for their deletion are not among them. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Ids of all jobs that the service ever started. */
  readonly started: ReadonlySet<string>;
  /** By the id of their revision. */
  readonly assets: ReadonlyMap<string, readonly Asset[]>;
  /**
   * Names of assets that something in state made, by the id of their revision. What is left of a resource that is no longer
   * in state is not among them: no preview can know of it.
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
  for (const place of [...files, ...shares]) {
    const { revisionId } = place;
    const listed = await assetsIn(service, place);
    assets.set(revisionId, listed);
    const makers = all.filter(({ outputs }) => JSON.stringify(outputs.details).includes(revisionId));
    owned.set(
      revisionId,
      new Set(listed.map(({ name }) => name).filter((name) => makers.some((job) => hasMade(job, name)))),
    );
  }
  return {
    jobs: new Map(all.flatMap(({ name, id, isCurrent }) => (isCurrent ? [[name, id]] : []))),
    started: new Set(
      service.local
        .jobs()
        .flatMap(({ id, state }) => (state === "WAITING" || state === "CANCELLED" ? [] : [id])),
    ),
    assets,
    owned,
  };
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

/** By its list of assets or, where it has none that is whole, by its details. */
function hasMade({ outputs }: KeptJob, name: string): boolean {
  const isOpen = outputs.__pending === true || outputs.__incomplete === true;
  return isOpen
    ? JSON.stringify(outputs.details).includes(name)
    : outputs.assets.some((asset) => asset.name === name);
}

async function assetsIn(service: TestService, { dataSetId, revisionId }: RevisionIds): Promise<Asset[]> {
  const found: Asset[] = [];
  let token: string | undefined;
  do {
    const { Assets = [], NextToken } = await service.dataExchange.send(
      new ListRevisionAssetsCommand({ DataSetId: dataSetId, RevisionId: revisionId, NextToken: token }),
    );
    found.push(...Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! })));
    token = NextToken;
  } while (token !== undefined);
  return found;
}
