// Generated from service-model and provider/core/arguments.ts by `npm run generate`; change those instead.

import type { Input } from "@pulumi/pulumi";

import type { UploadBody } from "./upload-asset";

/** Types of Data Exchange jobs. */
export type JobType =
  | "IMPORT_ASSETS_FROM_S3"
  | "IMPORT_ASSET_FROM_SIGNED_URL"
  | "IMPORT_ASSET_FROM_API_GATEWAY_API"
  | "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES"
  | "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY"
  | "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET"
  | "EXPORT_ASSETS_TO_S3"
  | "EXPORT_ASSET_TO_SIGNED_URL"
  | "EXPORT_REVISIONS_TO_S3";

/** Members of `details`, one for each type. */
export type DetailsKey =
  | "importAssetsFromS3"
  | "importAssetFromSignedUrl"
  | "importAssetFromApiGatewayApi"
  | "importAssetsFromRedshiftDataShares"
  | "importAssetsFromLakeFormationTagPolicy"
  | "createS3DataAccessFromS3Bucket"
  | "exportAssetsToS3"
  | "exportAssetToSignedUrl"
  | "exportRevisionsToS3";

/** The member of `details` that belongs to a type. */
export type DetailsOf<Key extends DetailsKey, Details> = { [Own in Key]: Input<Details> };

/**
 * A job that imports objects from S3 buckets into a revision, each as one asset with the object's key
 * as its name. At most 10 are in progress at once in an account and region (“Concurrent in progress
 * jobs to import assets from Amazon S3”; source: Service Quotas, AWS Data Exchange; not adjustable);
 * further jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetsFromS3RequestDetails.html
 */
export interface ImportAssetsFromS3JobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "IMPORT_ASSETS_FROM_S3";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"importAssetsFromS3", ImportAssetsFromS3Args>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that imports one uploaded file into a revision as one asset. At most 10 are in progress at
 * once in an account and region (“Concurrent in progress jobs to import assets from a signed URL”;
 * source: Service Quotas, AWS Data Exchange; not adjustable); further jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetFromSignedUrlRequestDetails.html
 */
export interface ImportAssetFromSignedUrlJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "IMPORT_ASSET_FROM_SIGNED_URL";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"importAssetFromSignedUrl", ImportAssetFromSignedUrlArgs>>;
  /**
   * Body to upload: the file to import, at most 5 GB. State contains only its hash. The MD5 is computed
   * from the body. A remote file is fetched when the program runs, so its URL is not stored. Changed
   * content replaces the job.
   */
  upload: Input<UploadBody>;
}

/**
 * A job that licenses a stage of an API Gateway REST API as an asset, described by an uploaded OpenAPI
 * document. At most 10 are in progress at once in an account and region (“Concurrent in progress jobs
 * to import assets from an API Gateway API”; source: Service Quotas, AWS Data Exchange; not
 * adjustable); further jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetFromApiGatewayApiRequestDetails.html
 */
export interface ImportAssetFromApiGatewayApiJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "IMPORT_ASSET_FROM_API_GATEWAY_API";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"importAssetFromApiGatewayApi", ImportAssetFromApiGatewayApiArgs>>;
  /**
   * Body to upload: the OpenAPI 3.0 document of the API, as JSON. State contains only its hash. The MD5
   * is computed from the body. A remote file is fetched when the program runs, so its URL is not stored.
   * Changed content replaces the job.
   */
  upload: Input<UploadBody>;
}

/**
 * A job that licenses Amazon Redshift datashares as assets of a revision. At most 10 are in progress
 * at once in an account and region (“Concurrent in progress jobs to import assets from Amazon Redshift
 * datashares”; source: Service Quotas, AWS Data Exchange; not adjustable); further jobs wait until one
 * ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetsFromRedshiftDataSharesRequestDetails.html
 */
export interface ImportAssetsFromRedshiftDataSharesJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"importAssetsFromRedshiftDataShares", ImportAssetsFromRedshiftDataSharesArgs>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that licenses the resources of an AWS Lake Formation tag policy as an asset of a revision. At
 * most 5 are in progress at once in an account and region (“Concurrent in progress jobs to import
 * assets from an AWS Lake Formation tag policy”; source: Service Quotas, AWS Data Exchange; not
 * adjustable); further jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetsFromLakeFormationTagPolicyRequestDetails.html
 */
