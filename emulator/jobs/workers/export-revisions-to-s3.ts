import { defaultKeyPattern } from "../../../service-model/key-pattern";
import type { Encryption } from "../../storage/service-storage";
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
  return { errors: await exportAll(moves, encryption, work) };
};

function movesOf({ revisionId, bucket, keyPattern }: Destination, { state, details }: Work<Details>): Move[] {
  const dataSet = state.dataSet(details.dataSetId);
  const revision = state.exportableRevision(dataSet.id, revisionId);
  return revision.assets.all().map((asset) => ({
    asset,
    to: { bucket, key: resolveKey(keyPattern ?? defaultKeyPattern, dataSet, revision, asset) },
  }));
}
