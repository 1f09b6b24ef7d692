import type { ServiceJob } from "../../service-model/job";
import { isUnfinished } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import type { CreatedAsset } from "../../service-model/job";
import type { JobOwnership } from "./job-ownership";
import { claimCreatedAssets, expectedAssetCount, listAssets, toCreatedAsset } from "./job-assets";
import { describeDeletedAssets, failureError } from "./error-messages";
import { isFailure } from "./errors";
import { needsResume } from "./diff";
import type { JobInputs } from "./arguments";
import type { DataExchange, JobRecords, Reporter } from "./ports";
import { requestedDetails, revisionOf } from "./job-details";
import type { Session } from "./session";
import { clockOf, retryingService } from "./session";
import type { JobOutputs } from "./state";
import { toOutputs } from "./state";
import { getJobWhen, findJob } from "./find-job";

interface Dependencies {
  session: Session;
  ownership: JobOwnership;
  records: Pick<JobRecords, "hasDeletion">;
  reporter: Reporter;
  /** Jobs that a listing has just shown, by id. GetJob is not called for these. */
  listed?: ReadonlyMap<string, ServiceJob>;
}

/** The outputs as the service shows them. Undefined if the job no longer exists and did not complete. */
export async function readJob(
  id: string,
  olds: JobOutputs,
  dependencies: Dependencies,
): Promise<JobOutputs | undefined> {
  const { session, reporter, listed } = dependencies;
  const service = retryingService(session, olds, reporter);
  try {
    const job = listed?.get(id) ?? (await fetchJob(id, olds, session, service));
    // An ended job does not change, so an unfinished state is an outdated answer.
    if (hasEnded(olds) && isUnfinished(job.state)) return olds;
    const inputs = olds.type === undefined ? refreshedInputs(job, olds) : olds;
    const { assets, missing, unlisted } = await syncAssets(service, job, olds, dependencies);
    const outputs: JobOutputs = { ...olds, ...toOutputs(inputs, job, assets) };
    if (missing === 0) delete outputs.__incomplete;
    delete outputs.__unlisted;
    return { ...outputs, ...(unlisted.length > 0 && { __unlisted: unlisted }) };
  } catch (error) {
    if (!isFailure(error, "notFound")) throw failureError(error, `Job ${id}`, olds);
    // The service deletes a job 90 days after its creation. Its work remains, so it must not run again.
    return olds.state === "COMPLETED" ? olds : undefined;
  }
}

const hasEnded = (olds: JobOutputs): boolean => olds.state !== undefined && !isUnfinished(olds.state);

async function fetchJob(
  id: string,
  olds: JobOutputs,
  session: Session,
  service: DataExchange,
): Promise<ServiceJob> {
  if (needsResume(olds)) return findJob(session, service, id, olds);
  // The service deletes old jobs, so a job that is not found has most likely expired.
  const job = await service.getJob(id);
  const isPossible = ({ state }: ServiceJob) => !hasEnded(olds) || !isUnfinished(state);
  return isPossible(job) ? job : getJobWhen({ service, clock: clockOf(session) }, id, isPossible);
}

async function syncAssets(
  service: DataExchange,
  job: ServiceJob,
  olds: JobOutputs,
  { session, ownership, records, reporter }: Dependencies,
): Promise<{ assets: CreatedAsset[]; missing: number; unlisted: string[] }> {
  const revision = revisionOf(job);
  const makes = findJobType(job.type)?.createsAssets;
  const { assets: known, __unlisted: unlisted = [] } = olds;
  if (!makes || !revision || isUnfinished(job.state)) return { assets: known, missing: 0, unlisted };
  const expected = job.state === "COMPLETED" ? expectedAssetCount(job, makes) : 0;
  try {
    const listed = await listAssets(session, service, revision);
    const isComplete = olds.state !== undefined && !needsResume(olds) && !olds.__incomplete;
    if (!isComplete) {
      const own = await claimCreatedAssets({ session, service, ownership }, job, listed);
      return { assets: own.map(toCreatedAsset), missing: Math.max(0, expected - own.length), unlisted: [] };
    }
    const present = new Map(listed.map((asset) => [asset.id, asset]));
    const deleted = known.filter(({ id }) => !present.has(id)).length;
    // The next `pulumi up` says what follows from an interrupted deletion.
    if (deleted > 0 && !(await records.hasDeletion(job.id)))
      reporter.warn(describeDeletedAssets(job, deleted, known.length));
    // The listing may lag. The next refresh looks again for assets that it does not show.
    const ids = [...known.map(({ id }) => id), ...unlisted];
    const assets = ids.flatMap((id) => present.get(id) ?? []).map(toCreatedAsset);
    return { assets, missing: 0, unlisted: ids.filter((id) => !present.has(id)) };
  } catch (error) {
    // The revision was deleted, and its assets with it.
    if (isFailure(error, "notFound")) return { assets: [], missing: 0, unlisted: [] };
    // Listing assets needs a separate permission. A refresh does not fail without it.
    if (isFailure(error, "accessDenied")) return { assets: known, missing: expected, unlisted };
    throw error;
  }
}

/** The inputs of a job that this package did not create, as for `pulumi import`. */
function refreshedInputs(job: ServiceJob, known: Partial<JobInputs>): JobInputs {
  return {
    region: regionOf(job),
    ...known,
    type: job.type,
    details: requestedDetails(job),
    ...(job.assetConfiguration && { assetConfiguration: job.assetConfiguration }),
  };
}

/** The region is the fourth part of an ARN. */
const regionOf = ({ arn }: ServiceJob): string | undefined => arn.split(":")[3] || undefined;
