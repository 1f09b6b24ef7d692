import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation, writesToService } from "../permissions";
import { optional, required, string, struct, timestamp } from "../shape";
import { md5, importTarget } from "../shared-shapes";

export const importAssetFromSignedUrl: JobType = {
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  detailsKey: "importAssetFromSignedUrl",
  summary: "imports one uploaded file into a revision as one asset",
  sentence: {
    predicate: "imports an uploaded file as asset {assetName} into {revision}",
    predicateOfMany: "imports uploaded files as assets {assetName} into {revision}",
  },
  details: struct("ImportAssetFromSignedUrl", {
    ...importTarget,
    assetName: required(string({ minLength: 1 }), "Name of the asset."),
    md5Hash: required(md5, "MD5 of the file, as base64 (24 characters). Computed from `upload` by default.", {
      fromUpload: "md5",
    }),
  }),
  response: {
    signedUrl: optional(
      string(),
      "URL that the file was uploaded to. A credential: secret in state and output.",
      {
        secret: true,
      },
    ),
    // Sources: user guide, "Importing assets from a signed URL", whose edition of 2022 says one hour; S3 User Guide,
    // "presigned URLs": S3 checks the expiry when a request begins.
    signedUrlExpiresAt: optional(
      timestamp(),
      "When the upload URL expires, ISO 8601: one minute after it was created. An upload that has begun continues.",
    ),
  },
  upload: {
    url: "signedUrl",
    expiresAt: "signedUrlExpiresAt",
    md5: "md5Hash",
    body: "the file to import, at most 5 GB",
    maxBytes: 5 * 1024 ** 3,
  },
  createsAssets: { assetKey: ["name"], requestKey: ["assetName"] },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from a signed URL",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["S3_SNAPSHOT"],
  permissions: [...assetCreation, writesToService],
};