export interface ImportAssetsFromLakeFormationTagPolicyJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<
    DetailsOf<"importAssetsFromLakeFormationTagPolicy", ImportAssetsFromLakeFormationTagPolicyArgs>
  >;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that shares an S3 bucket, or parts of it, in place as an asset of a revision. At most 5 are in
 * progress at once in an account and region (“Concurrent in progress jobs to create Amazon S3 data
 * access assets from S3 buckets”; source: Service Quotas, AWS Data Exchange; not adjustable); further
 * jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_CreateS3DataAccessFromS3BucketRequestDetails.html
 */
export interface CreateS3DataAccessFromS3BucketJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"createS3DataAccessFromS3Bucket", CreateS3DataAccessFromS3BucketArgs>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that exports assets of a revision to S3 buckets and overwrites objects with the same key. At
 * most 10 are in progress at once in an account and region (“Concurrent in progress jobs to export
 * assets to Amazon S3”; source: Service Quotas, AWS Data Exchange; not adjustable); further jobs wait
 * until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ExportAssetsToS3RequestDetails.html
 */
export interface ExportAssetsToS3JobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "EXPORT_ASSETS_TO_S3";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"exportAssetsToS3", ExportAssetsToS3Args>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that creates a signed URL, valid for one minute, to download an asset. At most 10 are in
 * progress at once in an account and region (“Concurrent in progress jobs to export assets to a signed
 * URL”; source: Service Quotas, AWS Data Exchange; not adjustable); further jobs wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ExportAssetToSignedUrlRequestDetails.html
 */
export interface ExportAssetToSignedUrlJobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "EXPORT_ASSET_TO_SIGNED_URL";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"exportAssetToSignedUrl", ExportAssetToSignedUrlArgs>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/**
 * A job that exports a whole revision to an S3 bucket and overwrites objects with the same key. At
 * most 5 are in progress at once in an account and region (“Concurrent in progress jobs to export
 * revisions to Amazon S3”; source: Service Quotas, AWS Data Exchange; not adjustable); further jobs
 * wait until one ends.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ExportRevisionsToS3RequestDetails.html
 */
export interface ExportRevisionsToS3JobArgs extends CommonJobArgs {
  /** Type of the job. A change replaces the job. */
  type: "EXPORT_REVISIONS_TO_S3";
  /**
   * Details of the job. A change replaces the job; reordering a set or writing out a default is not a
   * change.
   */
  details: Input<DetailsOf<"exportRevisionsToS3", ExportRevisionsToS3Args>>;
  /** This type uploads nothing. */
  upload?: undefined;
}

/** Arguments of a Job: a type, and the details of that type. */
export type JobArgs =
  | ImportAssetsFromS3JobArgs
  | ImportAssetFromSignedUrlJobArgs
  | ImportAssetFromApiGatewayApiJobArgs
  | ImportAssetsFromRedshiftDataSharesJobArgs
  | ImportAssetsFromLakeFormationTagPolicyJobArgs
  | CreateS3DataAccessFromS3BucketJobArgs
  | ExportAssetsToS3JobArgs
  | ExportAssetToSignedUrlJobArgs
  | ExportRevisionsToS3JobArgs;

