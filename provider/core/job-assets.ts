import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import { ServiceError, isFailure } from "./errors";
import type { DataExchange, RevisionRef } from "./ports";
import type { Session } from "./session";
import type { CreatedAssets } from "../../service-model/job-type";
import { jobTypeOf } from "../../service-model/job-types";
import { valuesAlong } from "../../lib/path";
import { canonicalText } from "./normalize";
import type { CreatedAsset } from "../../service-model/job";
import { revisionOf } from "./job-details";
import type { JobContext } from "./job-context";

/** All assets of a revision as they are now; jobs that end together share one listing. */
export function listAssets(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  return session.assetLists.get(`${revision.dataSetId}/${revision.revisionId}`, async () => {
    try {
      return await readAll(service, revision);
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      throw (await isThere(service, revision))
        ? new ServiceError({ ...error.facts, kind: "unavailable" })
        : error;
    }
  });
}

async function readAll(service: DataExchange, revision: RevisionRef): Promise<ServiceAsset[]> {
  // Pages may shift while they are read, and show an asset twice.
  const assets = new Map<string, ServiceAsset>();
  for (let nextToken: string | undefined; ;) {
    const page = await service.listRevisionAssets(revision, nextToken);
    for (const asset of page.items) assets.set(asset.id, asset);
    nextToken = page.nextToken;
    if (!nextToken) return [...assets.values()];
  }
}

/**
 * Whether a revision that a listing did not find is there all the same. On the word of one call no asset leaves the
 * state, and no import runs again.
 */
async function isThere(service: DataExchange, revision: RevisionRef): Promise<boolean> {
  try {
    await service.getRevision(revision);
    return true;
  } catch (error) {
    if (isFailure(error, "notFound", "accessDenied")) return false;
    throw error;
  }
}

/** The service notes the end of a job somewhat after its last asset, or before; milliseconds. */
const slack = 60_000;

/**
 * The assets that a job made, which the service never names: those of the revision that look like what the job was
 * asked to make and came into being after the job did. `mayTake` tells whether another job has them already.
 */
export function assetsMadeBy(
  job: ServiceJob,
  assets: readonly ServiceAsset[],
  mayTake?: MayTake,
): ServiceAsset[] {
  return matchAssets(job, assets, mayTake).taken;
}

/** Whether more assets look like the job's than it can have made, so that some of them are another job's. */
export const mayBeOthers = (job: ServiceJob, assets: readonly ServiceAsset[], mayTake?: MayTake): boolean =>
  matchAssets(job, assets, mayTake).left > 0;

/**
 * Whether the other job may have made one of the assets: it asked for the same, and ran when that came into being. No
 * slack here, since jobs of one resource follow each other closely.
 */
export function mayHaveMade(other: ServiceJob, assets: readonly ServiceAsset[]): boolean {
  const updatedAt = isUnfinished(other.state) ? "9999-12-31T23:59:59Z" : other.updatedAt;
  const state = isUnfinished(other.state) ? "COMPLETED" : other.state;
  return matchAssets({ ...other, state, updatedAt }, assets, undefined, 0).taken.length > 0;
}

type MayTake = (asset: ServiceAsset) => boolean;

function matchAssets(
  job: ServiceJob,
  assets: readonly ServiceAsset[],
  mayTake: MayTake = () => true,
  late = slack,
) {
  const { createsAssets, detailsKey } = jobTypeOf(job.type);
  const taken: ServiceAsset[] = [];
  let left = 0;
  if (!createsAssets) return { taken, left };
  const missing = countBy(marksAsked(job.details[detailsKey], createsAssets));
  for (const mark of failedMarks(job, [...missing.keys()])) missing.delete(mark);
  const [from, to] = [Date.parse(job.createdAt), Date.parse(job.updatedAt) + late];
  const bornWithJob = assets
    .filter(({ createdAt }) => Date.parse(createdAt) >= from && Date.parse(createdAt) <= to)
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  for (const asset of bornWithJob) {
    const mark = marksMade(asset, createsAssets)[0] ?? "";
    const count = missing.get(mark);
    if (count === undefined || !mayTake(asset)) continue;
    if (count === 0) left += 1;
    else {
      taken.push(asset);
      missing.set(mark, count - 1);
    }
  }
  return { taken, left };
}

