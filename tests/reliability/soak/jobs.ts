/** Many jobs of all nine types, no two of which do the same work. */
import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../../index";
import { jobTypes } from "../../../service-model/job-types";
import { openApi } from "../../harness/programs";
import type { RevisionIds, TestService } from "../../harness/service";

type Place = RevisionIds;

/** Names of the resources and their arguments. */
export async function prepareManyJobs(service: TestService, count: number): Promise<Map<string, JobArgs>> {
  const each = Math.ceil(count / jobTypes.length);
  const places = {
    files: await revisions(service, "S3_SNAPSHOT", each),
    shares: await revisions(service, "REDSHIFT_DATA_SHARE", each),
    apis: await revisions(service, "API_GATEWAY_API", each),
    accesses: await revisions(service, "S3_DATA_ACCESS", each),
    permissions: await revisions(service, "LAKE_FORMATION_DATA_PERMISSION", each),
  };
  const { dataSetId } = places.files(0);
  const keys = Array.from({ length: each }, (_, index) => `${index}.csv`);
  await service.createBucket("source", Object.fromEntries(keys.map((key) => [key, key])));
  await service.createBucket("target");
  const exported = await service.importAsset(
    { dataSetId, revisionId: await service.createRevision(dataSetId) },
    "source",
    keys[0]!,
  );
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const kind = jobTypes[index % jobTypes.length]!;
      const nth = Math.floor(index / jobTypes.length);
      const details = detailsOf[kind.type]!(nth, places, exported);
      const args = {
        type: kind.type,
        details: { [kind.detailsKey]: details },
        ...(kind.upload && { upload: new asset.StringAsset(openApi(`body ${nth}`)) }),
      };
      return [`${kind.detailsKey}-${nth}`, args as unknown as JobArgs];
    }),
  );
}

/** The revision that the nth job of a type imports to. */
type PlaceOf = (nth: number) => Place;

/** Maximum number of assets in a revision, and of revisions in a data set, of all types but files. */
const perRevision = (assetType: string): number => (assetType === "S3_DATA_ACCESS" ? 5 : 20);

async function revisions(
  service: TestService,
  assetType: NonNullable<Parameters<TestService["createDataSet"]>[0]>,
  count: number,
): Promise<PlaceOf> {
  const most = perRevision(assetType);
  const made: Place[] = [];
  let dataSetId = "";
  while (made.length * most < count) {
    if (made.length % most === 0) dataSetId = await service.createDataSet(assetType);
    made.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
  }
  return (nth) => made[Math.floor(nth / most)]!;
}

type Places = Readonly<Record<"files" | "shares" | "apis" | "accesses" | "permissions", PlaceOf>>;

type DetailsOf = (nth: number, places: Places, exported: Place & { assetId: string }) => object;

const detailsOf: Readonly<Record<string, DetailsOf>> = {
  IMPORT_ASSETS_FROM_S3: (nth, { files }) => ({
    ...files(nth),
    assetSources: [{ bucket: "source", key: `${nth}.csv` }],
  }),
  IMPORT_ASSET_FROM_SIGNED_URL: (nth, { files }) => ({ ...files(nth), assetName: `upload-${nth}.txt` }),
  IMPORT_ASSET_FROM_API_GATEWAY_API: (nth, { apis }) => ({
    ...apis(nth),
    apiId: "abc123",
    apiName: `api-${nth}`,
    protocolType: "REST",
    stage: "prod",
  }),
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: (nth, { shares }) => ({
    ...shares(nth),
    assetSources: [
      {
        dataShareArn: `arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales${nth}`,
      },
    ],
  }),
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: (nth, { permissions }) => ({
    ...permissions(nth),
    catalogId: "123456789012",
    roleArn: `arn:aws:iam::123456789012:role/grants${nth}`,
    table: { expression: [{ tagKey: "share", tagValues: ["yes"] }], permissions: ["DESCRIBE", "SELECT"] },
  }),
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: (nth, { accesses }) => ({
    ...accesses(nth),
    assetSource: { bucket: "source", keyPrefixes: [`v${nth}/`] },
  }),
  EXPORT_ASSETS_TO_S3: (nth, _places, { assetId, ...from }) => ({
    ...from,
    assetDestinations: [{ assetId, bucket: "target", key: `asset-${nth}.csv` }],
  }),
  // The same asset each time: ten URLs take ten jobs.
  EXPORT_ASSET_TO_SIGNED_URL: (_nth, _places, exported) => exported,
  EXPORT_REVISIONS_TO_S3: (nth, _places, { dataSetId, revisionId }) => ({
    dataSetId,
    revisionDestinations: [{ revisionId, bucket: "target", keyPattern: `revision-${nth}/\${Asset.Name}` }],
  }),
};