/** Arguments of every type of Job. */
export interface CommonJobArgs {
  /**
   * Any values. A change of one of them replaces the job, so that it runs again. Assets are compared by
   * content.
   */
  triggers?: Input<Input<unknown>[] | Record<string, Input<unknown>>>;
  /** Configuration of the assets that the job creates: their tags. A change replaces the job. */
  assetConfiguration?: Input<AssetConfigurationArgs>;
  /**
   * AWS region. Default: the stack's `aws:region`, then `AWS_REGION` or `AWS_DEFAULT_REGION`, then the
   * profile's. A change replaces the job.
   */
  region?: Input<string>;
  /**
   * Profile of the shared config and credentials files to take credentials from. Default: the stack's
   * `aws:profile`, then `AWS_PROFILE`. A change updates the resource and runs nothing.
   */
  profile?: Input<string>;
  /**
   * Role to assume for the calls to AWS. Default: the stack's `aws:assumeRoles` or `aws:assumeRole`. A
   * change updates the resource and runs nothing.
   */
  assumeRole?: Input<AssumeRoleArgs>;
  /**
   * URL of the Data Exchange endpoint. Default: `dataexchange` in the stack's `aws:endpoints`, then
   * `AWS_ENDPOINT_URL_DATAEXCHANGE`, then `AWS_ENDPOINT_URL`, then the region's own. A change updates
   * the resource and runs nothing.
   */
  endpoint?: Input<string>;
  /**
   * How long each phase may wait. If a timeout expires after the job was created, the job stays in state
   * and the next `pulumi up` resumes it. Before that, no job is created, and the next `pulumi up` starts
   * again. A change updates the resource and runs nothing.
   */
  timeouts?: Input<JobTimeoutsArgs>;
  /**
   * What happens to the job that an interrupted run of this resource left, if a record on this machine
   * names it. `own`: it is adopted in place of a new one, if it was created for the same inputs and
   * triggers. `none`: it is cancelled, or its assets are deleted; and `dataexchange:ListJobs` may be
   * denied. In both cases a job that another process creates for the same inputs at the same time is
   * adopted, because only one of the two may run. A change updates the resource and runs nothing.
   *
   * @default "own"
   */
  adopt?: Input<"own" | "none">;
  /**
   * What happens to the job's assets when the resource is deleted or replaced: `retain` keeps them,
   * `deleteAssets` deletes them unless their revision is finalized and not revoked. The value in state
   * applies, so set it before the run that deletes or replaces. A change updates the resource and runs
   * nothing.
   *
   * @default "retain"
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** How long each phase of a job may wait by default. */
export const defaultTimeouts = {
  /** How long one API call may take with its retries. */
  request: "10m",
  /** How long to wait for a slot among the jobs of the type. */
  queue: "12h",
  /** How long the upload of a body may take with its retries. */
  upload: "1h",
  /** How long to wait for the job to end once it has started. */
  run: "6h",
} as const;

/** `ImportAssetsFromS3` of the API, as an input. */
export interface ImportAssetsFromS3Args {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /**
   * Objects to import, 1 to 100. The order does not matter. An object listed twice becomes two assets
   * with the same name.
   */
  assetSources: Input<Input<AssetSourceEntryArgs>[]>;
}

/** An object of S3 to import as an asset. */
export interface AssetSourceEntryArgs {
  /** Bucket of the object. It may be in another region; AWS charges for the transfer. */
  bucket: Input<string>;
  /** Exact key of the object, not a prefix or a wildcard. */
  key: Input<string>;
}

/** `ImportAssetFromSignedUrl` of the API, as an input. */
export interface ImportAssetFromSignedUrlArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Name of the asset. */
  assetName: Input<string>;
  /** MD5 of the file, as base64 (24 characters). Computed from `upload` by default. */
  md5Hash?: Input<string>;
}

/** `ImportAssetFromApiGatewayApi` of the API, as an input. */
export interface ImportAssetFromApiGatewayApiArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Id of the API in API Gateway. */
  apiId: Input<string>;
  /** Name of the API, which becomes the asset's name. */
  apiName: Input<string>;
  /** MD5 of the OpenAPI document, as base64 (24 characters). Computed from `upload` by default. */
  apiSpecificationMd5Hash?: Input<string>;
  /** Protocol of the API; the service supports only `REST`. */
  protocolType: Input<"REST">;
  /** Stage of the API. */
  stage: Input<string>;
  /** Description of the API for subscribers, in Markdown. */
  apiDescription?: Input<string>;
  /** API Gateway key with which Data Exchange calls the API. Secret in state and output. */
  apiKey?: Input<string>;
}

/** `ImportAssetsFromRedshiftDataShares` of the API, as an input. */
export interface ImportAssetsFromRedshiftDataSharesArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Datashares to license, 1 to 10. The order does not matter. */
  assetSources: Input<Input<RedshiftDataShareAssetSourceEntryArgs>[]>;
}

/** A Redshift datashare to import as an asset. */
export interface RedshiftDataShareAssetSourceEntryArgs {
  /** ARN of the datashare. */
  dataShareArn: Input<string>;
}

/** `ImportAssetsFromLakeFormationTagPolicy` of the API, as an input. */
export interface ImportAssetsFromLakeFormationTagPolicyArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Glue Data Catalog that holds the resources: an AWS account id of 12 digits. */
  catalogId: Input<string>;
  /** IAM role with which Data Exchange grants and revokes the subscribers' Lake Formation permissions. */
  roleArn: Input<string>;
  /** Databases to license. */
  database?: Input<DatabaseLFTagPolicyAndPermissionsArgs>;
  /** Tables to license. */
  table?: Input<TableLFTagPolicyAndPermissionsArgs>;
}

