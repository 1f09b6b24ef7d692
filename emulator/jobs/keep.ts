/** The last step of an import: what it made becomes assets of the revision. */
import type { JobError } from "../../provider/model/job";
import { jobTypeOf } from "../../provider/model/job-types/index";
import type { Objects } from "../s3/objects";
import { arnOf, assetKey } from "../state/names";
import type { Job, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import { errorOf, invalidError } from "./errors";
import type { NewAsset } from "./worker";

/** Adds the assets to the job's revision, unless it went or was finalized while the job was in progress. */
export function keepAssets(
  job: Job,
  state: RegionState,
  made: readonly NewAsset[],
  now: Date,
  objects: Objects,
): JobError[] {
  if (made.length === 0) return [];
  try {
    const { dataSetId, revisionId } = job.details[jobTypeOf(job.type).detailsKey] as Record<string, string>;
    const revision = state.revision(dataSetId!, revisionId!);
    if (!revision.finalized) return addAll(job, state, revision, made, now.toISOString());
    const message = `The revision ${revision.id} was finalized before the import ended.`;
    return refused(invalidError(message, { resourceId: revision.id, resourceType: "REVISION" }));
  } catch (error) {
    return refused(errorOf(error));
  }

  function refused(error: JobError): JobError[] {
    void objects.discard(made.map(({ id }) => assetKey(state.place, id)));
    return [error];
  }
}

function addAll(
  job: Job,
  state: RegionState,
  revision: Revision,
  made: readonly NewAsset[],
  now: string,
): [] {
  const { dataSetId, id: revisionId } = revision;
  const { assetType } = state.dataSet(dataSetId);
  const tags = job.assetConfiguration?.tags;
  for (const asset of made) {
    revision.assets.add({
      ...asset,
      arn: arnOf(state.place, `data-sets/${dataSetId}/revisions/${revisionId}/assets/${asset.id}`),
      dataSetId,
      revisionId,
      assetType,
      tags: tags && Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      createdAt: now,
      updatedAt: now,
    });
  }
  return [];
}
