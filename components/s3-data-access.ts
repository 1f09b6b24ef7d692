import type * as s3 from "@pulumi/aws/s3";
import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { all, ComponentResource, output } from "@pulumi/pulumi";

import type { JobAsset } from "../service-model/made-assets";
import type { JobState } from "../service-model/job";
import { bucketName, objectKey } from "../service-model/shared-shapes";
import { list } from "../service-model/shape";
import { Job } from "../provider/dynamic/job";
import { awsPackage } from "./support/aws-package";
import { settledDigest } from "./support/content-hash";
import { refuseUnlessAllFit } from "./support/fits";
import type { JobSettings } from "./support/job-settings";
import { importSettings, makesRoom, singleOutcome } from "./support/declared-jobs";
import { Refusal, refusing } from "./support/input-error";
import { s3DataAccessStatements, wrongPart } from "./s3-data-access-policy";
import type { Settled } from "./support/resolve-input";
import { settled } from "./support/resolve-input";
import { seen, unseen } from "./support/hidden-args";

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
    super("dataexchange:index:S3DataAccess", name, unseen(args), opts);
    const outputs = singleOutcome(output(this.getData()));
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(inputs: Inputs, _opts: ComponentResourceOptions, name: string): Promise<Job> {
    const args = seen<S3DataAccessArgs>(inputs);
    return refusing(this, `S3DataAccess ${JSON.stringify(name)}`, args, async () => {
      // The policy of the bucket is made before the job, which would refuse these as well.
      await refuseUnlessAllFit({ bucket: [bucketName, args.bucket], keys: [list(objectKey), args.keys] });
      const { dataSetId, revisionId, bucket, keyPrefixes, keys, kmsKeyArns } = args;
      const parts = await settled({ keyPrefixes, keys });
      const wrong = parts.known ? wrongPart(parts.value) : undefined;
      if (wrong) throw new Refusal(wrong);
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
        { ...makesRoom, parent: this, dependsOn: args.bucketPolicy === false ? [] : this.policy(name, args) },
      );
    });
  }

  private policy(name: string, { bucket, keyPrefixes, keys, region }: S3DataAccessArgs): Resource[] {
    const { BucketPolicy } = awsPackage<typeof s3>("s3", "bucketPolicy");
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
export const contentOf = (args: S3DataAccessContent): Promise<Settled<string>> => {
  const { bucket, keyPrefixes, keys, kmsKeyArns, tags } = args;
  const sets = [keyPrefixes, keys, kmsKeyArns].map((set) =>
    output(set).apply((known) => [...(known ?? [])].sort()),
  );
  return settledDigest("S3DataAccess", [bucket, sets, tags]);
};
