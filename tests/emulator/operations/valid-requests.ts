/**
 * Requests that every operation must take, about resources of the world. All members of an operation's input occur
 * in one of its requests; those that use something up bring their own.
 */
import type { OperationName } from "../../../service-model/operations/index";
import type { AssetType } from "../../../service-model/shared-shapes";
import { validJobs } from "./valid-jobs";
import type { Json, Request } from "./wire";
import type { InAsset, World } from "./world";
import { receiver } from "./world";

const tags = { team: "a", aKey: "b" };
const paged = { maxResults: 200 };

const revisionOf = ({ dataSetId, revisionId }: InAsset) => ({ dataSetId, revisionId });
const mine = (...inputs: object[]): Request[] => inputs.map((input) => ({ input: input as Json }));
const theirs = (...inputs: object[]): Request[] =>
  inputs.map((input) => ({ input: input as Json, as: receiver }));

type Valid = (world: World) => Request[] | Promise<Request[]>;

/** The first is the plainest. */
export const valid: Record<OperationName, Valid> = {
  CreateDataSet: () => mine({ assetType: "S3_SNAPSHOT", name: "n", description: "d", tags }),
  GetDataSet: ({ published, entitled }) => [
    ...mine({ dataSetId: published.dataSetId }),
    ...theirs({ dataSetId: entitled.dataSetId }),
  ],
  ListDataSets: async (world) => [
    ...mine(paged, { ...paged, origin: "OWNED" }),
    ...theirs({ ...paged, origin: "ENTITLED" }),
    ...mine({ maxResults: 1, nextToken: await firstToken(world, "ListDataSets", {}) }),
  ],
  UpdateDataSet: async (world) => mine({ dataSetId: await world.dataSet(), name: "n", description: "d" }),
  DeleteDataSet: async (world) => mine({ dataSetId: await world.dataSet() }),

  CreateRevision: async (world) => mine({ dataSetId: await world.dataSet(), comment: "c", tags }),
  GetRevision: ({ published, entitled }) => [...mine(revisionOf(published)), ...theirs(revisionOf(entitled))],
  ListDataSetRevisions: async (world) => {
    const { dataSetId } = await world.revision();
    await world.revision(undefined, dataSetId);
    await world.revision(undefined, dataSetId);
    const nextToken = await firstToken(world, "ListDataSetRevisions", { dataSetId });
    return [
      ...mine({ dataSetId, ...paged }, { dataSetId, maxResults: 1, nextToken }),
      ...theirs({ dataSetId: world.entitled.dataSetId }),
    ];
  },
  UpdateRevision: async (world) =>
    mine({ ...revisionOf(await world.filled()), comment: "c", finalized: true }),
  DeleteRevision: async (world) => mine(await world.revision()),
  RevokeRevision: async (world) =>
    mine({ ...revisionOf(await world.finalized()), revocationComment: "ten characters" }),

  ListRevisionAssets: async (world) => {
    const ids = revisionOf(world.held.get("S3_SNAPSHOT")!);
    const nextToken = await firstToken(world, "ListRevisionAssets", ids);
    const each = [...world.held.values()].map((held) => ({ ...revisionOf(held), ...paged }));
    return [
      ...mine({ ...ids, ...paged }, { ...ids, maxResults: 1, nextToken }, ...each),
      ...theirs(revisionOf(world.entitled)),
    ];
  },
  GetAsset: ({ held, entitled }) => [...mine(...held.values()), ...theirs(entitled)],
  UpdateAsset: async (world) => mine({ ...(await world.filled()), name: "n" }),
  DeleteAsset: async (world) => mine(await world.filled()),

  CreateJob: async (world) => mine(...(await validJobs(world))),
  StartJob: async (world) => mine({ jobId: await world.job() }),
  GetJob: async (world) => {
    const jobs = (await validJobs(world)).slice(0, 6);
    const created = await Promise.all(jobs.map((job) => world.call("CreateJob", job)));
    const ended = await Promise.all(endingJobs(jobs).map((job) => world.run(job)));
    return mine(
      ...[...created.map(({ Id }) => Id), ...ended.map(({ id }) => id)].map((jobId) => ({ jobId })),
    );
  },
  CancelJob: async (world) => mine({ jobId: await world.job() }),
  ListJobs: async (world) => {
    const { dataSetId, revisionId } = world.held.get("S3_SNAPSHOT")!;
    const nextToken = await firstToken(world, "ListJobs", {});
    await world.call("CreateJob", exportOf(world.held.get("S3_SNAPSHOT")!));
    await world.call("CreateJob", exportOf(world.held.get("S3_SNAPSHOT")!));
    return mine(
      { ...paged },
      { dataSetId, ...paged },
      { dataSetId, revisionId, ...paged },
      { maxResults: 1, nextToken },
    );
  },

  CreateEventAction: async (world) => {
    const exportRevisionToS3 = exportAction(world.buckets.target);
    const dataSetId = await world.entitledFiles();
    return theirs({ action: { exportRevisionToS3 }, event: { revisionPublished: { dataSetId } }, tags });
  },
  GetEventAction: async (world) => theirs({ eventActionId: (await world.eventAction()).id }),
  ListEventActions: async (world) => {
    const eventSourceId = await world.entitledFiles();
    await world.eventAction();
    for (let count = 0; count < 3; count += 1) await world.eventAction(eventSourceId);
    const nextToken = await firstToken(world, "ListEventActions", {}, receiver);
    return theirs({ ...paged }, { eventSourceId, ...paged }, { maxResults: 1, nextToken });
  },
  UpdateEventAction: async (world) => {
    const { id: eventActionId } = await world.eventAction();
    return theirs({ eventActionId, action: { exportRevisionToS3: exportAction(world.buckets.target) } });
  },
  DeleteEventAction: async (world) => theirs({ eventActionId: (await world.eventAction()).id }),

  CreateDataGrant: async (world) =>
    mine({
      name: "n",
      grantDistributionScope: "NONE",
      receiverPrincipal: receiver,
      sourceDataSetId: await world.dataSet(),
      endsAt: "2999-01-01T00:00:00Z",
      description: "d",
      tags,
    }),
  GetDataGrant: async (world) => {
    const { arn } = await world.grant();
    return mine({ dataGrantId: world.published.grantId }, { dataGrantId: arn });
  },
  ListDataGrants: async (world) =>
    mine(paged, { maxResults: 1, nextToken: await firstToken(world, "ListDataGrants", {}) }),
  DeleteDataGrant: async (world) => mine({ dataGrantId: (await world.accepted()).id }),
  AcceptDataGrant: async (world) => theirs({ dataGrantArn: (await world.grant()).arn }),
  GetReceivedDataGrant: ({ published }) => theirs({ dataGrantArn: published.grantArn }),
  ListReceivedDataGrants: async (world) => [
    ...theirs(paged, { ...paged, acceptanceState: ["ACCEPTED", "PENDING_RECEIVER_ACCEPTANCE"] }),
    ...theirs({ maxResults: 1, nextToken: await firstToken(world, "ListReceivedDataGrants", {}, receiver) }),
  ],

  SendDataSetNotification: (world) => mine(...validNotifications(world)),

  ListTagsForResource: (world) => taggable(world),
  TagResource: (world) => taggable(world, { tags }),
  UntagResource: (world) => taggable(world, { tagKeys: ["team"] }),

  SendApiAsset: ({ held }) =>
    mine({
      ...held.get("API_GATEWAY_API"),
      method: "POST",
      path: "/prices",
      requestHeaders: { accept: "application/json" },
      queryStringParameters: { day: "today" },
      body: "{}",
    }),
};

