import { assetId, dataSetId, revisionId, s3Export } from "./samples";

type Json = Record<string, unknown>;

/** What is given, the path that must be named, and what must be said of it. */
export type Refusal = [what: string, inputs: object, path: string, code: string];

export const withDetails = (inputs: { type: string; details: Record<string, Json> }, change: Json) => {
  const [key] = Object.keys(inputs.details) as [string];
  return { ...inputs, details: { [key]: { ...inputs.details[key], ...change } } };
};

export const sources = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ bucket: "source", key: `k${i}` }));
const ids = { dataSetId, revisionId };
export const share = (assetSource: Json) => ({
  type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
  details: { createS3DataAccessFromS3Bucket: { ...ids, assetSource: { bucket: "source", ...assetSource } } },
});
export const exportRevisions = (...revisionDestinations: Json[]) => ({
  type: "EXPORT_REVISIONS_TO_S3",
  details: {
    exportRevisionsToS3: {
      dataSetId,
      revisionDestinations: revisionDestinations.map((more) => ({ revisionId, bucket: "source", ...more })),
    },
  },
});
export const lakeFormation = (more: Json) => ({
  type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
  details: {
    importAssetsFromLakeFormationTagPolicy: {
      ...ids,
      catalogId: "123456789012",
      roleArn: "arn:aws:iam::123456789012:role/x",
      ...more,
    },
  },
});
export const encrypted = (encryption: Json) => withDetails(s3Export(), { encryption });
export const destination = { assetId, bucket: "source", key: "k" };
