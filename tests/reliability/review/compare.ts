/** Compares what a review said with what `pulumi up` then did. */
import type { Review, RunningJob } from "../../../review/index";
import type { Places, Spec } from "./program";
import { placeOf } from "./program";
import type { Asset, Seen } from "./seen";

export interface Round {
  readonly specs: readonly Spec[];
  readonly places: Places;
  readonly review: Review;
  readonly before: Seen;
  readonly after: Seen;
  /** Whether `pulumi up` failed: then some of what was said may not have come about. */
  readonly hasFailed: boolean;
}

/** What was not as the review said. */
export function deviationsOf(round: Round): string[] {
  return [...runs(round), ...doubles(round), ...deletions(round)];
}

/** A job runs exactly if the review says so. */
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

/** What is in a revision more than once afterwards, and more often than before, was said; and the other way round. */
function doubles({ specs, places, review, before, after, hasFailed }: Round): string[] {
  const found: string[] = [];
  for (const [revision, assets] of after.assets) {
    const [was, is] = [countsOf(before.assets.get(revision)!), countsOf(assets)];
    const here = review.running.filter(({ urn }) => revisionOf(urn.name, specs, places) === revision);
    for (const [name, count] of is) {
      const added = count - (was.get(name) ?? 0);
      if (count < 2 || added < 1 || (added === 1 && !before.owned.get(revision)!.has(name))) continue;
      // What could not be deleted is there beside the new.
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
const says = (what: string, { urn, warnings }: RunningJob, name: string, specs: readonly Spec[]): boolean =>
  warnings.some((warning) => {
    const assets = "assets" in warning ? warning.assets : undefined;
    const isOfAsset = assets === undefined || assets.includes(name) || isShares(urn.name, specs);
    return warning.kind === what && isOfAsset;
  });

const isShares = (name: string, specs: readonly Spec[]): boolean =>
  specs.some((spec) => spec.name === name && spec.kind === "shares");

/** The assets that go are those that the review says go. */
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

const revisionOf = (name: string, specs: readonly Spec[], places: Places): string | undefined => {
  const spec = specs.find((each) => each.name === name);
  return spec && placeOf(spec, places).revisionId;
};

const countsOf = (assets: readonly Asset[]): Map<string, number> => countOf(assets.map(({ name }) => name));

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
