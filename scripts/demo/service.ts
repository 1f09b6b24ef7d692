import { createHash } from "node:crypto";

import {
  CreateDataSetCommand,
  CreateRevisionCommand,
  DataExchangeClient,
} from "@aws-sdk/client-dataexchange";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

import { LocalDataExchange } from "../../emulator";

export const region = "us-east-1";

/** The local service takes any. */
export const credentials = { accessKeyId: "demo", secretAccessKey: "demo" };

/** Long enough to see a job in progress, short enough for those who have. */
const jobDuration = 1_500;

export interface StoredObject {
  key: string;
  size: number;
  sha256: string;
}

/** The local Data Exchange with S3, and what a publisher does there by other means than Pulumi. */
export class Service {
  private readonly dataExchange: DataExchangeClient;
  private readonly s3: S3Client;

  private constructor(readonly local: LocalDataExchange) {
    const config = { region, endpoint: local.endpoint, credentials };
    this.dataExchange = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  static async start(): Promise<Service> {
    return new Service(await LocalDataExchange.start({ jobDuration }));
  }

  async createBucket(bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  async put(bucket: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, body] of Object.entries(files)) {
      await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    }
  }

  async createRevision(): Promise<{ dataSetId: string; revisionId: string }> {
    const dataSet = await this.dataExchange.send(
      new CreateDataSetCommand({
        AssetType: "S3_SNAPSHOT",
        Name: "Prices",
        Description: "Daily closing prices of five instruments",
      }),
    );
    const revision = await this.dataExchange.send(new CreateRevisionCommand({ DataSetId: dataSet.Id }));
    return { dataSetId: dataSet.Id!, revisionId: revision.Id! };
  }

  /** What is in a bucket, read to the last byte. */
  async objects(bucket: string): Promise<StoredObject[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const object = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const bytes = await object.Body!.transformToByteArray();
        return { key: Key!, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
      }),
    );
  }

  async stop(): Promise<void> {
    this.dataExchange.destroy();
    this.s3.destroy();
    await this.local.stop();
  }
}
