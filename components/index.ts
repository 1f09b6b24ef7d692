/** The components of the package. */
export type { NamedAsset } from "./support/export-destinations";
export type { JobPolicyOptions, PlannedJobArgs } from "./job-policy";
export { jobPolicy } from "./job-policy";
export type { LookupConnection, LookupInput, LookupInputs } from "./support/program-lookup";
export type {
  GetAssetsArgs,
  GetAssetsResult,
  GetDataSetArgs,
  GetDataSetResult,
  GetJobArgs,
  GetJobResult,
  GetLatestRevisionArgs,
  GetRevisionArgs,
  GetRevisionResult,
} from "./lookups";
export {
  getAssets,
  getAssetsOutput,
  getDataSet,
  getDataSetOutput,
  getJob,
  getJobOutput,
  getLatestRevision,
  getLatestRevisionOutput,
  getRevision,
  getRevisionOutput,
} from "./lookups";
export type { RevisionExportArgs } from "./revision-export";
export { RevisionExport } from "./revision-export";
export type { AssetToExport, ExportedObject, S3ExportArgs } from "./s3-export";
export { S3Export } from "./s3-export";
export type { SignedDownloadArgs } from "./signed-download";
export { SignedDownload } from "./signed-download";
export type { ApiAssetArgs, OpenApiDocument } from "./api-asset";
export { ApiAsset } from "./api-asset";
export type { FileUploadArgs } from "./file-upload";
export { FileUpload } from "./file-upload";
export type { LakeFormationImportArgs } from "./lake-formation-import";
export { LakeFormationImport } from "./lake-formation-import";
export type { RedshiftImportArgs } from "./redshift-import";
export { RedshiftImport } from "./redshift-import";
export type { S3DataAccessArgs } from "./s3-data-access";
export { S3DataAccess } from "./s3-data-access";
export type { PolicyStatement, S3DataAccessSource } from "./s3-data-access";
export { s3DataAccessStatements } from "./s3-data-access";
export type { RevisionContent } from "./revision-contents";
export type { RevisionPublicationArgs } from "./revision-publication";
export { RevisionPublication } from "./revision-publication";
export type { S3Object } from "./support/asset-names";
export type { S3ImportArgs } from "./s3-import";
export { S3Import } from "./s3-import";
