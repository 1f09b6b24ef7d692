/**
 * Limits of the service on what is stored, by the names that it gives them in errors; those of jobs in progress are
 * in the table of job types. Source: Service Quotas, AWS Data Exchange. For those without a value none is published,
 * so nothing is refused unless the limit is set.
 */
export const limits = {
  "Data sets per account": 3000,
  "Revisions per data set": 10_000,
  "Revisions per Amazon API Gateway API data set": 20,
  "Revisions per Amazon Redshift datashare data set": 20,
  "Revisions per AWS Lake Formation data permission data set": Infinity,
  "Revisions per Amazon S3 data access data set": Infinity,
  "Assets per revision": 10_000,
  "Amazon API Gateway API assets per revision": 20,
  "Amazon Redshift datashare assets per revision": 20,
  "AWS Lake Formation data permission assets per revision": Infinity,
  "Amazon S3 data access assets per revision": Infinity,
  "Event actions per account": 50,
  "Auto export event actions per data set": 5,
  "Active and pending data grants": Infinity,
  "Pending data grants per consumer": Infinity,
} as const satisfies Readonly<Record<string, number>>;

export type LimitName = keyof typeof limits;

export const limitNames = Object.keys(limits) as LimitName[];

/** The limits that a data set's type of assets comes under. */
export const limitsOf: Readonly<
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
