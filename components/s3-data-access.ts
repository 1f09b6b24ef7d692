import type * as s3 from "@pulumi/aws/s3";
import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { all, ComponentResource, output } from "@pulumi/pulumi";
import type { JobAsset } from "../service-model/job";
import type { JobState } from "../service-model/job";
import { bucketName, objectKey } from "../service-model/shared-shapes";
import { list } from "../service-model/shape";
import { Job } from "../provider/dynamic/job";
import { requireAws } from "./support/pulumi-aws";
import { hashInputs } from "./support/content-hash";
import { validateInputs } from "./support/fits";
import type { JobSettings } from "./support/job-settings";
import { importSettings, replaceBeforeCreate, singleJobOutputs } from "./support/declared-jobs";
import { InputError, reportInputErrors } from "./support/input-error";
import type { Resolved } from "./support/resolve-input";
import { resolveInput } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What an S3DataAccess is made of. */
export interface S3DataAccessArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces the job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces the job. */
  revisionId: Input<string>;
  /** Name of the bucket. A change replaces the job and the bucket's policy. */
  bucket: Input<string>;
  /** Prefixes of the keys to share, at most five with `keys`. Default: the whole bucket. A change replaces the job. */
  keyPrefixes?: Input<Input<string>[]>;
  /** Keys to share, at most five with `keyPrefixes`. Default: the whole bucket. A change replaces the job. */
  keys?: Input<Input<string>[]>;
  /**
   * ARNs of the KMS keys that encrypt what is shared, 1 to 10; Data Exchange makes a grant on each, for which whoever
   * runs this needs `kms:CreateGrant`. Default: none. A change replaces the job.
   */
  kmsKeyArns?: Input<Input<string>[]>;
  /**
   * Whether to declare the bucket's policy, with nothing in it but what Data Exchange needs; takes `@pulumi/aws`. A
   * bucket has one policy: with one of your own, or with several of these for one bucket, say false and put what
   * `s3DataAccessStatements` answers into it. Default: true.
   */
  bucketPolicy?: boolean;
  /**
   * What becomes of the asset when the job is replaced or deleted: `deleteAssets` deletes it unless its revision is
   * finalized, `retain` keeps it. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** What a revision gets, wherever it is. */
export type S3DataAccessContent = Omit<S3DataAccessArgs, "dataSetId" | "revisionId">;

/**
 * A bucket, or parts of it, shared in place as an asset of a revision, with the bucket policy that this needs.
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
 * Errors: more than five prefixes and keys together are refused by the preview.
 */
