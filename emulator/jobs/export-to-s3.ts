/** Workers that export assets and revisions to S3. */
import type { JobError } from "../../service-model/job";
import type { Encryption } from "../../service-model/shared-shapes";
import type { ObjectRef } from "../storage/service-storage";
import type { Asset, DataSet, Revision } from "../state/records";
import type { WorkerContext, Worker } from "./worker";
import { jobErrorCodeOf, copiesAtOnce, invalidError, jobErrorMessageOf } from "./worker";
import { mapConcurrently } from "../../lib/map-concurrently";
import { defaultKeyPattern } from "../../service-model/key-pattern";
import type { placeholders } from "../../service-model/key-pattern";

export interface AssetExport {
  readonly asset: Asset;
  readonly to: ObjectRef;
}

/**
 * Writes every asset; returns an error for each that cannot be written. Writes nothing if two assets have the same
 * key. Source: user guide, "Key patterns when exporting asset revisions": keys must be unique, or the export
 * fails.
 */
async function exportAssets(
  moves: readonly AssetExport[],
  encryption: Encryption | undefined,
  { objects, signal }: WorkerContext<unknown>,
): Promise<JobError[]> {
  const clash = findClash(moves);
  if (clash) return [clash];
  const results = await mapConcurrently(
    moves,
    copiesAtOnce,
    async ({ asset, to }): Promise<JobError | undefined> => {
      try {
        await objects.exportObject(asset.objectKey, to, encryption, signal);
        return undefined;
      } catch (error) {
        const code = jobErrorCodeOf(error);
        const message = `The asset ${asset.id} could not be written to ${to.bucket}/${to.key}: ${jobErrorMessageOf(error)}`;
        return { code, message, resourceId: asset.id, resourceType: "ASSET" };
      }
    },
  );
  return results.filter((error) => error !== undefined);
}

function findClash(moves: readonly AssetExport[]): JobError | undefined {
  const seen = new Set<string>();
  for (const { asset, to } of moves) {
    const address = `${to.bucket}/${to.key}`;
    if (seen.has(address)) {
      return invalidError(`More than one asset would be written to ${address}.`, {
        resourceId: asset.id,
        resourceType: "ASSET",
      });
    }
    seen.add(address);
  }
  return undefined;
}

interface AssetExportDetails {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetDestinations: readonly {
    readonly assetId: string;
    readonly bucket: string;
    readonly key?: string;
  }[];
  readonly encryption?: Encryption;
}

export const runExportAssetsToS3: Worker<AssetExportDetails> = async (work) => {
  const { dataSetId, revisionId, assetDestinations, encryption } = work.details;
  work.state.exportableRevision(dataSetId, revisionId);
  const moves = assetDestinations.map(({ assetId, bucket, key }) => {
    const asset = work.state.asset(dataSetId, revisionId, assetId);
    return { asset, to: { bucket, key: key ?? asset.name } };
  });
  return { errors: await exportAssets(moves, encryption, work) };
};

interface RevisionDestination {
  readonly revisionId: string;
  readonly bucket: string;
  readonly keyPattern?: string;
}

interface RevisionExportDetails {
  readonly dataSetId: string;
  readonly revisionDestinations: readonly RevisionDestination[];
  readonly encryption?: Encryption;
}

export const runExportRevisionsToS3: Worker<RevisionExportDetails> = async (work) => {
  const { revisionDestinations, encryption } = work.details;
  const moves = revisionDestinations.flatMap((destination) => exportsOf(destination, work));
  return { errors: await exportAssets(moves, encryption, work) };
};

function exportsOf(
  { revisionId, bucket, keyPattern }: RevisionDestination,
  { state, details }: WorkerContext<RevisionExportDetails>,
): AssetExport[] {
  const dataSet = state.dataSet(details.dataSetId);
  const revision = state.exportableRevision(dataSet.id, revisionId);
  return revision.assets.all().map((asset) => ({
    asset,
    to: { bucket, key: resolveKey(keyPattern ?? defaultKeyPattern, dataSet, revision, asset) },
  }));
}

/** Resolves the placeholders of a revision export's key pattern. */

type Placeholder = (typeof placeholders)[number];

/** Day and month have two digits, as in ISO 8601; the user guide does not specify this. */
function resolveKey(pattern: string, dataSet: DataSet, revision: Revision, asset: Asset): string {
  const [year, month, day] = revision.createdAt.slice(0, 10).split("-") as [string, string, string];
  const values: Record<Placeholder, string> = {
    "Asset.Id": asset.id,
    "Asset.Name": asset.name,
    "DataSet.Id": dataSet.id,
    "DataSet.Name": dataSet.name,
    "Revision.CreatedAt": revision.createdAt,
    "Revision.CreatedAt.Day": day,
    "Revision.CreatedAt.Month": month,
    "Revision.CreatedAt.Year": year,
    "Revision.Id": revision.id,
  };
  return pattern.replace(/\$\{([^}]*)\}/g, (text, name: string) => values[name as Placeholder] ?? text);
}
