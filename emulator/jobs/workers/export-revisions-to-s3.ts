import type { JobError } from "../../../provider/model/job";
import { defaultKeyPattern } from "../../../provider/model/key-pattern";
import type { Encryption } from "../../s3/objects";
import { invalidError } from "../errors";
import type { Move } from "../export";
import { exportAll } from "../export";
import { resolveKey } from "../key-pattern";
import type { Work, Worker } from "../worker";

interface Destination {
  readonly revisionId: string;
  readonly bucket: string;
  readonly keyPattern?: string;
}

interface Details {
  readonly dataSetId: string;
  readonly revisionDestinations: readonly Destination[];
  readonly encryption?: Encryption;
}

export const exportRevisionsToS3: Worker<Details> = async (work) => {
  const { revisionDestinations, encryption } = work.details;
  const moves = revisionDestinations.flatMap((destination) => movesOf(destination, work));
  const clash = findClash(moves);
  return { errors: clash ? [clash] : await exportAll(moves, encryption, work) };
};

function movesOf({ revisionId, bucket, keyPattern }: Destination, { state, details }: Work<Details>): Move[] {
  const dataSet = state.dataSet(details.dataSetId);
  const revision = state.revision(dataSet.id, revisionId);
  return revision.assets.all().map((asset) => ({
    asset,
    to: { bucket, key: resolveKey(keyPattern ?? defaultKeyPattern, dataSet, revision, asset) },
  }));
}

/** Source: user guide, "Key patterns when exporting asset revisions": keys must be unique, or the export fails. */
function findClash(moves: readonly Move[]): JobError | undefined {
  const seen = new Set<string>();
  for (const { asset, to } of moves) {
    const place = `${to.bucket}/${to.key}`;
    if (seen.has(place)) {
      return invalidError(`More than one asset would be written to ${place}.`, {
        resourceId: asset.id,
        resourceType: "ASSET",
      });
    }
    seen.add(place);
  }
  return undefined;
}