export class S3DataAccess extends ComponentResource<Job> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` in a stack that is up. */
  declare readonly state: Output<JobState>;
  /** The asset through which the bucket is shared. */
  declare readonly asset: Output<JobAsset | undefined>;

  constructor(name: string, args: S3DataAccessArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:S3DataAccess", name, hideArgs(args), opts);
    const outputs = singleJobOutputs(output(this.getData()));
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(inputs: Inputs, _opts: ComponentResourceOptions, name: string): Promise<Job> {
    const args = readArgs<S3DataAccessArgs>(inputs);
    return reportInputErrors(this, `S3DataAccess ${JSON.stringify(name)}`, args, async () => {
      // The policy of the bucket is made before the job, which would refuse these as well.
      await validateInputs({ bucket: [bucketName, args.bucket], keys: [list(objectKey), args.keys] });
      const { dataSetId, revisionId, bucket, keyPrefixes, keys, kmsKeyArns } = args;
      const parts = await resolveInput({ keyPrefixes, keys });
      const wrong = parts.known ? validateSource(parts.value) : undefined;
      if (wrong) throw new InputError(wrong);
      const kmsKeysToGrant =
        kmsKeyArns && output(kmsKeyArns).apply((arns) => arns.map((kmsKeyArn) => ({ kmsKeyArn })));
      return new Job(
        name,
        {
          type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
          details: {
            createS3DataAccessFromS3Bucket: {
              dataSetId,
              revisionId,
              assetSource: { bucket, keyPrefixes, keys, kmsKeysToGrant },
            },
          },
          ...importSettings(this, args),
        },
        {
          ...replaceBeforeCreate,
          parent: this,
          dependsOn: args.bucketPolicy === false ? [] : this.policy(name, args),
        },
      );
    });
  }

  private policy(name: string, { bucket, keyPrefixes, keys, region }: S3DataAccessArgs): Resource[] {
    const { BucketPolicy } = requireAws<typeof s3>("s3", "bucketPolicy");
    const policy = all([bucket, keyPrefixes, keys]).apply(([bucket, keyPrefixes, keys]) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: s3DataAccessStatements({ bucket, keyPrefixes, keys }),
      }),
    );
    return [new BucketPolicy(`${name}-policy`, { bucket, policy, region }, { parent: this })];
  }
}

/** A digest of what the revision would hold: what is shared, not the bytes there, which are never copied. */
export const contentOf = (args: S3DataAccessContent): Promise<Resolved<string>> => {
  const { bucket, keyPrefixes, keys, kmsKeyArns, tags } = args;
  const sets = [keyPrefixes, keys, kmsKeyArns].map((set) =>
    output(set).apply((known) => [...(known ?? [])].sort()),
  );
  return hashInputs("S3DataAccess", [bucket, sets, tags]);
};

/** What a bucket's policy has to say for its objects to be shared in place. */

/** What of a bucket is shared. */
export interface S3DataAccessSource {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Prefixes of the keys that are shared. Without them and without `keys`, every object is. */
  readonly keyPrefixes?: readonly string[];
  /** Keys that are shared. Without them and without `keyPrefixes`, every object is. */
  readonly keys?: readonly string[];
}

/** A statement of a bucket's policy, as IAM writes it. */
export interface PolicyStatement {
  /** What the statement is called within the policy. */
  readonly Sid: string;
  /** The statement allows. */
  readonly Effect: "Allow";
  /** Anybody whom `Condition` lets through. */
  readonly Principal: {
    /** Any account. */
    readonly AWS: "*";
  };
  /** Actions of S3 that are allowed. */
  readonly Action: readonly string[];
  /** ARNs of the bucket and of its objects. */
  readonly Resource: readonly string[];
  /** Through whose access points alone: those of AWS Data Exchange. */
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

/** Prefixes and keys that one asset takes together. Source: the job type table, with the user guide's limit. */
export const maxLocations = 5;

/**
 * The bucket policy statements by which access points of AWS Data Exchange decide who may read what is shared. For a
 * bucket with a policy of its own: put them into that policy. Source: AWS Data Exchange
 * User Guide, "Publishing a product in AWS Data Exchange containing Amazon S3 data access", both of its examples.
 *
 * @param part What is shared: the whole bucket, or the prefixes and keys that it names.
 */
export function s3DataAccessStatements(part: S3DataAccessSource): PolicyStatement[] {
  const { bucket, keyPrefixes = [], keys = [] } = part;
  const arn = `arn:aws:s3:::${bucket}`;
  const whole = keyPrefixes.length + keys.length === 0;
  const prefixes = keyPrefixes.map((prefix) => `${literal(prefix)}*`);
  const objects = whole ? [`${arn}/*`] : [...prefixes, ...keys.map(literal)].map((key) => `${arn}/${key}`);
  const byAccessPoints = { "s3:DataAccessPointAccount": [...accessPointAccounts] };
  return [
    {
      ...{ Sid: "DataExchangeGetsObjects", Effect: "Allow", Principal: { AWS: "*" } },
      Action: ["s3:GetObject"],
      Resource: objects,
      Condition: { StringEquals: byAccessPoints },
    },
    // A key can be got without being listed.
    ...(whole || prefixes.length > 0
      ? [
          {
            ...({ Sid: "DataExchangeListsObjects", Effect: "Allow", Principal: { AWS: "*" } } as const),
            Action: ["s3:ListBucket"],
            Resource: [arn],
            Condition: {
              StringEquals: byAccessPoints,
              ...(!whole && { StringLike: { "s3:prefix": prefixes } }),
            },
          },
        ]
      : []),
  ];
}

/** What a pattern in a policy would read as more than itself. Source: IAM User Guide, policy variables. */
const literal = (key: string): string => key.replace(/[$*?]/g, (character) => `\${${character}}`);

/** Says what is wrong with what shall be shared; nothing when it is right. */
export function validateSource({
  keyPrefixes = [],
  keys = [],
}: Partial<S3DataAccessSource>): string | undefined {
  const count = keyPrefixes.length + keys.length;
  if (count > maxLocations) {
    return `keyPrefixes and keys hold ${count} together; an asset takes at most ${maxLocations}. Share a prefix that they have in common, or declare another S3DataAccess.`;
  }
  if ([...keyPrefixes, ...keys].includes("")) {
    return 'keyPrefixes and keys must not hold ""; without both the whole bucket is shared.';
  }
  return undefined;
}