/** Databases with certain LF-tags, and what subscribers may do with them. */
export interface DatabaseLFTagPolicyAndPermissionsArgs {
  /** LF-tag conditions that a resource must meet. The order does not matter. */
  expression: Input<Input<LFTagArgs>[]>;
  /** Permissions that subscribers get on the databases: `DESCRIBE`. The order does not matter. */
  permissions: Input<Input<"DESCRIBE">[]>;
}

/** An LF-tag of Lake Formation: a key, and values of which a database or table has one. */
export interface LFTagArgs {
  /** Key of the LF-tag. */
  tagKey: Input<string>;
  /** Values of the LF-tag that match. The order does not matter. */
  tagValues: Input<Input<string>[]>;
}

/** Tables with certain LF-tags, and what subscribers may do with them. */
export interface TableLFTagPolicyAndPermissionsArgs {
  /** LF-tag conditions that a resource must meet. The order does not matter. */
  expression: Input<Input<LFTagArgs>[]>;
  /** Permissions that subscribers get on the tables: `DESCRIBE`, `SELECT`. The order does not matter. */
  permissions: Input<Input<"DESCRIBE" | "SELECT">[]>;
}

/** `CreateS3DataAccessFromS3Bucket` of the API, as an input. */
export interface CreateS3DataAccessFromS3BucketArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision to import into. It must not be finalized. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** The bucket to share, or the parts of it. Without prefixes and keys, the whole bucket. */
  assetSource: Input<S3DataAccessAssetSourceEntryArgs>;
}

/** A bucket, or parts of it, that subscribers read in place. */
export interface S3DataAccessAssetSourceEntryArgs {
  /** Bucket to share. */
  bucket: Input<string>;
  /** Prefixes of the keys to share. At most five prefixes and keys together; the order does not matter. */
  keyPrefixes?: Input<Input<string>[]>;
  /** Keys to share. At most five prefixes and keys together; the order does not matter. */
  keys?: Input<Input<string>[]>;
  /**
   * KMS keys that encrypt the shared objects, 1 to 10. Data Exchange creates a grant for each. The order
   * does not matter.
   */
  kmsKeysToGrant?: Input<Input<KmsKeyToGrantArgs>[]>;
}

/** A KMS key that encrypts shared objects. Subscribers may decrypt with it. */
export interface KmsKeyToGrantArgs {
  /** ARN of the KMS key, 1 to 2048 characters. */
  kmsKeyArn: Input<string>;
}

/** `ExportAssetsToS3` of the API, as an input. */
export interface ExportAssetsToS3Args {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision whose assets are exported. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Assets and their destinations, 1 to 100, no destination twice. The order does not matter. */
  assetDestinations: Input<Input<AssetDestinationEntryArgs>[]>;
  /** Server-side encryption of the objects written. Default: the bucket's encryption. */
  encryption?: Input<ExportServerSideEncryptionArgs>;
}

/** An asset to export, and the object to write it to. */
export interface AssetDestinationEntryArgs {
  /** Asset to export. 30 to 40 letters and digits. */
  assetId: Input<string>;
  /** Bucket to write to. It may be in another region; AWS charges for the transfer. */
  bucket: Input<string>;
  /** Key to write to. Default: the asset's name. */
  key?: Input<string>;
}

/** Server-side encryption of exported objects. */
export interface ExportServerSideEncryptionArgs {
  /** Type of key: `AES256` for a key of S3, `aws:kms` for a KMS key. */
  type: Input<"AES256" | "aws:kms">;
  /** ARN of the KMS key. Required with `aws:kms`, an error with `AES256`. */
  kmsKeyArn?: Input<string>;
}

/** `ExportAssetToSignedUrl` of the API, as an input. */
export interface ExportAssetToSignedUrlArgs {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /** The revision that holds the asset. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Asset to export. 30 to 40 letters and digits. */
  assetId: Input<string>;
}

/** `ExportRevisionsToS3` of the API, as an input. */
export interface ExportRevisionsToS3Args {
  /** The data set that owns the revision. 30 to 40 letters and digits. */
  dataSetId: Input<string>;
  /**
   * The revision and its destination: exactly one, with at most 10,000 assets. To a bucket in another
   * region, at most 2,000 assets and 100 GB.
   */
  revisionDestinations: Input<Input<RevisionDestinationEntryArgs>[]>;
  /** Server-side encryption of the objects written. Default: the bucket's encryption. */
  encryption?: Input<ExportServerSideEncryptionArgs>;
}

