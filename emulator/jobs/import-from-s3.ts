import type { JobError } from "../../service-model/job";
import type { ObjectRef } from "../storage/service-storage";
import { assetKey } from "../state/records";
import type { NewAsset, WorkerContext, Worker } from "./worker";
import { jobErrorCodeOf, copiesAtOnce, jobErrorMessageOf } from "./worker";
import { mapConcurrently } from "../../lib/map-concurrently";

interface Details {
  readonly assetSources: readonly ObjectRef[];
}

type Imported =
  | { readonly asset: NewAsset }
  | { readonly failed: ObjectRef; readonly code: string; readonly cause: string };

export const runImportAssetsFromS3: Worker<Details> = async (work) => {
  const imported = await mapConcurrently(work.details.assetSources, copiesAtOnce, (source) =>
    importOne(source, work),
  );
  return {
    assets: imported.flatMap((one) => ("asset" in one ? [one.asset] : [])),
    errors: errorsOf(imported),
  };
};

async function importOne(
  source: ObjectRef,
  { objects, state, accountRegion, signal }: WorkerContext<Details>,
): Promise<Imported> {
  const id = state.newId();
  try {
    const { size } = await objects.importObject(source, assetKey(accountRegion, id), signal);
    return { asset: { id, name: source.key, assetDetails: { s3SnapshotAsset: { size } } } };
  } catch (error) {
    return {
      failed: { bucket: source.bucket, key: source.key },
      code: jobErrorCodeOf(error),
      cause: jobErrorMessageOf(error),
    };
  }
}

/** One error for each code, with all objects that failed with it. */
function errorsOf(imported: readonly Imported[]): JobError[] {
  const failures = imported.flatMap((one) => ("failed" in one ? [one] : []));
  return [...new Set(failures.map(({ code }) => code))].map((code) => {
    const affected = failures.filter((failure) => failure.code === code);
    return {
      code,
      message: `${affected.length} of ${imported.length} objects could not be imported: ${affected[0]!.cause}`,
      resourceType: "ASSET",
      details: { importAssetsFromS3JobErrorDetails: affected.map(({ failed }) => failed) },
    };
  });
}
