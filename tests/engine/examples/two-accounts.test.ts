/** Examples with another account: two-regions publishes in one, export-entitled subscribes to one. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  ListDataSetRevisionsCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import { HeadBucketCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";

import { isMissing } from "../../fake-aws-plugin/stored-resource";
import type { Example } from "../../harness/example";
import type { TestService } from "../../harness/service";
import type { Digests, Values } from "./lifecycle";
import { assetsIn, digestsOf, objectsIn, testLifecycle } from "./lifecycle";

/** The assets in both regions, read by the account that owns each. */
async function publishedIn({ service }: Example, { america, europe }: Values): Promise<Digests[]> {
  const client = service.connect("eu-west-1", "222222222222");
  try {
    return [await assetsIn(service, america), await assetsIn(service, europe, client)];
  } finally {
    client.destroy();
  }
}

async function expectFiles(outputs: Values, example: Example): Promise<void> {
  const [january, february] = [
    await example.read("prices/2026-01.csv"),
    await example.read("prices/2026-02.csv"),
  ];
  const files = digestsOf({ "2026-01.csv": january, "2026-02.csv": february });
  expect(await publishedIn(example, outputs)).to.deep.equal([files, files]);
}

testLifecycle({
  name: "two-regions",
  runsOnPlugin: true,
  async prepare(example) {
    const { workspace } = example.stack.stack;
    // Programs that list buckets assume roles themselves.
    process.env.AWS_ENDPOINT_URL_STS = example.service.local.endpoint;
    workspace.envVars = { ...workspace.envVars, AWS_ENDPOINT_URL_STS: example.service.local.endpoint };
    await example.stack.configure({ europeRoleArn: "arn:aws:iam::222222222222:role/publisher" });
    await example.write("prices/2026-02.csv", randomBytes(60_000));
  },
  // The stack; in each region a provider, a bucket with two objects, a data set, and the publication with its revision,
  // import and finalization.
  preview: { create: 19 },
  up: { create: 21 },
  verify: expectFiles,
  change: { update: 4, replace: 4, same: 13 },
  async verifyChange(outputs, first, example) {
    await expectFiles(outputs, example);
    expect(await publishedIn(example, first)).to.not.deep.equal(await publishedIn(example, outputs));
  },
  close: () => void delete process.env.AWS_ENDPOINT_URL_STS,
});

/** A publisher in another account, with a data set to which the example's account is entitled. */
async function startPublisher(service: TestService) {
  const client = service.connect(undefined, "111111111111");
  await service.createBucket("provider");
  const ownDataSetId = await service.createDataSet("S3_SNAPSHOT", client);
  const grant = {
    Name: "prices",
    SourceDataSetId: ownDataSetId,
    ReceiverPrincipal: "000000000000",
    GrantDistributionScope: "NONE",
  } as const;
  const { Arn, DataSetId } = await client.send(new CreateDataGrantCommand(grant));
  await service.dataExchange.send(new AcceptDataGrantCommand({ DataGrantArn: Arn }));
  /** The content of every revision, oldest first. */
  const published: Digests[] = [];

  /** Ids in the subscriber's account, oldest first. */
  const revisionIds = async (): Promise<string[]> => {
    const { Revisions = [] } = await service.dataExchange.send(
      new ListDataSetRevisionsCommand({ DataSetId }),
    );
    return Revisions.map(({ Id }) => Id!).reverse();
  };

  return {
    revisionIds,

    async publish(): Promise<void> {
      const objects = {
        "prices.csv": `symbol,close\nAMBR,${40 + published.length}\n`,
        "ticks/AMBR.bin": randomBytes(80_000),
      };
      for (const [key, bytes] of Object.entries(objects)) await service.putObject("provider", key, bytes);
      const ids = { DataSetId: ownDataSetId, RevisionId: await service.createRevision(ownDataSetId, client) };
      const AssetSources = Object.keys(objects).map((Key) => ({ Bucket: "provider", Key }));
      const ImportAssetsFromS3 = { ...ids, AssetSources };
      await service.runJob({ Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3 } }, client);
      await client.send(new UpdateRevisionCommand({ ...ids, Finalized: true }));
      published.push(digestsOf(objects));
    },

    /** The objects of the latest revision, and of the archive of these revisions. */
    async expectedObjects(...archived: number[]): Promise<Digests> {
      const ids = await revisionIds();
      const below = (prefix: string, digests: Digests) =>
        Object.entries(digests).map(([name, digest]) => [`${prefix}/${name}`, digest]);
      const archive = archived.flatMap((index) => below(`archive/${ids[index]}`, published[index]!));
      return Object.fromEntries([...below("current", published.at(-1)!), ...archive]) as Digests;
    },

    stop: () => client.destroy(),
  };
}

let publisher: Awaited<ReturnType<typeof startPublisher>>;

/** The objects of a bucket without the one with which the service tests the bucket's policy. */
async function exportedTo(service: TestService, bucket: string): Promise<Digests> {
  const { "_ADX-TEST-ACCOUNTID#": testObject, ...exported } = await objectsIn(service, bucket);
  expect(testObject).to.be.a("string");
  return exported;
}

async function expectExported({ bucketName, keyArn }: Values, { service }: Example, ...archived: number[]) {
  const Bucket = bucketName as string;
  const expected = await publisher.expectedObjects(...archived);
  expect(await exportedTo(service, Bucket)).to.deep.equal(expected);
  const head = await service.s3.send(new HeadObjectCommand({ Bucket, Key: Object.keys(expected)[0] }));
  expect(head).to.include({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn });
}

testLifecycle({
  name: "export-entitled",
  runsOnPlugin: true,
  options: { requireBucketPolicy: true },
  async prepare({ service, stack }) {
    publisher = await startPublisher(service);
    await publisher.publish();
    await publisher.publish();
    await stack.configure({ dataSetName: "prices" });
  },
  // The stack, a key, a bucket; the export of assets with its jobs; the archive with the bucket's policy and the event action.
  preview: { create: 8 },
  async verify(outputs, example) {
    await expectExported(outputs, example);
    expect(outputs.revisionId).to.equal((await publisher.revisionIds()).at(-1));
  },
  beforeChange: () => publisher.publish(),
  change: { update: 1, same: 7 },
  async verifyChange(outputs, first, example) {
    expect(outputs.revisionId).to.not.equal(first.revisionId);
    // The service exports the revision to the archive by itself, perhaps later than the jobs of the stack.
    const { length } = Object.keys(await publisher.expectedObjects(2));
    const bucket = outputs.bucketName as string;
    while (Object.keys(await exportedTo(example.service, bucket)).length < length) await sleep(20);
    await expectExported(outputs, example, 2);
  },
  async verifyDestroyed({ bucketName }, { service }) {
    const head = new HeadBucketCommand({ Bucket: bucketName as string });
    expect(await service.s3.send(head).catch(isMissing)).to.equal(true);
  },
  close: () => publisher?.stop(),
});
