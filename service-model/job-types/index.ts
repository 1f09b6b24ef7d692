import type { JobType } from "../job-type";
import { createS3DataAccessFromS3Bucket } from "./create-s3-data-access-from-s3-bucket";
import { exportAssetToSignedUrl } from "./export-asset-to-signed-url";
import { exportAssetsToS3 } from "./export-assets-to-s3";
import { exportRevisionsToS3 } from "./export-revisions-to-s3";
import { importAssetFromApiGatewayApi } from "./import-asset-from-api-gateway-api";
import { importAssetFromSignedUrl } from "./import-asset-from-signed-url";
import { importAssetsFromLakeFormationTagPolicy } from "./import-assets-from-lake-formation-tag-policy";
import { importAssetsFromRedshiftDataShares } from "./import-assets-from-redshift-data-shares";
import { importAssetsFromS3 } from "./import-assets-from-s3";

/** The job type table: every job type of the service. */
export const jobTypes: readonly JobType[] = [
  importAssetsFromS3,
  importAssetFromSignedUrl,
  importAssetFromApiGatewayApi,
  importAssetsFromRedshiftDataShares,
  importAssetsFromLakeFormationTagPolicy,
  createS3DataAccessFromS3Bucket,
  exportAssetsToS3,
  exportAssetToSignedUrl,
  exportRevisionsToS3,
];

const byType = new Map(jobTypes.map((entry) => [entry.type, entry]));

/** The table's entry for a type. Undefined if the service has no such type. */
export const findJobType = (type: unknown): JobType | undefined =>
  typeof type === "string" ? byType.get(type) : undefined;

/** The table's entry for a type that was checked before. */
export function jobTypeOf(type: string): JobType {
  const entry = byType.get(type);
  if (!entry) throw new Error(`${type} is not a job type of AWS Data Exchange.`);
  return entry;
}
