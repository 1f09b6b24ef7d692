import { assetKey } from "../../state/arns-and-keys";
import { findUpload } from "../find-upload";
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
  await objects.copyWithin(upload.key, assetKey(place, id), signal);
  return {
    assets: [{ id, name: details.assetName, assetDetails: { s3SnapshotAsset: { size: upload.size } } }],
  };
};
