import { bucketName, dataSetId, encryption, id } from "../common";
import { checkKeyPattern, defaultKeyPattern, placeholders } from "../key-pattern";
import type { JobType } from "../job-type";
import { userGuide } from "../job-type";
import { encrypts, getsDataSet, getsRevisions, readsFromService, writesObjects } from "../permissions";
import { noTwoAlike } from "../rules";
import { list, optional, required, string, struct } from "../shape";

export const exportRevisionsToS3: JobType = {
  type: "EXPORT_REVISIONS_TO_S3",
  detailsKey: "exportRevisionsToS3",
  does: "exports whole revisions to S3 buckets; objects of the same key are overwritten",
  words: {
    predicate: "exports {items} of {dataSet} to {revisionDestinations.bucket}",
    items: {
      member: "revisionDestinations",
      one: "revision",
      many: "revisions",
      name: "{revisionId} to s3://{bucket}/{keyPattern}",
      identity: "{revisionId}",
      destination: "s3://{bucket}/{keyPattern}",
    },
  },
  details: struct(
    "ExportRevisionsToS3",
    {
      dataSetId: dataSetId("that owns the revisions"),
      revisionDestinations: required(
        list(
          struct("RevisionDestinationEntry", {
            revisionId: required(id, "Revision to export. 30 to 40 letters and digits."),
            bucket: required(bucketName, "Bucket to write to."),
            keyPattern: optional(
              string({ minLength: 1, check: checkKeyPattern }),
              "Pattern of the keys to write to. Holds `${Asset.Name}` or `${Asset.Id}`; knows " +
                `${placeholders.map((name) => `\`\${${name}}\``).join(", ")}.`,
              { default: defaultKeyPattern },
            ),
          }),
          { minItems: 1, set: true },
        ),
        "Revisions and where they go, at least one, no destination twice. Order means nothing.",
      ),
      encryption,
    },
    [
      noTwoAlike(
        "revisionDestinations",
        [["revisionId"], ["bucket"], ["keyPattern", defaultKeyPattern]],
        "destination",
      ),
    ],
  ),
  response: {
    eventActionArn: optional(string(), "ARN of the event action that started the export, when one did."),
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to export revisions to Amazon S3",
    value: 5,
    source: userGuide,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [
    getsRevisions("revisionDestinations.revisionId"),
    getsDataSet({ member: "revisionDestinations.keyPattern", holds: "${DataSet.Name}" }),
    readsFromService,
    writesObjects("{revisionDestinations.bucket}/{revisionDestinations.keyPattern|*}"),
    encrypts,
  ],
};
