import type { Encryption } from "../../storage/service-storage";
import { exportAll } from "../export";
import type { Worker } from "../worker";

interface Details {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetDestinations: readonly {
    readonly assetId: string;
    readonly bucket: string;
    readonly key?: string;
  }[];
  readonly encryption?: Encryption;
}

export const exportAssetsToS3: Worker<Details> = async (work) => {
  const { dataSetId, revisionId, assetDestinations, encryption } = work.details;
  work.state.exportableRevision(dataSetId, revisionId);
  const moves = assetDestinations.map(({ assetId, bucket, key }) => {
    const asset = work.state.asset(dataSetId, revisionId, assetId);
    return { asset, to: { bucket, key: key ?? asset.name } };
  });
  return { errors: await exportAll(moves, encryption, work) };
};
