import { bucketName, dataSetId, encryption, id } from "../common";
import { checkKeyPattern, defaultKeyPattern, placeholders } from "../key-pattern";
import type { JobType } from "../job-type";
import { userGuide } from "../job-type";
import { noTwoAlike } from "../rules";
import { list, optional, required, string, struct } from "../shape";

export const exportRevisionsToS3: JobType = {
  type: "EXPORT_REVISIONS_TO_S3",
  detailsKey: "exportRevisionsToS3",
  does: "exports whole revisions to S3 buckets; objects of the same key are overwritten",
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
};
