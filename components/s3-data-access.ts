import type * as s3 from "@pulumi/aws/s3";
import type { ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { all, output } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import { Job } from "../provider/resources/job";
import type { JobAsset, JobState } from "../service-model/job";
import { list } from "../service-model/shape";
import { bucketName, objectKey } from "../service-model/shared-shapes";
import type { SingleImportOutputs } from "./support/declared-jobs";
import { importSettings, replaceBeforeCreate, singleImportOutputs } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import { escapeWildcards } from "./support/iam-policy";
import { validateInputs } from "./support/input-error";
import type { ImportArgs } from "./support/job-settings";
import { requireAws } from "./support/pulumi-aws";
import { resolveInput } from "./support/resolve-input";

/** Arguments of an S3DataAccess. */
export interface S3DataAccessArgs extends ImportArgs {
  /** Name of the bucket. A change replaces the job and the bucket's policy. */
  bucket: Input<string>;
  /**
   * Prefixes of the keys to share, at most five together with `keys`. A change replaces the job.
   * @default the whole bucket
   */
  keyPrefixes?: Input<Input<string>[]>;
  /**
   * Keys to share, at most five together with `keyPrefixes`. A change replaces the job.
   * @default the whole bucket
   */
  keys?: Input<Input<string>[]>;
  /**
   * ARNs of the KMS keys that encrypt the objects, 1 to 10. Data Exchange creates a grant on each, for which the caller
   * needs `kms:CreateGrant`. A change replaces the job.
   * @default none
   */
  kmsKeyArns?: Input<Input<string>[]>;
  /**
   * Whether to declare the bucket's policy, with only the statements that Data Exchange needs; needs `@pulumi/aws`. A
   * bucket has one policy: if yours already has one, or several components share it, set false and add the statements of
   * `s3DataAccessStatements` to the policy.
   * @default true
   */
  bucketPolicy?: boolean;
}

/**
 * A bucket, or parts of it, shared in place as an asset of a revision, with the required bucket policy.
 *
 * ```ts
 * const shared = new dataexchange.S3DataAccess("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   bucket: bucket.id,
 *   keyPrefixes: ["daily/"],
 * });
 * ```
 *
 * Errors in the preview: more than five prefixes and keys together.
 */
export class S3DataAccess extends DeferredComponent<S3DataAccessArgs, SingleImportOutputs> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` after `pulumi up`. */
  declare readonly state: Output<JobState>;
  /** The asset through which the bucket is shared. */
  declare readonly asset: Output<JobAsset | undefined>;

  constructor(name: string, args: S3DataAccessArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:S3DataAccess", name, args, opts, ["jobId", "state", "asset"]);
  }

  protected async declare(name: string, args: S3DataAccessArgs): Promise<SingleImportOutputs> {
    const { dataSetId, revisionId, bucket, keyPrefixes, keys, kmsKeyArns } = args;
    // Validated here because the bucket's policy is created before the job, which would reject these as well.
    await validateInputs({ bucket: [bucketName, bucket], keys: [list(objectKey), keys] });
    const source = await resolveInput({ keyPrefixes, keys });
    if (source.known) validateSource(source.value);
    const kmsKeysToGrant =
      kmsKeyArns && output(kmsKeyArns).apply((arns) => arns.map((kmsKeyArn) => ({ kmsKeyArn })));
    const assetSource = { bucket, keyPrefixes, keys, kmsKeysToGrant };
    const dependsOn = args.bucketPolicy === false ? [] : [this.declarePolicy(name, args)];
    const job = new Job(
      name,
      {
        type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
        details: { createS3DataAccessFromS3Bucket: { dataSetId, revisionId, assetSource } },
        ...importSettings(this, args),
      },
      { ...replaceBeforeCreate, parent: this, dependsOn },
    );
    return singleImportOutputs(job);
  }

  private declarePolicy(name: string, { bucket, keyPrefixes, keys, region }: S3DataAccessArgs): Resource {
    const { BucketPolicy } = requireAws<typeof s3>("s3", "bucketPolicy");
    const policy = all([bucket, keyPrefixes, keys]).apply(([bucket, keyPrefixes, keys]) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: s3DataAccessStatements({ bucket, keyPrefixes, keys }),
      }),
    );
    return new BucketPolicy(`${name}-policy`, { bucket, policy, region }, { parent: this });
  }
}

/** The part of a bucket that is shared. */
export interface S3DataAccessSource {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Prefixes of the shared keys. Default: every object, if `keys` is absent as well. */
  readonly keyPrefixes?: readonly string[];
  /** Shared keys. Default: every object, if `keyPrefixes` is absent as well. */
  readonly keys?: readonly string[];
}

/** A statement of a bucket's policy, as IAM writes it. */
export interface PolicyStatement {
  /** Name of the statement within the policy. */
  readonly Sid: string;
  /** The statement allows actions. */
  readonly Effect: "Allow";
  /** Every caller that meets `Condition`. */
  readonly Principal: {
    /** Any account. */
    readonly AWS: "*";
  };
  /** Actions of S3 that are allowed. */
  readonly Action: readonly string[];
  /** ARNs of the bucket and of its objects. */
  readonly Resource: readonly string[];
  /** The request must come through an access point of AWS Data Exchange. */
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * Accounts of AWS Data Exchange that own the access points of subscribers. Source: AWS Data Exchange User Guide,
 * "Publishing a product in AWS Data Exchange containing Amazon S3 data access", prerequisites.
 */
export const accessPointAccounts = [
  ...["337040091392", "504002150500", "366362662752", "330489627928", "291973504423", "461002523379"],
  ...["036905324694", "540564263739", "675969394711", "108584782536", "844053218156"],
] as const;

/**
 * The statements of a bucket policy that let access points of AWS Data Exchange read the shared objects. Add them to the
 * policy of a bucket that has one. Source: AWS Data Exchange User Guide, "Publishing a product in AWS Data Exchange
 * containing Amazon S3 data access", both of its examples.
 *
 * @param source The whole bucket, or the prefixes and keys that are shared.
 */
export function s3DataAccessStatements(source: S3DataAccessSource): PolicyStatement[] {
  const { bucket, keyPrefixes = [], keys = [] } = source;
  const arn = `arn:aws:s3:::${bucket}`;
  const isWhole = keyPrefixes.length + keys.length === 0;
  const prefixes = keyPrefixes.map((prefix) => `${escapeWildcards(prefix)}*`);
  const objects = isWhole ? ["*"] : [...prefixes, ...keys.map(escapeWildcards)];
  const allow = { Effect: "Allow", Principal: { AWS: "*" } } as const;
  const byAccessPoints = { "s3:DataAccessPointAccount": [...accessPointAccounts] };
  const get: PolicyStatement = {
    Sid: "DataExchangeGetsObjects",
    ...allow,
    Action: ["s3:GetObject"],
    Resource: objects.map((key) => `${arn}/${key}`),
    Condition: { StringEquals: byAccessPoints },
  };
  // An object can be read by its key without a listing.
  if (!isWhole && prefixes.length === 0) return [get];
  const list: PolicyStatement = {
    Sid: "DataExchangeListsObjects",
    ...allow,
    Action: ["s3:ListBucket"],
    Resource: [arn],
    Condition: {
      StringEquals: byAccessPoints,
      ...(!isWhole && { StringLike: { "s3:prefix": prefixes } }),
    },
  };
  return [get, list];
}

/** Maximum number of prefixes and keys together for one asset. Source: the job type table, with the user guide's limit. */
const maxLocations = 5;

export function validateSource({ keyPrefixes = [], keys = [] }: Partial<S3DataAccessSource>): void {
  const count = keyPrefixes.length + keys.length;
  if (count > maxLocations) {
    throw new InputError(
      "too-many-locations",
      `keyPrefixes and keys hold ${count} items together; an asset takes at most ${maxLocations}. Share a common prefix, or declare another S3DataAccess.`,
    );
  }
  if ([...keyPrefixes, ...keys].includes("")) {
    throw new InputError(
      "empty-location",
      'keyPrefixes and keys must not hold ""; omit both to share the whole bucket.',
    );
  }
}
