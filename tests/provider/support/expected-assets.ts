import type { RevisionRef } from "../../../provider/core/ports";
import type { ServiceAsset, ServiceJob } from "../../../service-model/job";
import type { CreatedAssets } from "../../../service-model/job-type";

type Json = Record<string, unknown>;

/** The assets that a job makes, one for each mark in its details; without ids. */
export function assetsToMake(
  job: ServiceJob,
  { requestKey, assetKey, distinctBy }: CreatedAssets,
  details: Json,
): (Omit<ServiceAsset, "id"> & RevisionRef)[] {
  const { dataSetId, revisionId } = details as unknown as RevisionRef;
  const assetOf = (text: string, path: readonly string[], value: unknown) => ({
    dataSetId,
    revisionId,
    arn: `arn:aws:dataexchange:::assets/${text}`,
    name: text,
    assetType: "S3_SNAPSHOT",
    createdAt: job.updatedAt,
    ...(path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Json),
  });
  if (!distinctBy) return textsAt(details, requestKey).map((text) => assetOf(text, assetKey, text));
  return distinctBy.flatMap((whole) => {
    const value = whole.requestKey.reduce<unknown>((at, step) => (at as Json | undefined)?.[step], details);
    return value === undefined ? [] : [assetOf(whole.requestKey[0]!, whole.assetKey, value)];
  });
}

function textsAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, path));
  const [step, ...rest] = path;
  return step === undefined ? [value as string] : textsAt((value as Json)[step], rest);
}
