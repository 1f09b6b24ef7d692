/** Exports of revisions by Data Exchange itself, as they are published. */
import type * as awsDataExchange from "@pulumi/aws/dataexchange";
import type * as awsIdentity from "@pulumi/aws/getCallerIdentity";
import type * as awsS3 from "@pulumi/aws/s3";
import type { Input, Resource } from "@pulumi/pulumi";
import { all, CustomResource, Output } from "@pulumi/pulumi";

import { InputError } from "../../lib/input-error";
import { canonicalText } from "../../provider/core/normalize";
import { findResources, typeTokenOf } from "../../provider/resources/pulumi-private";
import type { ExportServerSideEncryptionArgs } from "../../provider/resources/types";
import { requireAws } from "./pulumi-aws";
import { idInEngine, isReference, typeOfReference } from "./registered-resource";
import { resolveInput } from "./resolve-input";

export interface AutoExportArgs {
  readonly dataSetId: Input<string>;
  readonly bucket: Input<string>;
  readonly keyPattern: Input<string>;
  readonly encryption?: Input<ExportServerSideEncryptionArgs>;
  readonly region?: Input<string>;
  /** `false` declares no bucket policy. */
  readonly bucketPolicy?: false;
}

/** Declares the event action, and the bucket policy that it needs. Returns the ARN of the event action. */
export function declareAutoExport(
  parent: Resource,
  name: string,
  { dataSetId, bucket, keyPattern, encryption, region, bucketPolicy }: AutoExportArgs,
): Output<string> {
  const { EventAction } = requireAws<typeof awsDataExchange>("dataexchange", "autoExport");
  const common = region === undefined ? {} : { region };
  // The service tests the policy when the event action is created.
  const dependsOn = bucketPolicy === false ? [] : [declareBucketPolicy(parent, name, bucket, common)];
  return new EventAction(
    `${name}-future`,
    {
      action: { exportRevisionToS3: { revisionDestination: { bucket, keyPattern }, encryption } },
      event: { revisionPublished: { dataSetId } },
      ...common,
    },
    { parent, dependsOn },
  ).arn;
}

function declareBucketPolicy(
  parent: Resource,
  name: string,
  bucket: Input<string>,
  common: { region?: Input<string> },
): Resource {
  const { BucketPolicy } = requireAws<typeof awsS3>("s3", "autoExport");
  const { getCallerIdentityOutput } = requireAws<typeof awsIdentity>("getCallerIdentity", "autoExport");
  const { accountId } = getCallerIdentityOutput({}, { parent });
  const policy = all([bucket, accountId]).apply(([known, account]) => autoExportPolicy(known, account));
  return new BucketPolicy(`${name}-future`, { bucket, policy, ...common }, { parent });
}

/**
 * The bucket policy for exports by the service. Source: AWS Data Exchange User Guide, "Automatically exporting AWS Data
 * Exchange asset revisions to an S3 bucket as a subscriber". The service tests it with a test object at the top of
 * the bucket, so a prefix is not enough.
 */
export function autoExportPolicy(bucket: string, accountId: string): string {
  return canonicalText({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DataExchangeAutoExport",
        Effect: "Allow",
        Principal: { Service: "dataexchange.amazonaws.com" },
        Action: ["s3:PutObject", "s3:PutObjectAcl"],
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });
}

/**
 * Throws an InputError if the program shows that the account owns the data set. An id does not show its owner, so only two
 * cases are certain: data sets that the program itself declares, and ARNs, because the ARN of an entitled data set has no
 * account. Source: live test of alchemy-run/alchemy; event_action_test.go of Terraform's AWS provider: event actions
 * require an entitled data set.
 */
export async function validateEntitled(dataSetId: Input<string>): Promise<void> {
  const id = await resolveInput(dataSetId);
  const arn = id.known && /^arn:[^:]*:dataexchange:[^:]*:(\d*):/.exec(String(id.value));
  if (arn) {
    if (arn[1])
      throw notEntitled(`dataSetId is the ARN of a data set that the account ${arn[1]} owns`, [arn[1]]);
    return;
  }
  for (const ownId of await findDataSetIds(dataSetId)) {
    const own = await resolveInput(ownId);
    if (ownId === dataSetId || (own.known && id.known && own.value === id.value)) {
      throw notEntitled("dataSetId is the id of a data set that this program creates");
    }
  }
}

const notEntitled = (problem: string, derived: readonly string[] = []): InputError =>
  new InputError(
    "data-set-not-entitled",
    `${problem}, but autoExport needs an entitled data set. To export revisions of your own data set, use revisionIds.`,
    derived,
  );

/** The ids of the data sets among the resources that an input depends on. */
async function findDataSetIds(input: Input<string>): Promise<Input<string | undefined>[]> {
  const resources = Output.isInstance(input) ? await findResources(input) : [];
  const ids = resources.map(async (one) => {
    if (!CustomResource.isInstance(one)) return [];
    const isReferred = isReference(one);
    const type = isReferred ? await typeOfReference(one) : typeTokenOf(one);
    if (type !== "aws:dataexchange/dataSet:DataSet") return [];
    return [isReferred ? await idInEngine(one) : one.id];
  });
  return (await Promise.all(ids)).flat();
}
