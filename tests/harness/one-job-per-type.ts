/** One job of each type in two variants, with the data sets, buckets and assets that they need. */
import type { JobArgs, JobType } from "../../index";
import { apiArgs, downloadArgs, importArgs, jobArgs, uploadArgs } from "./programs";
import type { RevisionIds, TestService } from "./service";

/** Returns the arguments of each job by its type. The details of the two variants differ. */
export type JobsByType = (variant: 1 | 2) => Record<JobType, JobArgs>;

/** Creates the data sets, objects and assets that the jobs need. */
export async function prepareJobs(service: TestService): Promise<JobsByType> {
  const revisions = {
    files: await service.createEmptyRevision(),
    shares: await service.createEmptyRevision("REDSHIFT_DATA_SHARE"),
    apis: await service.createEmptyRevision("API_GATEWAY_API"),
    accesses: await service.createEmptyRevision("S3_DATA_ACCESS"),
    permissions: await service.createEmptyRevision("LAKE_FORMATION_DATA_PERMISSION"),
  };
  await service.createBucket("source", { "a.csv": "a,1", "b.csv": "b,2" });
  await service.createBucket("target");
  const { dataSetId } = revisions.files;
  const from = { dataSetId, revisionId: await service.createRevision(dataSetId) };
  const first = await service.importAsset(from, "source", "a.csv");
  const second = await service.importAsset(from, "source", "b.csv");
  return (variant) => ({
    ...jobsByType(variant, { ...revisions, exported: first }),
    IMPORT_ASSETS_FROM_S3: importArgs(revisions.files, [variant === 1 ? "a.csv" : "b.csv"]),
    IMPORT_ASSET_FROM_SIGNED_URL: uploadArgs(revisions.files, "upload.txt", `body ${variant}`),
    IMPORT_ASSET_FROM_API_GATEWAY_API: apiArgs(revisions.apis, {
      ...{ apiName: "prices-api", apiKey: "planted-api-key", title: "prices" },
      stage: variant === 1 ? "prod" : "next",
    }),
    EXPORT_ASSET_TO_SIGNED_URL: downloadArgs(variant === 1 ? first : second),
  });
}

export type JobResources = Readonly<
  Record<"files" | "shares" | "apis" | "accesses" | "permissions", RevisionIds> & {
    exported: RevisionIds & { assetId: string };
  }
>;

/** One job of each type. `nth` changes all details except the export to a signed URL; 1 imports the object `1.csv`. */
export function jobsByType(nth: number, resources: JobResources): Record<JobType, JobArgs> {
  const { files, shares, apis, accesses, permissions, exported } = resources;
  const { assetId, ...from } = exported;
  const namespace = "f1e2d3c4-0000-1111-2222-333344445555";
  return {
    IMPORT_ASSETS_FROM_S3: importArgs(files, [`${nth}.csv`]),
    IMPORT_ASSET_FROM_SIGNED_URL: uploadArgs(files, `upload-${nth}.txt`, `body ${nth}`),
    IMPORT_ASSET_FROM_API_GATEWAY_API: apiArgs(apis, {
      apiName: `api-${nth}`,
      apiKey: "planted-api-key",
      title: `body ${nth}`,
    }),
    IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: jobArgs("IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES", {
      ...shares,
      assetSources: [
        { dataShareArn: `arn:aws:redshift:us-east-1:123456789012:datashare:${namespace}/sales${nth}` },
      ],
    }),
    IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: jobArgs("IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY", {
      ...permissions,
      catalogId: "123456789012",
      roleArn: `arn:aws:iam::123456789012:role/grants${nth}`,
      table: { expression: [{ tagKey: "share", tagValues: ["yes"] }], permissions: ["DESCRIBE", "SELECT"] },
    }),
    CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: jobArgs("CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET", {
      ...accesses,
      assetSource: { bucket: "source", keyPrefixes: [`v${nth}/`] },
    }),
    EXPORT_ASSETS_TO_S3: jobArgs("EXPORT_ASSETS_TO_S3", {
      ...from,
      assetDestinations: [{ assetId, bucket: "target", key: `asset-${nth}.csv` }],
    }),
    EXPORT_ASSET_TO_SIGNED_URL: downloadArgs(exported),
    EXPORT_REVISIONS_TO_S3: jobArgs("EXPORT_REVISIONS_TO_S3", {
      dataSetId: from.dataSetId,
      revisionDestinations: [
        { revisionId: from.revisionId, bucket: "target", keyPattern: `revision-${nth}/\${Asset.Name}` },
      ],
      encryption: { type: "AES256" },
    }),
  };
}
