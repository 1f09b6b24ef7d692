/** A valid CreateJob request of each type, with every member that the type has. */
import type { DetailsKey } from "../../../index";
import { jobTypes } from "../../../service-model/job-types/index";
import type { AssetType } from "../../../service-model/shared-shapes";
import type { RevisionIds, ServiceClients } from "../../harness/service";
import { md5Of } from "../../harness/emulator-service";
import type { Json } from "./wire";
import { owner } from "./wire";

export const specification = '{"openapi":"3.0.1"}';
const md5 = md5Of(specification);
const kms = { type: "aws:kms", kmsKeyArn: `arn:aws:kms:us-east-1:${owner}:key/k` };
const expression = [{ tagKey: "team", tagValues: ["a"] }];
const namespace = "2f1a0b00-0000-4000-8000-000000000000";

type ExportKey = Extract<DetailsKey, `export${string}`>;

/** The details of each type of imports, without the revision. */
const imports: Readonly<Record<Exclude<DetailsKey, ExportKey>, Json>> = {
  importAssetsFromS3: {
    assetSources: ["a.csv", "b.csv", "c.csv"].map((key) => ({ bucket: "source", key })),
  },
  importAssetFromSignedUrl: { assetName: "a", md5Hash: md5 },
  importAssetFromApiGatewayApi: {
    ...{ apiId: "abc123", apiName: "prices", apiSpecificationMd5Hash: md5, protocolType: "REST" },
    ...{ stage: "prod", apiDescription: "prices of today", apiKey: "planted" },
  },
  importAssetsFromRedshiftDataShares: {
    assetSources: [{ dataShareArn: `arn:aws:redshift:us-east-1:${owner}:datashare:${namespace}/a` }],
  },
  importAssetsFromLakeFormationTagPolicy: {
    catalogId: owner,
    roleArn: `arn:aws:iam::${owner}:role/grants`,
    database: { expression, permissions: ["DESCRIBE"] },
    table: { expression, permissions: ["SELECT"] },
  },
  createS3DataAccessFromS3Bucket: {
    assetSource: {
      ...{ bucket: "source", keyPrefixes: ["a"], keys: ["b.csv"] },
      kmsKeysToGrant: [{ kmsKeyArn: kms.kmsKeyArn }],
    },
  },
};

export interface AssetIds extends RevisionIds {
  readonly assetId: string;
}

interface ImportJob {
  readonly assetType: AssetType;
  readonly ids: RevisionIds;
  readonly request: Json;
}

export const requestOf = (detailsKey: string, details: Json): Json => ({
  type: jobTypes.find((jobType) => jobType.detailsKey === detailsKey)!.type,
  details: { [detailsKey]: details },
  assetConfiguration: { tags: [{ key: "team", value: "a" }] },
});

/** Requests of each type of imports, each into a new revision. */
export function importJobs(service: ServiceClients): Promise<ImportJob[]> {
  const made = Object.entries(imports).map(async ([detailsKey, details]) => {
    const [assetType] = jobTypes.find((jobType) => jobType.detailsKey === detailsKey)!.assetTypes;
    const ids = await service.createEmptyRevision(assetType);
    return { assetType: assetType!, ids, request: requestOf(detailsKey, { ...ids, ...details }) };
  });
  return Promise.all(made);
}

/** Exports are of `asset`. */
export async function validJobs(service: ServiceClients, asset: AssetIds): Promise<Json[]> {
  const { dataSetId, revisionId, assetId } = asset;
  const assetDestinations = [{ assetId, bucket: "target", key: "a" }];
  const revisionDestinations = [{ revisionId, bucket: "target", keyPattern: "x/${Asset.Name}" }];
  const exported: Record<ExportKey, Json> = {
    exportAssetsToS3: { dataSetId, revisionId, assetDestinations, encryption: kms },
    exportAssetToSignedUrl: { ...asset },
    exportRevisionsToS3: { dataSetId, revisionDestinations, encryption: kms },
  };
  return [
    ...(await importJobs(service)).map(({ request }) => request),
    ...Object.entries(exported).map(([detailsKey, details]) => requestOf(detailsKey, details)),
  ];
}
