import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { encrypts, getsAssets, readsFromService, writesObjects } from "../permissions";
import { uniqueItems } from "../rules";
import { documentedStruct, list, optional, required, struct } from "../shape";
import { bucketName, dataSetIdFor, encryption, id, objectKey, revisionIdFor } from "../shared-shapes";

export const exportAssetsToS3: JobType = {
  type: "EXPORT_ASSETS_TO_S3",
  detailsKey: "exportAssetsToS3",
  summary: "exports assets of a revision to S3 buckets and overwrites objects with the same key",
  sentence: {
    predicate: "exports {items} of {revision} to {assetDestinations.bucket}",
    items: {
      member: "assetDestinations",
      singular: "asset",
      plural: "assets",
      name: "{assetId} to s3://{bucket}/{key|(the asset's name)}",
      identity: "{assetId}",
      destination: "s3://{bucket}/{key}",
    },
  },
  details: struct(
    "ExportAssetsToS3",
    {
      dataSetId: dataSetIdFor("that owns the revision"),
      revisionId: revisionIdFor("whose assets are exported"),
      assetDestinations: required(
        list(
          documentedStruct("AssetDestinationEntry", "An asset to export, and the object to write it to.", {
            assetId: required(id, "Asset to export. 30 to 40 letters and digits."),
            bucket: required(
              bucketName,
              "Bucket to write to. It may be in another region; AWS charges for the transfer.",
            ),
            key: optional(objectKey, "Key to write to. Default: the asset's name."),
          }),
          { minItems: 1, maxItems: 100, limit: "Asset per export job from Amazon S3", set: true },
        ),
        "Assets and their destinations, 1 to 100, no destination twice. The order does not matter.",
      ),
      encryption,
    },
    [
      uniqueItems("assetDestinations", [["bucket"], ["key"]], "destination"),
      uniqueItems("assetDestinations", [["assetId"], ["bucket"], ["key", ""]], "destination"),
    ],
  ),
  response: {},
  concurrency: {
    limitName: "Concurrent in progress jobs to export assets to Amazon S3",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [
    getsAssets,
    readsFromService,
    writesObjects("{assetDestinations.bucket}/{assetDestinations.key|*}"),
    encrypts,
  ],
};