/**
 * What a job that failed did not make. A service that names the objects that failed has imported the others; one that
 * names none has said nothing of any asset.
 */
function failedMarks({ state, errors = [] }: ServiceJob, all: readonly string[]): readonly string[] {
  if (state === "COMPLETED") return [];
  const failed = errors.flatMap(({ details }) => details?.importAssetsFromS3JobErrorDetails ?? []);
  return failed.length > 0 ? failed.map(({ key }) => key) : all;
}

/** How many assets a completed job must have made, at least. */
export const expectedAssets = (job: ServiceJob, createsAssets: CreatedAssets): number =>
  marksAsked(job.details[jobTypeOf(job.type).detailsKey], createsAssets).length;

/** How many assets an ended job must have left, where the service names those that it did not make. */
export function expectedAssetsLeft(job: ServiceJob, createsAssets: CreatedAssets): number {
  const asked = marksAsked(job.details[jobTypeOf(job.type).detailsKey], createsAssets);
  const failed = new Set(failedMarks(job, asked));
  return asked.filter((mark) => !failed.has(mark)).length;
}

const marksAsked = (details: unknown, { requestKey, distinctBy }: CreatedAssets): string[] =>
  distinctBy
    ? distinctBy.flatMap((whole, n) => textOf(n, valueAt(details, whole.requestKey)))
    : valuesAlong(requestKey, details);

const marksMade = (asset: ServiceAsset, { assetKey, distinctBy }: CreatedAssets): string[] =>
  distinctBy
    ? distinctBy.flatMap((whole, n) => textOf(n, valueAt(asset, whole.assetKey)))
    : valuesAlong(assetKey, asset);

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((at, step) => (isObject(at) ? at[step] : undefined), value);

/** One text for a value of the n-th kind, whatever the order of its lists. */
const textOf = (n: number, value: unknown): string[] =>
  value === undefined || value === null ? [] : [`${n} ${orderless(value)}`];

function orderless(value: unknown): string {
  if (Array.isArray(value)) return canonicalText(value.map(orderless).sort());
  if (!isObject(value)) return canonicalText(value);
  return canonicalText(
    Object.entries(value)
      .map(([name, member]) => `${name} ${orderless(member)}`)
      .sort(),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function countBy(marks: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return counts;
}

/**
 * How long ListRevisionAssets may lag the end of a job, in milliseconds. Shorter for a job that failed: that it has made
 * the objects which its errors do not name is likely, and not certain.
 */
const maxListingLagMs = { completed: 120_000, failed: 30_000 };
/** How often it is asked meanwhile. */
const pauses = { first: 500, most: 5_000 };

export interface CollectedAssets {
  readonly assets: CreatedAsset[];
  /** How many assets the job must have made that no listing has shown. */
  readonly missing: number;
}

/** The assets that an ended job made. Listings are repeated until they show all that it must have made. */
export async function collectAssets(work: JobContext, job: ServiceJob): Promise<CollectedAssets> {
  const { session, service, ownership, clock, reporter } = work;
  const revision = revisionOf(job);
  const { createsAssets } = jobTypeOf(job.type);
  if (!createsAssets || !revision) return { assets: [], missing: 0 };
  const expected = expectedAssetsLeft(job, createsAssets);
  const giveUpAt =
    clock.now() + (job.state === "COMPLETED" ? maxListingLagMs.completed : maxListingLagMs.failed);
  for (let pause = pauses.first; ; pause = Math.min(pauses.most, 2 * pause)) {
    let listed;
    try {
      listed = await listAssets(session, service, revision);
    } catch (error) {
      if (isFailure(error, "notFound")) return { assets: [], missing: expected };
      throw error;
    }
    const made = assetsMadeBy(job, listed, (asset) => ownership.mayClaimAsset(asset, job.id));
    ownership.claimAssets(made, job.id);
    const missing = Math.max(0, expected - made.length);
    if (missing === 0 || clock.now() + pause > giveUpAt) return { assets: made.map(toMadeAsset), missing };
    reporter.status(`waiting until its assets are listed, ${made.length} of ${expected}`);
    await clock.sleep(pause);
  }
}

export const toMadeAsset = ({ id, name }: ServiceAsset): CreatedAsset => ({ id, name });
