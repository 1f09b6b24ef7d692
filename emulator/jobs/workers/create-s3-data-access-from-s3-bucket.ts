import type { Worker } from "../worker";

interface Details {
  readonly assetSource: { readonly bucket: string; readonly [member: string]: unknown };
}

export const createS3DataAccessFromS3Bucket: Worker<Details> = async ({ details, objects, state, place }) => {
  const { assetSource } = details;
  const { bucket } = assetSource;
  if (!(await objects.bucketExists(bucket))) {
    const message = `The bucket ${bucket} does not exist.`;
    return { errors: [{ code: "RESOURCE_NOT_FOUND_EXCEPTION", message, resourceType: "ASSET" }] };
  }
  const id = state.newId();
  const s3DataAccessAsset = {
    ...assetSource,
    s3AccessPointArn: `arn:aws:s3:${place.region}:${place.account}:accesspoint/${id}`,
    s3AccessPointAlias: `${id}-s3alias`,
  };
  // What the service names such an asset stands nowhere; the bucket is what it gives access to.
  return { assets: [{ id, name: bucket, assetDetails: { s3DataAccessAsset } }] };
};
