import { serviceBucket } from "../../s3/objects";
import { assetKey } from "../../state/names";
import { findUpload } from "../uploaded";
import type { Worker } from "../worker";

interface Details {
  readonly assetName: string;
  readonly md5Hash: string;
}

export const importAssetFromSignedUrl: Worker<Details> = async (work) => {
  const { details, objects, state, place, signal } = work;
  const { upload, error } = findUpload(work, details.md5Hash);
  if (error) {
    const { assetName } = details;
    return { errors: [{ ...error, details: { importAssetFromSignedUrlJobErrorDetails: { assetName } } }] };
  }
  const id = state.newId();
  await objects.copy(
    { bucket: serviceBucket, key: upload.key },
    { bucket: serviceBucket, key: assetKey(place, id) },
    undefined,
    signal,
  );
  return {
    assets: [{ id, name: details.assetName, assetDetails: { s3SnapshotAsset: { size: upload.size } } }],
  };
};
