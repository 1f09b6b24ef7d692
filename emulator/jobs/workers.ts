import type { Worker } from "./worker";
import {
  createS3DataAccessFromS3Bucket,
  importAssetsFromLakeFormationTagPolicy,
  importAssetsFromRedshiftDataShares,
} from "./import-shared-resources";
import {
  exportAssetToSignedUrl,
  importAssetFromApiGatewayApi,
  importAssetFromSignedUrl,
} from "./signed-url-jobs";
import { exportAssetsToS3, exportRevisionsToS3 } from "./export-to-s3";
import { importAssetsFromS3 } from "./import-from-s3";

/** The worker of each job type. The details were validated against the shape of the type. */
export const workers: Readonly<Record<string, Worker<never>>> = {
  IMPORT_ASSETS_FROM_S3: importAssetsFromS3,
  IMPORT_ASSET_FROM_SIGNED_URL: importAssetFromSignedUrl,
  IMPORT_ASSET_FROM_API_GATEWAY_API: importAssetFromApiGatewayApi,
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: importAssetsFromRedshiftDataShares,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: importAssetsFromLakeFormationTagPolicy,
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: createS3DataAccessFromS3Bucket,
  EXPORT_ASSETS_TO_S3: exportAssetsToS3,
  EXPORT_ASSET_TO_SIGNED_URL: exportAssetToSignedUrl,
  EXPORT_REVISIONS_TO_S3: exportRevisionsToS3,
};
