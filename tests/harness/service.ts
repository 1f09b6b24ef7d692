/** A local Data Exchange with clients of both services, and the steps that most tests begin with. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AssetType, CreateJobRequest, GetJobCommandOutput } from "@aws-sdk/client-dataexchange";
import { DataExchange } from "@aws-sdk/client-dataexchange";
import { S3 } from "@aws-sdk/client-s3";
import type { LocalDataExchangeOptions } from "../../emulator";
import { LocalDataExchange } from "../../emulator";
import { mapConcurrently } from "../../lib/map-concurrently";
import { setEnvironment } from "./environment";

export const region = "us-east-1";
export const credentials = { accessKeyId: "AKIDLOCALTEST", secretAccessKey: "planted-secret-access-key" };

export interface RevisionIds {
  readonly dataSetId: string;
  readonly revisionId: string;
}

/** The same ids under the names that the AWS SDK uses. */
export const toSdkIds = ({ dataSetId, revisionId }: RevisionIds) => ({
  DataSetId: dataSetId,
  RevisionId: revisionId,
});

export interface ClientOptions {
  /** With 1, a client does not retry a failed call. Default: the SDK's. */
  readonly maxAttempts?: number;
}

/** Clients of Data Exchange and S3 at one endpoint, in this process or in another. */
export class ServiceClients {
  readonly dataExchange: DataExchange;
  readonly s3: S3;

  constructor(
    readonly endpoint: string,
    private readonly options: ClientOptions = {},
  ) {
    this.dataExchange = this.connect();
    this.s3 = new S3({ region, endpoint, credentials, forcePathStyle: true });
  }

  /** Another client. The local service uses an access key of twelve digits as the account id. */
  connect(inRegion = region, accessKeyId = credentials.accessKeyId): DataExchange {
    const { endpoint, options } = this;
    return new DataExchange({
      ...{ region: inRegion, endpoint, credentials: { ...credentials, accessKeyId }, ...options },
    });
  }

  /** The environment variables by which a program reaches both services. */
  get env(): Record<string, string> {
    return {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: this.endpoint,
    };
  }

  close(): void {
    this.dataExchange.destroy();
    this.s3.destroy();
  }

  async createDataSet(AssetType: AssetType = "S3_SNAPSHOT", client = this.dataExchange): Promise<string> {
    const request = { AssetType, Name: "prices", Description: "daily prices" };
    return (await client.createDataSet(request)).Id!;
  }

  async createRevision(DataSetId: string, client = this.dataExchange): Promise<string> {
    return (await client.createRevision({ DataSetId })).Id!;
  }

  /** A new data set with one revision, which holds no asset. */
  async createEmptyRevision(assetType?: AssetType, client = this.dataExchange): Promise<RevisionIds> {
    const dataSetId = await this.createDataSet(assetType, client);
    return { dataSetId, revisionId: await this.createRevision(dataSetId, client) };
  }

  finalizeRevision(ids: RevisionIds): Promise<unknown> {
    return this.dataExchange.updateRevision({ ...toSdkIds(ids), Finalized: true });
  }

  /** Reverses `finalizeRevision`. */
  reopenRevision(ids: RevisionIds): Promise<unknown> {
    return this.dataExchange.updateRevision({ ...toSdkIds(ids), Finalized: false });
  }

  /** Grants a data set to the account itself; returns the id of the entitled data set. */
  async createEntitledDataSet(SourceDataSetId: string): Promise<string> {
    const grant = { Name: "prices", SourceDataSetId, ReceiverPrincipal: "000000000000" };
    const { Arn, DataSetId } = await this.dataExchange.createDataGrant({
      ...{ ...grant, GrantDistributionScope: "NONE" },
    });
    await this.dataExchange.acceptDataGrant({ DataGrantArn: Arn });
    return DataSetId!;
  }

  async createJob(request: CreateJobRequest, client = this.dataExchange): Promise<string> {
    return (await client.createJob(request)).Id!;
  }

  /** Starts a job and waits until it has ended. */
  async finishJob(JobId: string, client = this.dataExchange): Promise<GetJobCommandOutput> {
    await client.startJob({ JobId });
    for (;;) {
      const job = await client.getJob({ JobId });
      if (job.State !== "IN_PROGRESS" && job.State !== "WAITING") return job;
      await sleep(5);
    }
  }

