/** What lets Data Exchange export revisions by itself as they are published. */
import { canonicalText } from "../provider/core/inputs/normal-form";

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
