/** What lets Data Exchange export revisions by itself as they are published. */
import type { Input, Resource } from "@pulumi/pulumi";
import { CustomResource, Output } from "@pulumi/pulumi";

import { canonicalText } from "../../provider/core/normalize";
import { resolveInput } from "./resolve-input";

/** Data Exchange as it writes to buckets that its event actions name. */
const servicePrincipal = "dataexchange.amazonaws.com";

/**
 * The bucket policy that the exports need. Source: AWS Data Exchange User Guide, "Automatically exporting AWS Data
 * Exchange asset revisions to an S3 bucket as a subscriber". The service tries it with an object of its own at the top
 * of the bucket, so a prefix would not do.
 */
export function autoExportPolicy(bucket: string, accountId: string): string {
  return canonicalText({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DataExchangeAutoExport",
        Effect: "Allow",
        Principal: { Service: servicePrincipal },
        Action: ["s3:PutObject", "s3:PutObjectAcl"],
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });
}

/** What the SDK keeps to itself about outputs and resources. */
interface OutputInsides {
  allResources?(): Promise<ReadonlySet<Resource>>;
}
interface ResourceInsides {
  readonly __pulumiType?: string;
}

/**
 * Says that future revisions of a data set cannot be exported because the account owns it; nothing where the program does
 * not show that. An id says nothing of it: only the data sets that the program itself makes are certain, and an ARN, since
 * that of an entitled data set names no account. Source: live test of alchemy-run/alchemy; event_action_test.go of
 * Terraform's AWS provider: event actions require an entitled data set.
 */
export async function wrongForFuture(dataSetId: Input<string>): Promise<string | undefined> {
  const id = await resolveInput(dataSetId);
  const arn = id.known && /^arn:[^:]*:dataexchange:[^:]*:(\d*):/.exec(String(id.value));
  if (arn)
    return arn[1]
      ? `dataSetId is the ARN of a data set that the account ${arn[1]} owns; ${remedy}`
      : undefined;
  for (const made of await dataSetsBehind(dataSetId)) {
    const own = await resolveInput(made.id);
    if (made.id === dataSetId || (own.known && id.known && own.value === id.value)) {
      return `dataSetId is of a data set that this program makes and so owns; ${remedy}`;
    }
  }
  return undefined;
}

const remedy =
  "with `autoExport`, Data Exchange takes an entitled data set alone. Export the revisions of an own one by revisionIds.";

/** The data sets among the resources that an input comes from. */
async function dataSetsBehind(input: Input<string>): Promise<CustomResource[]> {
  if (!Output.isInstance(input)) return [];
  const resources = (await (input as OutputInsides).allResources?.()) ?? [];
  return [...resources].filter(
    (one): one is CustomResource =>
      CustomResource.isInstance(one) &&
      (one as ResourceInsides).__pulumiType === "aws:dataexchange/dataSet:DataSet",
  );
}

/** Placeholders without which assets of two revisions that bear one name are written over each other. */
const tellRevisionsApart = /\$\{(Revision\.[A-Za-z.]+|Asset\.Id)\}/;

/** Says why several revisions cannot share a key pattern; nothing when they can. */
export function wrongForSeveral(keyPattern: string, revisions: number): string | undefined {
  if (revisions < 2 || tellRevisionsApart.test(keyPattern)) return undefined;
  return (
    `keyPattern ${JSON.stringify(keyPattern)} says nothing of the revision, so ${revisions} revisions would overwrite ` +
    "each other's assets; put ${Revision.Id} into it."
  );
}
