/** A local Data Exchange with clients, and what a test puts into it. */
import type { CreateJobCommandInput, GetJobCommandOutput } from "@aws-sdk/client-dataexchange";
import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  CreateDataSetCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DataExchangeClient,
  DeleteAssetCommand,
  GetJobCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

import type { LocalDataExchangeOptions } from "../../emulator";
import { LocalDataExchange } from "../../emulator";

export const region = "us-east-1";
export const credentials = { accessKeyId: "AKIDLOCALTEST", secretAccessKey: "planted-secret-access-key" };

export class World {
  readonly service: DataExchangeClient;
  readonly s3: S3Client;

  private constructor(readonly local: LocalDataExchange) {
    const config = { region, endpoint: local.endpoint, credentials };
    this.service = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  static async start(options: LocalDataExchangeOptions = {}): Promise<World> {
    return new World(await LocalDataExchange.start(options));
  }

  async stop(): Promise<void> {
    this.service.destroy();
    this.s3.destroy();
    await this.local.stop();
  }

  async dataSet(
    assetType:
      | "S3_SNAPSHOT"
      | "REDSHIFT_DATA_SHARE"
      | "API_GATEWAY_API"
      | "S3_DATA_ACCESS"
      | "LAKE_FORMATION_DATA_PERMISSION" = "S3_SNAPSHOT",
  ): Promise<string> {
    const made = await this.service.send(
      new CreateDataSetCommand({ AssetType: assetType, Name: "prices", Description: "daily prices" }),
    );
    return made.Id!;
  }

  async revision(dataSetId: string): Promise<string> {
    return (await this.service.send(new CreateRevisionCommand({ DataSetId: dataSetId }))).Id!;
  }

  /** A data set with one empty revision. */
  async place(
    assetType?: Parameters<World["dataSet"]>[0],
  ): Promise<{ dataSetId: string; revisionId: string }> {
    const dataSetId = await this.dataSet(assetType);
    return { dataSetId, revisionId: await this.revision(dataSetId) };
  }

  async bucket(name: string, objects: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    for (const [Key, Body] of Object.entries(objects)) {
      await this.s3.send(new PutObjectCommand({ Bucket: name, Key, Body }));
    }
    return name;
  }

  /** Grants a data set to the account itself, and answers the id of the entitled one. */
  async entitled(SourceDataSetId: string): Promise<string> {
    const { Arn, DataSetId } = await this.service.send(
      new CreateDataGrantCommand({
        ...{ Name: "prices", GrantDistributionScope: "NONE", SourceDataSetId },
        ReceiverPrincipal: "000000000000",
      }),
    );
    await this.service.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    return DataSetId!;
  }

  async put(Bucket: string, Key: string, Body: string | Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  }

  async remove(Bucket: string, Key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }

  async deleteAsset(
    { dataSetId, revisionId }: { dataSetId: string; revisionId: string },
    AssetId: string,
  ): Promise<void> {
    await this.service.send(
      new DeleteAssetCommand({ DataSetId: dataSetId, RevisionId: revisionId, AssetId }),
    );
  }

  async finalize({ dataSetId, revisionId }: { dataSetId: string; revisionId: string }): Promise<void> {
    await this.service.send(
      new UpdateRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId, Finalized: true }),
    );
  }

  /** Opens a finalized revision again. */
  async open({ dataSetId, revisionId }: { dataSetId: string; revisionId: string }): Promise<void> {
    await this.service.send(
      new UpdateRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId, Finalized: false }),
    );
  }

  /** The bytes of an asset, by an export of its own. */
  async assetText(
    { dataSetId, revisionId }: { dataSetId: string; revisionId: string },
    assetId: string,
  ): Promise<string> {
    const details = { DataSetId: dataSetId, RevisionId: revisionId, AssetId: assetId };
    const job = await this.runJob({
      Type: "EXPORT_ASSET_TO_SIGNED_URL",
      Details: { ExportAssetToSignedUrl: details },
    });
    return (await fetch(job.Details!.ExportAssetToSignedUrl!.SignedUrl!)).text();
  }

  async objects(bucket: string): Promise<Record<string, string>> {
    const listed = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const entries = (listed.Contents ?? []).map(async ({ Key }) => {
      const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return [Key!, await object.Body!.transformToString()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  async assetNames({ dataSetId, revisionId }: { dataSetId: string; revisionId: string }): Promise<string[]> {
    const listed = await this.service.send(
      new ListRevisionAssetsCommand({ DataSetId: dataSetId, RevisionId: revisionId, MaxResults: 200 }),
    );
    return (listed.Assets ?? []).map((asset) => asset.Name!).sort();
  }

  /** An asset imported without our provider, for jobs that export one. */
  async importedAsset(
    RevisionId: string,
    DataSetId: string,
    Bucket: string,
    Key: string,
  ): Promise<{ revisionId: string; assetId: string }> {
    const details = { DataSetId, RevisionId, AssetSources: [{ Bucket, Key }] };
    await this.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3: details } });
    const { Assets = [] } = await this.service.send(new ListRevisionAssetsCommand({ DataSetId, RevisionId }));
    return { revisionId: RevisionId, assetId: Assets.find(({ Name }) => Name === Key)!.Id! };
  }

  private async runJob(request: CreateJobCommandInput): Promise<GetJobCommandOutput> {
    const { Id: JobId } = await this.service.send(new CreateJobCommand(request));
    await this.service.send(new StartJobCommand({ JobId }));
    for (;;) {
      const job = await this.service.send(new GetJobCommand({ JobId }));
      if (job.State === "COMPLETED") return job;
      if (job.State !== "IN_PROGRESS") throw new Error(`A job that a test rests on ended in ${job.State}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How often each operation was asked for since the given request. */
  calls(since = 0): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.local.requests.slice(since))
      counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }
}
