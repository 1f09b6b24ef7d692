/** Finds the assets that a job created, which the service does not name. */
import { valueAt, valuesAlong } from "../../lib/path";
import type { CreatedAsset, ServiceAsset, ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import type { CreatedAssets } from "../../service-model/job-type";
import { jobTypeOf } from "../../service-model/job-types";
import { isRecord } from "../../service-model/validate";
import { ServiceError, isFailure, withFallback } from "./errors";
import type { JobContext } from "./job-context";
import { revisionOf } from "./job-details";
import { listJobsInScope } from "./matching-jobs";
import { canonicalText } from "./normalize";
import type { DataExchange, RevisionRef } from "./ports";
import { listAll } from "./ports";
import type { Session } from "./session";

/** All assets of a revision at present. Jobs that end together share one listing. */
export function listAssets(
  session: Session,
  service: DataExchange,
  revision: RevisionRef,
): Promise<ServiceAsset[]> {
  const load = async (unneeded: AbortSignal) => {
    try {
      return await listAll((nextToken) => service.listRevisionAssets(revision, nextToken, unneeded));
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      // One call is not enough evidence that the assets are gone. If the revision exists, the listing lags.
      const call = service.getRevision(revision, unneeded);
      const found = await withFallback(call, undefined, "notFound", "accessDenied");
      throw found ? new ServiceError({ ...error.facts, kind: "unavailable" }) : error;
    }
  };
  return session.assetLists.get(`${revision.dataSetId}/${revision.revisionId}`, load, session.signal);
}

/** Maximum difference between the times of a job's end and of its last asset; milliseconds. */
const clockSkewMs = 60_000;

type MayTake = (asset: ServiceAsset) => boolean;

/**
 * The assets that a job created: those of the revision that match its request and were created during the job. `mayTake`
 * says whether an asset is free, that is, not claimed by another job.
 */
export const assetsCreatedBy = (
  job: ServiceJob,
  assets: readonly ServiceAsset[],
  mayTake?: MayTake,
): ServiceAsset[] => matchAssets(job, assets, mayTake).taken;

/** Whether more assets match than the job can have created, so that some of them are another job's. */
export const mayBeOthers = (job: ServiceJob, assets: readonly ServiceAsset[], mayTake?: MayTake): boolean =>
  matchAssets(job, assets, mayTake).surplus > 0;

/**
 * Whether the other job may have created one of the assets: its request matches, and it ran at the time. Without clock
 * skew, because jobs of one resource follow each other closely.
 */
export function mayHaveCreated(other: ServiceJob, assets: readonly ServiceAsset[]): boolean {
  const updatedAt = isUnfinished(other.state) ? "9999-12-31T23:59:59Z" : other.updatedAt;
  const state = isUnfinished(other.state) ? "COMPLETED" : other.state;
  return matchAssets({ ...other, state, updatedAt }, assets, undefined, 0).taken.length > 0;
}

function matchAssets(
  job: ServiceJob,
  assets: readonly ServiceAsset[],
  mayTake: MayTake = () => true,
  skewMs = clockSkewMs,
) {
  const { createsAssets } = jobTypeOf(job.type);
  const taken: ServiceAsset[] = [];
  let surplus = 0;
  if (!createsAssets) return { taken, surplus };
  /** How many assets are still missing, by key. */
  const missing = new Map<string, number>();
  for (const key of expectedKeys(job, createsAssets)) missing.set(key, (missing.get(key) ?? 0) + 1);
  const [from, to] = [Date.parse(job.createdAt), Date.parse(job.updatedAt) + skewMs];
  const createdDuringJob = assets
    .filter(({ createdAt }) => Date.parse(createdAt) >= from && Date.parse(createdAt) <= to)
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  for (const asset of createdDuringJob) {
    const key = assetKeys(asset, createsAssets)[0] ?? "";
    const count = missing.get(key);
    if (count === undefined || !mayTake(asset)) continue;
    if (count === 0) surplus += 1;
    else {
      taken.push(asset);
      missing.set(key, count - 1);
    }
  }
  return { taken, surplus };
}

/** How many assets an ended job must have created, as far as its errors say. */
export const expectedAssetCount = (job: ServiceJob, createsAssets: CreatedAssets): number =>
  expectedKeys(job, createsAssets).length;

/**
 * Keys of the assets that an ended job must have created. If the errors of a failed job name the keys that failed, it
 * has created the others; if they name none, its assets are unknown.
 */
function expectedKeys(job: ServiceJob, createsAssets: CreatedAssets): string[] {
  const keys = requestedKeys(job.details[jobTypeOf(job.type).detailsKey], createsAssets);
  if (job.state === "COMPLETED") return keys;
  const failed = createsAssets.failedKey ? valuesAlong(createsAssets.failedKey, job.errors) : [];
  return failed.length > 0 ? keys.filter((key) => !failed.includes(key)) : [];
}

const requestedKeys = (details: unknown, { requestKey, distinctBy }: CreatedAssets): string[] =>
  distinctBy
    ? distinctBy.flatMap((key, n) => numberedText(n, valueAt(key.requestKey, details)))
    : valuesAlong(requestKey, details);

const assetKeys = (asset: ServiceAsset, { assetKey, distinctBy }: CreatedAssets): string[] =>
  distinctBy
    ? distinctBy.flatMap((key, n) => numberedText(n, valueAt(key.assetKey, asset)))
    : valuesAlong(assetKey, asset);

/** One text for a value of the n-th kind, independent of the order of its lists. */
const numberedText = (n: number, value: unknown): string[] =>
  value === undefined || value === null ? [] : [`${n} ${orderless(value)}`];

function orderless(value: unknown): string {
  if (Array.isArray(value)) return canonicalText(value.map(orderless).sort());
  if (!isRecord(value)) return canonicalText(value);
  const members = Object.entries(value).map(([name, member]) => `${name} ${orderless(member)}`);
  return canonicalText(members.sort());
}

/**
 * Claims the assets of the listing that an ended job created. If more match than it can have created, those of the jobs
 * that ended before it are left to them: the earlier asset is the earlier job's. So two jobs never take the same, even if the
 * state that names one of them is read later.
 */
export async function claimCreatedAssets(
  { session, service, ownership }: Pick<JobContext, "session" | "service" | "ownership">,
  job: ServiceJob,
  listed: readonly ServiceAsset[],
): Promise<ServiceAsset[]> {
  const mayTake: MayTake = (asset) => ownership.mayClaimAsset(asset, job.id);
  const others = new Set<string>();
  if (matchAssets(job, listed, mayTake).surplus > 0) {
    // If jobs may not be listed, the assets alone decide.
    const jobs = await withFallback(listJobsInScope(session, service, job), [], "accessDenied", "notFound");
    for (const other of jobs.filter((each) => endedBefore(each, job)).sort(byEnd)) {
      const isLeft: MayTake = (asset) => !others.has(asset.id) && ownership.mayClaimAsset(asset, other.id);
      // What another job has claimed is not free in any case.
      if (listed.some((asset) => !mayTake(asset) && ownership.mayClaimAsset(asset, other.id))) continue;
      for (const { id } of assetsCreatedBy(other, listed, isLeft)) others.add(id);
    }
  }
  return ownership.claimAssets(job.id, (isFree: MayTake) =>
    assetsCreatedBy(job, listed, (asset) => isFree(asset) && !others.has(asset.id)),
  );
}

const byEnd = (one: ServiceJob, other: ServiceJob): number =>
  Date.parse(one.updatedAt) - Date.parse(other.updatedAt) || (one.id < other.id ? -1 : 1);

const endedBefore = (other: ServiceJob, job: ServiceJob): boolean =>
  other.id !== job.id && !isUnfinished(other.state) && byEnd(other, job) < 0;

/**
 * How long ListRevisionAssets may lag the end of a job; milliseconds. Shorter for a failed job, which has only probably
 * created the objects that its errors do not name.
 */
const maxListingLagMs = { completed: 120_000, failed: 30_000 };
/** Pauses between listings meanwhile; milliseconds. */
const listingPause = { first: 500, max: 5_000 };

export interface CollectedAssets {
  readonly assets: CreatedAsset[];
  /** How many assets the job must have created that no listing has shown. */
  readonly missing: number;
}

/** The assets that an ended job created. Lists them again until all that it must have created are shown. */
export async function collectAssets(context: JobContext, job: ServiceJob): Promise<CollectedAssets> {
  const { session, service, clock, reporter } = context;
  const revision = revisionOf(job);
  const { createsAssets } = jobTypeOf(job.type);
  if (!createsAssets || !revision) return { assets: [], missing: 0 };
  const expected = expectedAssetCount(job, createsAssets);
  const lagMs = job.state === "COMPLETED" ? maxListingLagMs.completed : maxListingLagMs.failed;
  const giveUpAt = clock.now() + lagMs;
  for (let pause = listingPause.first; ; pause = Math.min(listingPause.max, 2 * pause)) {
    const listed = await withFallback(listAssets(session, service, revision), undefined, "notFound");
    if (!listed) return { assets: [], missing: expected };
    const own = await claimCreatedAssets(context, job, listed);
    const missing = Math.max(0, expected - own.length);
    if (missing === 0 || clock.now() + pause > giveUpAt) return { assets: own.map(toCreatedAsset), missing };
    reporter.status(`waiting until its assets are listed, ${own.length} of ${expected}`);
    await clock.sleep(pause);
  }
}

export const toCreatedAsset = ({ id, name }: ServiceAsset): CreatedAsset => ({ id, name });
