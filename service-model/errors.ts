/** The errors of the service's API model, with their HTTP statuses. */
export const errorStatuses = {
  ValidationException: 400,
  ServiceLimitExceededException: 402,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
} as const;

export type ServiceErrorName = keyof typeof errorStatuses;

/** Days from a job's creation after which the service deletes it, so that GetJob returns 404. */
export const jobRetentionDays = 90;

/**
 * Limits of the service on stored resources, by their names in errors. The job type table has the limits of jobs in
 * progress. Source: Service Quotas, AWS Data Exchange. A quota that the user guide's table does not have is followed by its
 * code.
 */
export const limits = {
  "Data sets per account": 3000,
  "Revisions per data set": 10_000,
  "Revisions per Amazon API Gateway API data set": 20,
  "Revisions per Amazon Redshift datashare data set": 20,
  "Revisions per AWS Lake Formation data permission data set": 20, // L-A15CB065
  "Revisions per Amazon S3 data access data set": 5, // L-70B0F91E
  "Assets per revision": 10_000,
  "Amazon API Gateway API assets per revision": 20,
  "Amazon Redshift datashare assets per revision": 20,
  "AWS Lake Formation data permission assets per revision": 20, // L-D470FF0C
  "Amazon S3 data access assets per revision": 5, // L-60973A49
  "Event actions per account": 50,
  "Auto export event actions per data set": 5,
  /** L-4F23AFE3. Its value is unverified, so there is no limit unless one is set. */
  "Active and pending data grants": Infinity,
  "Pending data grants per consumer": 20, // L-1FA7039C
} as const satisfies Readonly<Record<string, number>>;

export type LimitName = keyof typeof limits;

export const limitNames = Object.keys(limits) as LimitName[];

/** The limits for each type of asset. */
export const limitsByAssetType: Readonly<
  Record<string, { readonly revisions: LimitName; readonly assets: LimitName }>
> = {
  S3_SNAPSHOT: { revisions: "Revisions per data set", assets: "Assets per revision" },
  API_GATEWAY_API: {
    revisions: "Revisions per Amazon API Gateway API data set",
    assets: "Amazon API Gateway API assets per revision",
  },
  REDSHIFT_DATA_SHARE: {
    revisions: "Revisions per Amazon Redshift datashare data set",
    assets: "Amazon Redshift datashare assets per revision",
  },
  LAKE_FORMATION_DATA_PERMISSION: {
    revisions: "Revisions per AWS Lake Formation data permission data set",
    assets: "AWS Lake Formation data permission assets per revision",
  },
  S3_DATA_ACCESS: {
    revisions: "Revisions per Amazon S3 data access data set",
    assets: "Amazon S3 data access assets per revision",
  },
};
