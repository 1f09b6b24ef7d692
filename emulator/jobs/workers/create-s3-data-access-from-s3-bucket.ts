import { invalidError } from "../errors";
import type { Worker } from "../worker";

interface Details {
  readonly assetSource: { readonly bucket: string; readonly [member: string]: unknown };
}

/** Name and ARN are of the form that Terraform's tests at AWS expect (revision_assets_test.go). */
export const createS3DataAccessFromS3Bucket: Worker<Details> = async (work) => {
  const { objects, state, place, requireBucketPolicy } = work;
  const { assetSource } = work.details;
  const { bucket } = assetSource;
  if (!(await objects.bucketExists(bucket))) {
    const message = `The bucket ${bucket} does not exist.`;
    return { errors: [{ code: "RESOURCE_NOT_FOUND_EXCEPTION", message, resourceType: "ASSET" }] };
  }
  // The user guide makes the policy a prerequisite; whether the job fails without it is unverified.
  if (requireBucketPolicy && !(await objects.allowsAccessPoints(bucket))) {
    const message = `The policy of the bucket ${bucket} does not allow access points of AWS Data Exchange to read.`;
    return { errors: [invalidError(message, { resourceType: "ASSET" })] };
  }
  const id = state.newId();
  const s3DataAccessAsset = {
    ...assetSource,
    s3AccessPointArn: `arn:aws:s3:${place.region}:${place.account}:accesspoint/${uuidOf(id)}`,
    s3AccessPointAlias: `${id}-s3alias`,
  };
  return { assets: [{ id, name: `s3-data-access-${id}`, assetDetails: { s3DataAccessAsset } }] };
};

/** The digits of an id in the form of a UUID of version 4. */
const uuidOf = (id: string): string => id.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
