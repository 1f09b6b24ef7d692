import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { getsAssets, readsFromService } from "../permissions";
import { optional, required, string, struct, timestamp } from "../shape";
import { dataSetIdFor, id, revisionIdFor } from "../shared-shapes";

export const exportAssetToSignedUrl: JobType = {
  type: "EXPORT_ASSET_TO_SIGNED_URL",
  detailsKey: "exportAssetToSignedUrl",
  // Source: user guide, "Exporting assets to a signed URL"; its edition of 2022 says one hour.
  summary: "creates a signed URL, valid for one minute, to download an asset",
  sentence: { predicate: "creates a signed URL to download asset {assetId} of {revision}" },
  details: struct("ExportAssetToSignedUrl", {
    dataSetId: dataSetIdFor("that owns the revision"),
    revisionId: revisionIdFor("that holds the asset"),
    assetId: required(id, "Asset to export. 30 to 40 letters and digits."),
  }),
  response: {
    signedUrl: optional(
      string(),
      "URL to download the asset from. A credential: secret in state and output.",
      {
        secret: true,
      },
    ),
    signedUrlExpiresAt: optional(
      timestamp(),
      "When the download URL expires, ISO 8601. A download that has begun continues.",
    ),
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to export assets to a signed URL",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [getsAssets, readsFromService],
};