  /** Creates a job and runs it; throws unless it completes. */
  async runJob(request: CreateJobRequest, client = this.dataExchange): Promise<GetJobCommandOutput> {
    const job = await this.finishJob(await this.createJob(request, client), client);
    if (job.State !== "COMPLETED")
      throw new Error(`A ${job.Type} job ended in ${job.State}: ${JSON.stringify(job.Errors)}`);
    return job;
  }

  /** Imports one object without the provider. */
  async importAsset({ dataSetId, revisionId }: RevisionIds, Bucket: string, Key: string) {
    const ids = { dataSetId, revisionId };
    const ImportAssetsFromS3 = { ...toSdkIds(ids), AssetSources: [{ Bucket, Key }] };
    await this.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } });
    const assets = await this.assetsIn(ids);
    return { ...ids, assetId: assets.find(({ name }) => name === Key)!.id };
  }

  async assetsIn(ids: RevisionIds): Promise<{ id: string; name: string }[]> {
    const request = { ...toSdkIds(ids), MaxResults: 200 };
    const { Assets = [] } = await this.dataExchange.listRevisionAssets(request);
    return Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! }));
  }

  async listAssetNames(ids: RevisionIds): Promise<string[]> {
    return (await this.assetsIn(ids)).map(({ name }) => name).sort();
  }

  /** Reads the text of an asset by an export job. */
  async readAsset(ids: RevisionIds, AssetId: string): Promise<string> {
    const ExportAssetToSignedUrl = { ...toSdkIds(ids), AssetId };
    const job = await this.runJob({
      Type: "EXPORT_ASSET_TO_SIGNED_URL",
      Details: { ExportAssetToSignedUrl },
    });
    return (await fetch(job.Details!.ExportAssetToSignedUrl!.SignedUrl!)).text();
  }

  deleteAsset(ids: RevisionIds, AssetId: string): Promise<unknown> {
    return this.dataExchange.deleteAsset({ ...toSdkIds(ids), AssetId });
  }

  async createBucket(
    name: string,
    objects: Readonly<Record<string, string | Uint8Array>> = {},
  ): Promise<string> {
    await this.s3.createBucket({ Bucket: name });
    await mapConcurrently(Object.entries(objects), 50, ([key, body]) => this.putObject(name, key, body));
    return name;
  }

  putObject(Bucket: string, Key: string, Body: string | Uint8Array): Promise<unknown> {
    return this.s3.putObject({ Bucket, Key, Body });
  }

  deleteObject(Bucket: string, Key: string): Promise<unknown> {
    return this.s3.deleteObject({ Bucket, Key });
  }

  async listKeys(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.listObjectsV2({ Bucket });
    return Contents.map(({ Key }) => Key!);
  }

  async readObject(Bucket: string, Key: string): Promise<string> {
    return (await this.s3.getObject({ Bucket, Key })).Body!.transformToString();
  }

  /** The contents of a bucket, by key. */
  async readObjects(bucket: string): Promise<Record<string, string>> {
    const keys = await this.listKeys(bucket);
    return Object.fromEntries(
      await Promise.all(keys.map(async (key) => [key, await this.readObject(bucket, key)] as const)),
    );
  }
}

/** A local Data Exchange in this process, with its clients. */
export class TestService extends ServiceClients implements AsyncDisposable {
  constructor(
    readonly local: LocalDataExchange,
    clients?: ClientOptions,
  ) {
    super(local.endpoint, clients);
  }

  static async start(options?: LocalDataExchangeOptions, clients?: ClientOptions): Promise<TestService> {
    return new TestService(await LocalDataExchange.start(options), clients);
  }

  async stop(): Promise<void> {
    this.close();
    await this.local.stop();
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.stop();

  /** Counts the requests of each operation, from index `since` of `local.requests`. */
  countCalls(since = 0): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.local.requests.slice(since))
      counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }
}

/** Hooks that set this process's environment for programs that call AWS themselves, such as to list a bucket. */
export function useProgramEnvironment(shared: { readonly service: TestService }): void {
  let restore: (() => void) | undefined;
  before(() => void (restore = setEnvironment(shared.service.env)));
  after(() => restore?.());
}
