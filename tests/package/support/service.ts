/** What a consumer's local Data Exchange is given before, and asked after. */
import {
  CreateDataSetCommand,
  CreateRevisionCommand,
  DataExchangeClient,
  ListJobsCommand,
} from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

import { credentials, region } from "../../harness/service";

export class Service {
  private readonly dataExchange: DataExchangeClient;
  private readonly s3: S3Client;

  constructor(endpoint: string) {
    const config = { region, endpoint, credentials };
    this.dataExchange = new DataExchangeClient(config);
    this.s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  /** A data set with one empty revision. */
  async place(): Promise<{ dataSetId: string; revisionId: string }> {
    const dataSet = { AssetType: "S3_SNAPSHOT", Name: "Prices", Description: "Daily prices" } as const;
    const { Id: dataSetId } = await this.dataExchange.send(new CreateDataSetCommand(dataSet));
    const { Id: revisionId } = await this.dataExchange.send(
      new CreateRevisionCommand({ DataSetId: dataSetId }),
    );
    return { dataSetId: dataSetId!, revisionId: revisionId! };
  }

  async bucket(name: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
  }

  async put(Bucket: string, Key: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: "date,symbol,close\n" }));
  }

  /** The states of all jobs that there were. */
  async jobs(): Promise<string[]> {
    const { Jobs = [] } = await this.dataExchange.send(new ListJobsCommand());
    return Jobs.map(({ State }) => State!).sort();
  }

  close(): void {
    this.dataExchange.destroy();
    this.s3.destroy();
  }
}
