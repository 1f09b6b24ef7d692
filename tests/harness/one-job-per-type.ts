/** One job of each type in two variants, with the data sets, buckets and assets that they need. */
import type { JobArgs } from "../../index";
import { apiArgs, downloadArgs, importArgs, jobArgs, uploadArgs } from "./programs";
import type { TestService } from "./service";

/** The arguments of a job by its type; `variant` changes what it does. */
export type JobsByType = (variant: 1 | 2) => Record<string, JobArgs>;

/** Puts data sets, objects and an asset to export into the service. */
export async function prepareJobs(service: TestService): Promise<JobsByType> {
  const files = await service.createEmptyRevision();
  const shares = await service.createEmptyRevision("REDSHIFT_DATA_SHARE");
  const apis = await service.createEmptyRevision("API_GATEWAY_API");
  const accesses = await service.createEmptyRevision("S3_DATA_ACCESS");
  const permissions = await service.createEmptyRevision("LAKE_FORMATION_DATA_PERMISSION");
  await service.createBucket("source", { "a.csv": "a,1", "b.csv": "b,2" });
  await service.createBucket("target");
  const exported = await service.importAsset(
    { ...files, revisionId: await service.createRevision(files.dataSetId) },
    "source",
    "a.csv",
  );
  const { assetId, ...from } = exported;
  const { revisionId } = from;
  const second = await service.importAsset(from, "source", "b.csv");

  const namespace = "f1e2d3c4-0000-1111-2222-333344445555";
  const types = (variant: 1 | 2): JobArgs[] => [
    importArgs(files, [variant === 1 ? "a.csv" : "b.csv"]),
    uploadArgs(files, "upload.txt", `body ${variant}`),
    apiArgs(apis, {
      ...{ apiName: "prices-api", apiKey: "planted-api-key", title: "prices" },
      stage: variant === 1 ? "prod" : "next",
    }),
    jobArgs("IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES", {
      ...shares,
      assetSources: [
        { dataShareArn: `arn:aws:redshift:us-east-1:123456789012:datashare:${namespace}/sales${variant}` },
      ],
    }),
    jobArgs("IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY", {
      ...permissions,
      catalogId: "123456789012",
      roleArn: `arn:aws:iam::123456789012:role/grants${variant}`,
      table: {
        expression: [{ tagKey: "share", tagValues: ["yes"] }],
        permissions: ["DESCRIBE", "SELECT"],
      },
    }),
    jobArgs("CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET", {
      ...accesses,
      assetSource: { bucket: "source", keyPrefixes: [`v${variant}/`] },
    }),
    jobArgs("EXPORT_ASSETS_TO_S3", {
      ...from,
      assetDestinations: [{ assetId, bucket: "target", key: `asset-${variant}.csv` }],
    }),
    downloadArgs({ ...from, assetId: variant === 1 ? assetId : second.assetId }),
    jobArgs("EXPORT_REVISIONS_TO_S3", {
      dataSetId: files.dataSetId,
      revisionDestinations: [
        { revisionId, bucket: "target", keyPattern: `revision-${variant}/\${Asset.Name}` },
      ],
      encryption: { type: "AES256" },
    }),
  ];
  return (variant) => Object.fromEntries(types(variant).map((args) => [args.type as string, args]));
}
