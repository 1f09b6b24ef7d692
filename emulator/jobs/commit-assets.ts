/** The last step of an import: adds its assets to the revision. */
import type { JobError } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types/index";
import type { Clock } from "../control/clock";
import type { LimitName } from "../../service-model/errors";
import { limitsByAssetType } from "../../service-model/errors";
import type { ServiceStorage } from "../storage/service-storage";
import { arnOf, assetKey } from "../state/records";
import type { DataSet, Job, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import { toJobError, invalidError } from "./worker";
import type { NewAsset } from "./worker";

export interface CommitDependencies {
  readonly clock: Clock;
  readonly objects: ServiceStorage;
  readonly limitOf: (name: LimitName) => number;
}

/** Adds the assets to the job's revision, unless it was deleted or finalized while the job was in progress. */
export function commitAssets(
  job: Job,
  state: RegionState,
  newAssets: readonly NewAsset[],
  { clock, objects, limitOf }: CommitDependencies,
): JobError[] {
  if (newAssets.length === 0) return [];
  try {
    const { dataSetId, revisionId } = job.details[jobTypeOf(job.type).detailsKey] as Record<string, string>;
    const revision = state.revision(dataSetId!, revisionId!);
    const full = findLimitError(revision, state.dataSet(dataSetId!), newAssets.length, limitOf);
    if (full) return rejectAndDelete(full);
    if (!revision.finalized) return addAll(job, state, revision, newAssets, clock.now().toISOString());
    const message = `The revision ${revision.id} was finalized before the import ended.`;
    return rejectAndDelete(invalidError(message, { resourceId: revision.id, resourceType: "REVISION" }));
  } catch (error) {
    return rejectAndDelete(toJobError(error));
  }

  function rejectAndDelete(error: JobError): JobError[] {
    void objects.deleteObjects(newAssets.map(({ id }) => assetKey(state.accountRegion, id)));
    return [error];
  }
}

function findLimitError(
  { id, assets }: Revision,
  { assetType }: DataSet,
  more: number,
  limitOf: CommitDependencies["limitOf"],
): JobError | undefined {
  const name = limitsByAssetType[assetType]!.assets;
  const limit = limitOf(name);
  if (assets.size + more <= limit) return undefined;
  return {
    code: "SERVICE_QUOTA_EXCEEDED_EXCEPTION",
    message: `The revision ${id} holds ${assets.size} assets and may hold ${limit}; ${more} more do not fit.`,
    limitName: name,
    limitValue: limit,
    resourceId: id,
    resourceType: "REVISION",
  };
}

function addAll(
  job: Job,
  state: RegionState,
  revision: Revision,
  newAssets: readonly NewAsset[],
  now: string,
): [] {
  const { dataSetId, id: revisionId } = revision;
  const { assetType } = state.dataSet(dataSetId);
  const tags = job.assetConfiguration?.tags;
  for (const asset of newAssets) {
    revision.assets.add({
      ...asset,
      arn: arnOf(state.accountRegion, `data-sets/${dataSetId}/revisions/${revisionId}/assets/${asset.id}`),
      dataSetId,
      revisionId,
      assetType,
      objectKey: assetKey(state.accountRegion, asset.id),
      tags: tags && Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      createdAt: now,
      updatedAt: now,
    });
  }
  return [];
}
