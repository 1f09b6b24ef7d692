import { bucketName, dataSetId, objectKey, revisionId } from "../shared-shapes";
import type { JobType } from "../job-type";
import { serviceQuotas } from "../job-type";
import { createsAssets, readsObjects, writesToService } from "../permissions";
import { list, required, struct } from "../shape";

export const importAssetsFromS3: JobType = {
  type: "IMPORT_ASSETS_FROM_S3",
  detailsKey: "importAssetsFromS3",
  does: "imports objects of S3 buckets into a revision, each as one asset named by its key",
  words: {
    predicate: "imports {items} of {assetSources.bucket} into {revision}",
    items: { member: "assetSources", one: "object", many: "objects", name: "s3://{bucket}/{key}" },
  },
  details: struct("ImportAssetsFromS3", {
    dataSetId: dataSetId("that owns the revision"),
    revisionId: revisionId("to import into; it must not be finalized"),
    assetSources: required(
      list(
        struct("AssetSourceEntry", {
          // Source: user guide, "Jobs", AWS Regions and jobs.
          bucket: required(
            bucketName,
            "Bucket of the object. One of another region works as well; AWS charges for the transfer.",
          ),
          key: required(objectKey, "Key of the object, exact: no prefix and no wildcard."),
        }),
        { minItems: 1, maxItems: 100, limit: "Assets per import job from Amazon S3", set: true },
      ),
      "Objects to import, 1 to 100. Order means nothing; an object named twice makes two assets of the same name.",
    ),
  }),
  response: {},
  makes: { mark: ["name"], from: ["assetSources", "key"] },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from Amazon S3",
    value: 10,
    source: serviceQuotas,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [...createsAssets, readsObjects("{assetSources.bucket}/{assetSources.key}"), writesToService],
};
