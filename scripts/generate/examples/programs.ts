/** The programs that the package schema shows, each written once and printed in every language. */
import type { Program } from "./program";
import { config, result } from "./program";

const ids = { dataSetId: config("dataSetId"), revisionId: config("revisionId") };

/** By the name of the resource or function that they show. */
export const programs: Readonly<Record<string, Program>> = {
  Job: {
    title: "Import an object of a bucket",
    resource: "prices",
    type: "Job",
    properties: {
      type: "IMPORT_ASSETS_FROM_S3",
      details: {
        importAssetsFromS3: {
          ...ids,
          assetSources: [{ bucket: config("bucket"), key: "2026/prices.csv" }],
        },
      },
    },
  },
  JobSet: {
    title: "Run two jobs",
    resource: "daily",
    type: "JobSet",
    properties: {
      jobs: {
        prices: {
          type: "EXPORT_ASSET_TO_SIGNED_URL",
          details: { exportAssetToSignedUrl: { ...ids, assetId: config("pricesId") } },
        },
        terms: {
          type: "EXPORT_ASSET_TO_SIGNED_URL",
          details: { exportAssetToSignedUrl: { ...ids, assetId: config("termsId") } },
        },
      },
    },
  },
  RevisionFinalization: {
    title: "Finalize a revision after a job",
    resource: "january",
    type: "RevisionFinalization",
    properties: { ...ids, jobs: [config("jobId")] },
  },
  S3Import: {
    title: "Import the objects below a prefix",
    resource: "prices",
    type: "S3Import",
    properties: { ...ids, bucket: config("bucket"), prefix: "2026/", include: ["*.csv"] },
  },
  RevisionPublication: {
    title: "Publish a revision with the objects below a prefix",
    resource: "prices",
    type: "RevisionPublication",
    properties: {
      dataSetId: config("dataSetId"),
      comment: "Prices of 2026",
      contents: { prices: { s3: { bucket: config("bucket"), prefix: "2026/" } } },
    },
  },
  FileUpload: {
    title: "Upload the files of a folder",
    resource: "prices",
    type: "FileUpload",
    properties: { ...ids, path: "data", include: ["*.csv"] },
  },
  ApiAsset: {
    title: "License a stage of an API",
    resource: "quotes",
    type: "ApiAsset",
    properties: { ...ids, restApiId: config("restApiId"), stageName: "prod", apiName: "quotes" },
  },
  RedshiftImport: {
    title: "License a datashare",
    resource: "sales",
    type: "RedshiftImport",
    properties: { ...ids, dataShareArns: [config("dataShareArn")] },
  },
  LakeFormationImport: {
    title: "License the tables with a tag",
    resource: "shared",
    type: "LakeFormationImport",
    properties: { ...ids, table: [{ tagKey: "share", tagValues: ["yes"] }], tablePermissions: ["SELECT"] },
  },
  S3DataAccess: {
    title: "Share a part of a bucket",
    resource: "shared",
    type: "S3DataAccess",
    properties: { ...ids, bucket: config("bucket"), keyPrefixes: ["daily/"] },
  },
  S3Export: {
    title: "Export the CSV files of the latest revision",
    call: {
      variable: "csv",
      function: "getAssets",
      args: { dataSetId: config("dataSetId"), include: ["**/*.csv"] },
    },
    resource: "copies",
    type: "S3Export",
    properties: {
      dataSetId: result("dataSetId"),
      revisionId: result("revisionId"),
      assetIds: result("assetIds"),
      bucket: config("bucket"),
      key: "from-provider/${Asset.Name}",
      encryption: { type: "aws:kms", kmsKeyArn: config("kmsKeyArn") },
    },
  },
  RevisionExport: {
    title: "Export every later revision to a bucket",
    resource: "prices",
    type: "RevisionExport",
    properties: { dataSetId: config("dataSetId"), bucket: config("bucket"), autoExport: true },
  },
  SignedDownload: {
    title: "Download an asset",
    resource: "prices",
    type: "SignedDownload",
    properties: { ...ids, assetId: config("assetId"), path: "data/prices.csv" },
  },
  getJob: {
    title: "Look up a job of another program",
    call: { variable: "job", function: "getJob", args: { jobId: config("jobId") } },
    exports: { state: result("state") },
  },
  getDataSet: {
    title: "Export every later revision of an entitled data set",
    call: {
      variable: "entitled",
      function: "getDataSet",
      args: { name: "Daily prices", origin: "ENTITLED" },
    },
    resource: "prices",
    type: "RevisionExport",
    properties: { dataSetId: result("dataSetId"), bucket: config("bucket"), autoExport: true },
  },
  getRevision: {
    title: "Look up a revision",
    call: { variable: "january", function: "getRevision", args: ids },
    exports: { finalized: result("finalized") },
  },
  getLatestRevision: {
    title: "Export the latest revision",
    call: {
      variable: "latest",
      function: "getLatestRevision",
      args: { dataSetId: config("dataSetId") },
    },
    resource: "prices",
    type: "RevisionExport",
    properties: {
      dataSetId: config("dataSetId"),
      revisionIds: [result("revisionId")],
      bucket: config("bucket"),
    },
  },
  getAssets: {
    title: "Download an asset by its name",
    call: {
      variable: "found",
      function: "getAssets",
      args: { dataSetId: config("dataSetId"), include: ["2026/prices.csv"] },
    },
    resource: "prices",
    type: "SignedDownload",
    properties: {
      dataSetId: config("dataSetId"),
      revisionId: result("revisionId"),
      assetId: result("assetIds", 0),
      path: "prices.csv",
    },
  },
};