/** A revision to export, and the bucket and keys to write its assets to. */
export interface RevisionDestinationEntryArgs {
  /** Revision to export. 30 to 40 letters and digits. */
  revisionId: Input<string>;
  /** Bucket to write to. It may be in another region; AWS charges for the transfer. */
  bucket: Input<string>;
  /**
   * Pattern of the keys to write to. Must contain `${Asset.Name}` or `${Asset.Id}`. Placeholders:
   * `${Asset.Id}`, `${Asset.Name}`, `${DataSet.Id}`, `${DataSet.Name}`, `${Revision.CreatedAt}`,
   * `${Revision.CreatedAt.Day}`, `${Revision.CreatedAt.Month}`, `${Revision.CreatedAt.Year}`,
   * `${Revision.Id}`.
   *
   * @default "${Asset.Name}"
   */
  keyPattern?: Input<string>;
}

/** Configuration of the assets that a job creates. */
export interface AssetConfigurationArgs {
  /**
   * Tags for the assets that the job creates, at most 50. The order does not matter. The stack's
   * `aws:defaultTags` are added when the job is created; a change of those does not start a job.
   */
  tags?: Input<Input<TagArgs>[]>;
}

/** A tag of an asset. */
export interface TagArgs {
  /** Key of the tag, 1 to 128 characters, unique among the tags. */
  key: Input<string>;
  /** Value of the tag, at most 256 characters. */
  value: Input<string>;
}

/** A role to assume. */
export interface AssumeRoleArgs {
  /** ARN of the role to assume. */
  roleArn: Input<string>;
  /** Name of the session. Default: `pulumi-dataexchange`. */
  sessionName?: Input<string>;
  /** External id that the role's trust policy requires. */
  externalId?: Input<string>;
  /**
   * How long one session lasts, `15m` to `12h`.
   *
   * @default "1h"
   */
  duration?: Input<string>;
}

/**
 * How long each phase of a job may wait: durations such as `90s`, `30m`, `1h30m` or `1d`, greater than
 * zero.
 */
export interface JobTimeoutsArgs {
  /**
   * How long one API call may take with its retries.
   *
   * @default "10m"
   */
  request?: Input<string>;
  /**
   * How long to wait for a slot among the jobs of the type.
   *
   * @default "12h"
   */
  queue?: Input<string>;
  /**
   * How long the upload of a body may take with its retries.
   *
   * @default "1h"
   */
  upload?: Input<string>;
  /**
   * How long to wait for the job to end once it has started.
   *
   * @default "6h"
   */
  run?: Input<string>;
}

/**
 * Why a job failed.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_JobError.html
 */
export interface JobError {
  /** Kind of error. */
  code:
    | "ACCESS_DENIED_EXCEPTION"
    | "INTERNAL_SERVER_EXCEPTION"
    | "MALWARE_DETECTED"
    | "RESOURCE_NOT_FOUND_EXCEPTION"
    | "SERVICE_QUOTA_EXCEEDED_EXCEPTION"
    | "VALIDATION_EXCEPTION"
    | "MALWARE_SCAN_ENCRYPTED_FILE";
  /** Message of the service. */
  message: string;
  /** Limit that was reached. */
  limitName?:
    | "Assets per revision"
    | "Asset size in GB"
    | "Amazon Redshift datashare assets per revision"
    | "AWS Lake Formation data permission assets per revision"
    | "Amazon S3 data access assets per revision";
  /** Value of that limit. */
  limitValue?: number;
  /** Id of the resource that the error is about. */
  resourceId?: string;
  /** Type of that resource. */
  resourceType?: "REVISION" | "ASSET" | "DATA_SET";
  /** Assets or objects that failed. */
  details?: JobErrorDetails;
}

/**
 * What could not be imported, for the types of jobs that report it.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_JobErrorDetails.html
 */
export interface JobErrorDetails {
  /** Asset of a signed URL import that failed. */
  importAssetFromSignedUrlJobErrorDetails?: ImportAssetFromSignedUrlJobErrorDetails;
  /** Objects of an S3 import that failed. */
  importAssetsFromS3JobErrorDetails?: JobErrorAssetSource[];
}

/**
 * The upload that failed.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_ImportAssetFromSignedUrlJobErrorDetails.html
 */
export interface ImportAssetFromSignedUrlJobErrorDetails {
  /** Asset whose import failed. */
  assetName: string;
}

/**
 * An object of S3 that could not be imported.
 *
 * @see https://docs.aws.amazon.com/data-exchange/latest/apireference/API_JobErrorAssetSource.html
 */
export interface JobErrorAssetSource {
  /** Bucket of the object. */
  bucket: string;
  /** Key of the object. */
  key: string;
}