async function firstToken(
  world: World,
  operation: OperationName,
  input: Json,
  as?: string,
): Promise<unknown> {
  const answer = (await world.call(operation, { ...input, maxResults: 1 }, as)) as unknown as Json;
  return answer["NextToken"];
}

const exportAction = (bucket: string): Json => ({
  revisionDestination: { bucket, keyPattern: "${Asset.Name}" },
  encryption: { type: "aws:kms", kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" },
});

const exportOf = (held: InAsset): Json => ({
  type: "EXPORT_ASSET_TO_SIGNED_URL",
  details: { exportAssetToSignedUrl: held },
});

/** One that ends well, and one whose object is not there. */
function endingJobs([importFromS3]: Json[]): Json[] {
  const { importAssetsFromS3 } = importFromS3!["details"] as { importAssetsFromS3: Json };
  const assetSources = [{ bucket: "source", key: "absent" }];
  const failing = { importAssetsFromS3: { ...importAssetsFromS3, assetSources } };
  return [importFromS3!, { ...importFromS3, details: failing }];
}

/** One resource of each kind that takes tags. */
async function taggable(world: World, more: object = {}): Promise<Request[]> {
  const ids = await world.filled();
  const about = [
    await world.call("GetDataSet", { dataSetId: ids.dataSetId }),
    await world.call("GetRevision", revisionOf(ids)),
    await world.call("GetAsset", { ...ids }),
  ].map(({ Arn }) => Arn);
  const { arn: ofEventAction } = await world.eventAction();
  const of = (resourceArn: string) => ({ resourceArn, ...more });
  return [...mine(...[...about, world.published.grantArn].map(of)), ...theirs(of(ofEventAction))];
}

const moment = "2026-01-01T00:00:00Z";

/** Each type of details with each part of the scope: what a scope may be follows from the data set. */
function validNotifications({ held }: World): Json[] {
  const of = (type: AssetType) => held.get(type)!.dataSetId;
  const changes = [{ name: "price", type: "ADD", description: "a column" }];
  const arn = "arn:aws:redshift:us-east-1:000000000000:datashare:n/s";
  const share = { arn, database: "d", function: "f", table: "t", schema: "s", view: "v" };
  return [
    {
      dataSetId: of("LAKE_FORMATION_DATA_PERMISSION"),
      type: "DATA_UPDATE",
      details: { dataUpdate: { dataUpdatedAt: moment } },
      scope: { lakeFormationTagPolicies: [{ database: "d", table: "t" }] },
      comment: "c",
      clientToken: "t",
    },
    {
      dataSetId: of("REDSHIFT_DATA_SHARE"),
      type: "DEPRECATION",
      details: { deprecation: { deprecationAt: moment } },
      scope: { redshiftDataShares: [share] },
    },
    {
      dataSetId: of("S3_DATA_ACCESS"),
      type: "SCHEMA_CHANGE",
      details: { schemaChange: { changes, schemaChangeAt: moment } },
      scope: { s3DataAccesses: [{ keyPrefixes: ["a"], keys: ["b"] }] },
    },
    { dataSetId: of("S3_SNAPSHOT"), type: "DATA_DELAY" },
  ];
}
