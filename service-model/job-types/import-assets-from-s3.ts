import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation, readsObjects, writesToService } from "../permissions";
import { documentedStruct, list, required, struct } from "../shape";
import { bucketName, objectKey, importTarget } from "../shared-shapes";

export const importAssetsFromS3: JobType = {
  type: "IMPORT_ASSETS_FROM_S3",
  detailsKey: "importAssetsFromS3",
  summary:
    "imports objects from S3 buckets into a revision, each as one asset with the object's key as its name",
  sentence: {
    predicate: "imports {items} of {assetSources.bucket} into {revision}",
    items: { member: "assetSources", singular: "object", plural: "objects", name: "s3://{bucket}/{key}" },
  },
  details: struct("ImportAssetsFromS3", {
    ...importTarget,
    assetSources: required(
      list(
        documentedStruct("AssetSourceEntry", "An object of S3 to import as an asset.", {
          // Source: user guide, "Jobs", AWS Regions and jobs.
          bucket: required(
            bucketName,
            "Bucket of the object. It may be in another region; AWS charges for the transfer.",
          ),
          key: required(objectKey, "Exact key of the object, not a prefix or a wildcard."),
        }),
        { minItems: 1, maxItems: 100, limit: "Assets per import job from Amazon S3", set: true },
      ),
      "Objects to import, 1 to 100. The order does not matter. An object listed twice becomes two assets with the same name.",
    ),
  }),
  response: {},
  createsAssets: {
    assetKey: ["name"],
    requestKey: ["assetSources", "key"],
    failedKey: ["details", "importAssetsFromS3JobErrorDetails", "key"],
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from Amazon S3",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [...assetCreation, readsObjects("{assetSources.bucket}/{assetSources.key}"), writesToService],
};
