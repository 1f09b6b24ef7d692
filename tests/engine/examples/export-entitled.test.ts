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
import type { World } from "../../harness/world";
import { credentials, region } from "../../harness/world";
import { isMissing } from "../../fake-aws-plugin/ignore-missing";
import type { Digests } from "./contents";
import { digests, objectsIn } from "./contents";
import type { Values } from "./life";
import { lives } from "./life";

/** A provider of data in another account, whose revisions the example's account is entitled to. */
class Publisher {
  /** The bytes of every revision, oldest first. */
  readonly published: Digests[] = [];

  private constructor(
    private readonly service: DataExchangeClient,
    private readonly world: World,
    private readonly own: string,
    /** As the subscriber knows it. */
    readonly entitled: string,
  ) {}

  static async start(world: World): Promise<Publisher> {
    const service = new DataExchangeClient({
      region,
      endpoint: world.local.endpoint,
      credentials: { ...credentials, accessKeyId: "111111111111" },
    });
    await world.bucket("provider");
    const { Id: own } = await service.send(
      new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "Prices", Description: "Daily" }),
    );
    const { Arn, DataSetId } = await service.send(
      new CreateDataGrantCommand({
        Name: "prices",
        SourceDataSetId: own,
        ReceiverPrincipal: "000000000000",
        GrantDistributionScope: "NONE",
      }),
    );
    await world.service.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
    return new Publisher(service, world, own!, DataSetId!);
  }

  async publish(): Promise<void> {
    const objects = {
      "prices.csv": `symbol,close\nAMBR,${40 + this.published.length}\n`,
      "ticks/AMBR.bin": randomBytes(80_000),
    };
    const { Id: RevisionId } = await this.service.send(new CreateRevisionCommand({ DataSetId: this.own }));
    const place = { DataSetId: this.own, RevisionId };
    const AssetSources = Object.keys(objects).map((Key) => ({ Bucket: "provider", Key }));
    for (const [Key, bytes] of Object.entries(objects)) await this.world.put("provider", Key, bytes);
    const { Id: JobId } = await this.service.send(
      new CreateJobCommand({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { ...place, AssetSources } },
      }),
    );
    await this.service.send(new StartJobCommand({ JobId }));
    while ((await this.service.send(new GetJobCommand({ JobId }))).State !== "COMPLETED") await aMoment();
    await this.service.send(new UpdateRevisionCommand({ ...place, Finalized: true }));
    this.published.push(digests(objects));
  }

  /** Ids as the subscriber knows them, oldest first. */
  async revisions(): Promise<string[]> {
    const { Revisions = [] } = await this.world.service.send(
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
    this.service.destroy();
  }
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

let publisher: Publisher;

/** What is in a bucket, but for the object with which the service tried its policy. */
async function exportedTo({ s3 }: World, bucket: string): Promise<Digests> {
  const { "_ADX-TEST-ACCOUNTID#": tried, ...exported } = await objectsIn(s3, bucket);
  expect(tried).to.be.a("string");
  return exported;
}

async function expectInBucket({ bucketName, keyArn }: Values, { world }: Example, ...indices: number[]) {
  const Bucket = bucketName as string;
  const wanted = await publisher.exported(...indices);
  expect(await exportedTo(world, Bucket)).to.deep.equal(wanted);
  const [Key] = Object.keys(wanted);
  const { ServerSideEncryption, SSEKMSKeyId } = await world.s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect({ ServerSideEncryption, SSEKMSKeyId }).to.deep.equal({
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: keyArn,
  });
}

lives({
  name: "export-entitled",
  options: { requireBucketPolicy: true },
  async seed({ world, configure }) {
    publisher = await Publisher.start(world);
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
    while (Object.keys(await exportedTo(example.world, bucket)).length < length) await aMoment();
    await expectInBucket(outputs, example, 0, 1, 2);
  },
  async verifyEnd({ bucketName }, { world }) {
    const found = await world.s3
      .send(new HeadBucketCommand({ Bucket: bucketName as string }))
      .catch(isMissing);
    expect(found).to.equal(true);
  },
  close: () => publisher?.stop(),
});
