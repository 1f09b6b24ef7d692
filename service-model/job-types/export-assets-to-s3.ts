import { bucketName, dataSetId, encryption, id, objectKey, revisionId } from "../shared-shapes";
import type { JobType } from "../job-type";
import { serviceQuotas } from "../job-type";
import { encrypts, getsAssets, readsFromService, writesObjects } from "../permissions";
import { noTwoAlike } from "../cross-member-rules";
import { list, optional, required, struct } from "../shape";

export const exportAssetsToS3: JobType = {
  type: "EXPORT_ASSETS_TO_S3",
  detailsKey: "exportAssetsToS3",
  does: "exports assets of a revision to S3 buckets; objects of the same key are overwritten",
  words: {
    predicate: "exports {items} of {revision} to {assetDestinations.bucket}",
    items: {
      member: "assetDestinations",
      one: "asset",
      many: "assets",
      name: "{assetId} to s3://{bucket}/{key|(the asset's name)}",
      identity: "{assetId}",
      destination: "s3://{bucket}/{key}",
    },
  },
  details: struct(
    "ExportAssetsToS3",
    {
      dataSetId: dataSetId("that owns the revision"),
      revisionId: revisionId("whose assets are exported"),
      assetDestinations: required(
        list(
          struct("AssetDestinationEntry", {
            assetId: required(id, "Asset to export. 30 to 40 letters and digits."),
            bucket: required(
              bucketName,
              "Bucket to write to. One of another region works as well; AWS charges for the transfer.",
            ),
            key: optional(objectKey, "Key to write to. Default: the asset's name."),
          }),
          { minItems: 1, maxItems: 100, limit: "Asset per export job from Amazon S3", set: true },
        ),
        "Assets and where they go, 1 to 100, no destination twice. Order means nothing.",
      ),
      encryption,
    },
    [
      noTwoAlike("assetDestinations", [["bucket"], ["key"]], "destination"),
      noTwoAlike("assetDestinations", [["assetId"], ["bucket"], ["key", ""]], "destination"),
    ],
  ),
  response: {},
  concurrency: {
    limitName: "Concurrent in progress jobs to export assets to Amazon S3",
    value: 10,
    source: serviceQuotas,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [
    getsAssets,
    readsFromService,
    writesObjects("{assetDestinations.bucket}/{assetDestinations.key|*}"),
    encrypts,
  ],
};
