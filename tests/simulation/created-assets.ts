import { valueAt, valuesAlong } from "../../lib/path";
import type { RevisionRef } from "../../provider/core/ports";
import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types";

/** The assets that a completed job has created, without their ids. */
export function createdAssets(job: ServiceJob): (Omit<ServiceAsset, "id"> & RevisionRef)[] {
  const { detailsKey, createsAssets } = jobTypeOf(job.type);
  if (!createsAssets) return [];
  const details = job.details[detailsKey]!;
  const { dataSetId, revisionId } = details as unknown as RevisionRef;
  const { distinctBy } = createsAssets;
  return (distinctBy ?? [createsAssets]).flatMap(({ requestKey, assetKey }) => {
    const found = distinctBy ? [valueAt(requestKey, details)] : valuesAlong(requestKey, details);
    return found
      .filter((value) => value !== undefined)
      .map((value) => {
        const name = typeof value === "string" ? value : requestKey[0]!;
        const shown = assetKey.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as object;
        const arn = `arn:aws:dataexchange:::assets/${name}`;
        const facts = { name, arn, assetType: "S3_SNAPSHOT", createdAt: job.updatedAt, ...shown };
        return { dataSetId, revisionId, ...facts };
      });
  });
}
