import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { checkKeyPattern, defaultKeyPattern, placeholders } from "../key-pattern";
import { encrypts, getsDataSet, getsRevisions, readsFromService, writesObjects } from "../permissions";
import { documentedStruct, list, optional, required, string, struct } from "../shape";
import { bucketName, dataSetIdFor, encryption, id } from "../shared-shapes";

export const exportRevisionsToS3: JobType = {
  type: "EXPORT_REVISIONS_TO_S3",
  detailsKey: "exportRevisionsToS3",
  summary: "exports a whole revision to an S3 bucket and overwrites objects with the same key",
  sentence: {
    predicate: "exports {items} of {dataSet} to {revisionDestinations.bucket}",
    items: {
      member: "revisionDestinations",
      singular: "revision",
      plural: "revisions",
      name: "{revisionId} to s3://{bucket}/{keyPattern}",
      identity: "{revisionId}",
      destination: "s3://{bucket}/{keyPattern}",
    },
  },
  details: struct("ExportRevisionsToS3", {
    dataSetId: dataSetIdFor("that owns the revision"),
    revisionDestinations: required(
      list(
        documentedStruct(
          "RevisionDestinationEntry",
          "A revision to export, and the bucket and keys to write its assets to.",
          {
            revisionId: required(id, "Revision to export. 30 to 40 letters and digits."),
            bucket: required(
              bucketName,
              "Bucket to write to. It may be in another region; AWS charges for the transfer.",
            ),
            keyPattern: optional(
              string({ minLength: 1, check: checkKeyPattern }),
              "Pattern of the keys to write to. Must contain `${Asset.Name}` or `${Asset.Id}`. Placeholders: " +
                `${placeholders.map((name) => `\`\${${name}}\``).join(", ")}.`,
              { default: defaultKeyPattern },
            ),
          },
        ),
        // Source: user guide of 2022, "Export and import job guidelines"; the current table could not be reached.
        { minItems: 1, maxItems: 1, set: true },
      ),
      "The revision and its destination: exactly one, with at most 10,000 assets. To a bucket in another region, at most " +
        "2,000 assets and 100 GB.",
    ),
    encryption,
  }),
  response: {
    eventActionArn: optional(string(), "ARN of the event action that started the export, if one did."),
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to export revisions to Amazon S3",
    value: 5,
    source: quotaSource,
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
