import { randomBytes } from "node:crypto";

import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  CreateDataSetCommand,
  CreateJobCommand,
  CreateRevisionCommand,
  DataExchangeClient,
  GetJobCommand,
  ListDataSetRevisionsCommand,
  StartJobCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import { HeadBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";

import type { Example } from "../../harness/example";
import type { TestService } from "../../harness/service";
import { credentials, region } from "../../harness/service";
import { isMissing } from "../../fake-aws-plugin/stored-resource";
import type { Digests } from "./contents";
import { digests, objectsIn } from "./contents";
import type { Values } from "./life";
import { lives } from "./life";

/** A provider of data in another account, whose revisions the example's account is entitled to. */
class Publisher {
  /** The bytes of every revision, oldest first. */
  readonly published: Digests[] = [];

  private constructor(
    private readonly dataExchange: DataExchangeClient,
    private readonly service: TestService,
    private readonly own: string,
    /** As the subscriber knows it. */
    readonly entitled: string,
  ) {}

  static async start(service: TestService): Promise<Publisher> {
    const dataExchange = new DataExchangeClient({
      region,
      endpoint: service.local.endpoint,
      credentials: { ...credentials, accessKeyId: "111111111111" },
    });
    await service.createBucket("provider");
    const { Id: own } = await dataExchange.send(
      new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "Prices", Description: "Daily" }),
    );
    const { Arn, DataSetId } = await dataExchange.send(
      new CreateDataGrantCommand({
        Name: "prices",
        SourceDataSetId: own,
        ReceiverPrincipal: "000000000000",
        GrantDistributionScope: "NONE",
      }),
    );
    await service.dataExchange.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    return new Publisher(dataExchange, service, own!, DataSetId!);
  }

  async publish(): Promise<void> {
    const objects = {
      "prices.csv": `symbol,close\nAMBR,${40 + this.published.length}\n`,
      "ticks/AMBR.bin": randomBytes(80_000),
    };
    const { Id: RevisionId } = await this.dataExchange.send(
      new CreateRevisionCommand({ DataSetId: this.own }),
    );
    const place = { DataSetId: this.own, RevisionId };
    const AssetSources = Object.keys(objects).map((Key) => ({ Bucket: "provider", Key }));
    for (const [Key, bytes] of Object.entries(objects)) await this.service.putObject("provider", Key, bytes);
    const { Id: JobId } = await this.dataExchange.send(
      new CreateJobCommand({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { ...place, AssetSources } },
      }),
    );
    await this.dataExchange.send(new StartJobCommand({ JobId }));
    while ((await this.dataExchange.send(new GetJobCommand({ JobId }))).State !== "COMPLETED")
      await aMoment();
    await this.dataExchange.send(new UpdateRevisionCommand({ ...place, Finalized: true }));
    this.published.push(digests(objects));
  }

  /** Ids as the subscriber knows them, oldest first. */
  async revisions(): Promise<string[]> {
    const { Revisions = [] } = await this.service.dataExchange.send(
      new ListDataSetRevisionsCommand({ DataSetId: this.entitled }),
    );
    return Revisions.map(({ Id }) => Id!).reverse();
  }

  /** Where all of these revisions shall be, with what is in them. */
  async exported(...indices: number[]): Promise<Digests> {
    const ids = await this.revisions();
    return Object.fromEntries(
      indices.flatMap((index) =>
        Object.entries(this.published[index]!).map(([name, digest]) => [
          `prices/${ids[index]}/${name}`,
          digest,
        ]),
      ),
    );
  }

  stop(): void {
    this.dataExchange.destroy();
  }
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

let publisher: Publisher;

/** What is in a bucket, but for the object with which the service tried its policy. */
async function exportedTo({ s3 }: TestService, bucket: string): Promise<Digests> {
  const { "_ADX-TEST-ACCOUNTID#": tried, ...exported } = await objectsIn(s3, bucket);
  expect(tried).to.be.a("string");
  return exported;
}

async function expectInBucket({ bucketName, keyArn }: Values, { service }: Example, ...indices: number[]) {
  const Bucket = bucketName as string;
  const wanted = await publisher.exported(...indices);
  expect(await exportedTo(service, Bucket)).to.deep.equal(wanted);
  const [Key] = Object.keys(wanted);
  const { ServerSideEncryption, SSEKMSKeyId } = await service.s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect({ ServerSideEncryption, SSEKMSKeyId }).to.deep.equal({
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: keyArn,
  });
}

lives({
  name: "export-entitled",
  options: { requireBucketPolicy: true },
  async seed({ service, configure }) {
    publisher = await Publisher.start(service);
    await publisher.publish();
    await publisher.publish();
    const [, newest] = await publisher.revisions();
    await configure({ dataSetId: publisher.entitled, "revisionIds[0]": newest! });
  },
  // The stack, a key, a bucket; the export with its job, the bucket's policy and the event action.
  previewed: { create: 7 },
  verify: (outputs, example) => expectInBucket(outputs, example, 1),
  async beforeChange() {
    const [oldest] = await publisher.revisions();
    return { OLDER_REVISION: oldest! };
  },
  changed: { create: 1, same: 7 },
  async verifyChange(outputs, _, example) {
    await expectInBucket(outputs, example, 0, 1);
    // One more comes by itself.
    await publisher.publish();
    const { length } = Object.keys(await publisher.exported(0, 1, 2));
    const bucket = outputs.bucketName as string;
    while (Object.keys(await exportedTo(example.service, bucket)).length < length) await aMoment();
    await expectInBucket(outputs, example, 0, 1, 2);
  },
  async verifyEnd({ bucketName }, { service }) {
    const found = await service.s3
      .send(new HeadBucketCommand({ Bucket: bucketName as string }))
      .catch(isMissing);
    expect(found).to.equal(true);
  },
  close: () => publisher?.stop(),
});
