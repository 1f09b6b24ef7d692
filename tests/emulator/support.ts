/** A local Data Exchange with clients of both services, and the few steps that most tests begin with. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AssetType, CreateJobRequest, GetJobResponse } from "@aws-sdk/client-dataexchange";
import {
  CreateDataSetCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DataExchangeClient,
  GetJobCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
} from "@aws-sdk/client-dataexchange";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { LocalDataExchangeOptions } from "../../emulator/index";
import { LocalDataExchange } from "../../emulator/index";

const credentials = { accessKeyId: "TEST", secretAccessKey: "test" };

/** Clients of both services at an address, and what tests do with them. */
export class Clients {
  readonly dx: DataExchangeClient;
  readonly s3: S3Client;

  constructor(private readonly endpoint: string) {
    this.dx = this.clientOf("us-east-1");
    this.s3 = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  }

  close(): void {
    this.dx.destroy();
    this.s3.destroy();
  }

  /** Tries once, so that a test sees every answer itself. */
  clientOf(region: string, accessKeyId = credentials.accessKeyId): DataExchangeClient {
    return new DataExchangeClient({
      endpoint: this.endpoint,
      region,
      credentials: { ...credentials, accessKeyId },
      maxAttempts: 1,
    });
  }

  async bucket(name: string, objects: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    for (const [Key, Body] of Object.entries(objects)) {
      await this.s3.send(new PutObjectCommand({ Bucket: name, Key, Body }));
    }
    return name;
  }

  /** A bucket whose policy lets the service write, as event actions need it. */
  async openBucket(name: string): Promise<string> {
    await this.bucket(name);
    const Policy = JSON.stringify({
      Statement: [
        {
          ...{ Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" } },
          ...{ Action: ["s3:PutObject", "s3:PutObjectAcl"], Resource: `arn:aws:s3:::${name}/*` },
        },
      ],
    });
    await this.s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
    return name;
  }

  async keysIn(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key!);
  }

  async textOf(Bucket: string, Key: string): Promise<string> {
    return (await this.s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
  }

  /** A data set with a revision. */
  async revision(
    AssetType: AssetType = "S3_SNAPSHOT",
    client = this.dx,
  ): Promise<{ DataSetId: string; RevisionId: string }> {
    const dataSet = await client.send(
      new CreateDataSetCommand({ AssetType, Name: "prices", Description: "daily" }),
    );
    const revision = await client.send(new CreateRevisionCommand({ DataSetId: dataSet.Id }));
    return { DataSetId: dataSet.Id!, RevisionId: revision.Id! };
  }

  /** A revision with one asset for each text, named by the key. */
  async filledRevision(texts: Readonly<Record<string, string>>) {
    const Bucket = await this.bucket(`source-${Math.random().toString(36).slice(2)}`, texts);
    const ids = await this.revision();
    const AssetSources = Object.keys(texts).map((Key) => ({ Bucket, Key }));
    await this.run({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...ids, AssetSources } },
    });
    return { ...ids, assets: await this.assets(ids) };
  }

  async assets(ids: { DataSetId: string; RevisionId: string }) {
    return (await this.dx.send(new ListRevisionAssetsCommand(ids))).Assets!;
  }

  async create(request: CreateJobRequest, client = this.dx): Promise<string> {
    return (await client.send(new CreateJobCommand(request))).Id!;
  }

  async settled(JobId: string, client = this.dx): Promise<GetJobResponse> {
    for (;;) {
      const job = await client.send(new GetJobCommand({ JobId }));
      if (job.State !== "IN_PROGRESS" && job.State !== "WAITING") return job;
      await sleep(5);
    }
  }

  async finish(JobId: string, client = this.dx): Promise<GetJobResponse> {
    await client.send(new StartJobCommand({ JobId }));
    return this.settled(JobId, client);
  }

  /** Creates a job, starts it and expects it to end well. */
  async run(request: CreateJobRequest, client = this.dx): Promise<GetJobResponse> {
    const job = await this.finish(await this.create(request, client), client);
    expect(job.State, JSON.stringify(job.Errors)).to.equal("COMPLETED");
    return job;
  }
}

/** A local service of the test's own, with its clients. */
export class Rig extends Clients {
  private constructor(readonly local: LocalDataExchange) {
    super(local.endpoint);
  }

  static async start(options: LocalDataExchangeOptions = {}): Promise<Rig> {
    return Rig.at(await LocalDataExchange.start({ jobDuration: 5, ...options }));
  }

  static at(local: LocalDataExchange): Rig {
    return new Rig(local);
  }

  async stop(): Promise<void> {
    this.close();
    await this.local.stop();
  }
}

export const md5Of = (text: string): string => createHash("md5").update(text).digest("base64");

/** Asks again and again until the answer is yes; mocha ends what never comes. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}

type Thrown<E> = abstract new (...args: never[]) => E;

/** What a promise was rejected with, which must be of the class. */
export async function thrownBy<E extends Error>(promise: Promise<unknown>, type: Thrown<E>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    return error as E;
  }
  throw new Error("Nothing was thrown.");
}
