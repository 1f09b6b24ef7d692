/** A world of resources of every kind, in two accounts, for requests to be about. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { OperationName } from "../../../service-model/operations/index";
import type { AssetType } from "../../../service-model/shared-shapes";
import { md5Of, EmulatorService } from "../support";
import type { Json } from "./wire";
import { owner, Wire } from "./wire";

export const receiver = "222222222222";

export interface InRevision {
  readonly dataSetId: string;
  readonly revisionId: string;
}

export interface InAsset extends InRevision {
  readonly assetId: string;
}

const specification = '{"openapi":"3.0.1"}';
const arnOfShare = (name: string): string =>
  `arn:aws:redshift:us-east-1:000000000000:datashare:2f1a0b00-0000-4000-8000-000000000000/${name}`;

export class World {
  readonly #service: EmulatorService;
  readonly wire: Wire;
  /** A revision that is open and holds assets, for each type of assets. */
  held: ReadonlyMap<AssetType, InAsset> = new Map();
  /** A data set with a revision and an asset, as the account that was granted them sees them. */
  entitled!: InAsset;
  /** What it shows, as its owner sees it; the revision is finalized and published. */
  published!: InAsset & { readonly grantId: string; readonly grantArn: string };
  readonly buckets = { source: "source", target: "target" };

  private constructor(service: EmulatorService) {
    this.#service = service;
    this.wire = new Wire(service.local.endpoint);
  }

  static async build(): Promise<World> {
    const apis = { [unreachableApi]: "http://127.0.0.1:9/stage" };
    const world = new World(
      await EmulatorService.start({ jobDuration: 1, seed: "operations", apis, ...lenient }),
    );
    await world.#fill();
    return world;
  }

  async stop(): Promise<void> {
    this.wire.close();
    await this.#service.stop();
  }

  get local() {
    return this.#service.local;
  }

  /** Makes a request that must succeed. */
  async call(operation: OperationName, input: Json, as = owner): Promise<Answered> {
    const { status, json, body } = await this.wire.send(operation, { input, as });
    expect(status, `${operation}: ${body}`).to.be.within(200, 299);
    return json as unknown as Answered;
  }

  async dataSet(assetType: AssetType = "REDSHIFT_DATA_SHARE", as = owner): Promise<string> {
    const { Id } = await this.call("CreateDataSet", { assetType, name: "prices", description: "daily" }, as);
    return Id;
  }

  async revision(assetType?: AssetType, dataSetId?: string): Promise<InRevision> {
    const of = dataSetId ?? (await this.dataSet(assetType));
    return { dataSetId: of, revisionId: (await this.call("CreateRevision", { dataSetId: of })).Id };
  }

  /** A new revision with assets of the names, in a new data set or in one that is there. */
  async filled(names: readonly string[] = ["a"], dataSetId?: string): Promise<InAsset> {
    const ids = await this.revision("REDSHIFT_DATA_SHARE", dataSetId);
    const assetSources = names.map((name) => ({ dataShareArn: arnOfShare(name) }));
    return this.import(ids, {
      type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
      details: { importAssetsFromRedshiftDataShares: { ...ids, assetSources } },
    });
  }

  async finalized(dataSetId?: string): Promise<InAsset> {
    const ids = await this.filled(["a"], dataSetId);
    const { dataSetId: of, revisionId } = ids;
    await this.call("UpdateRevision", { dataSetId: of, revisionId, finalized: true });
    return ids;
  }

  async grant(sourceDataSetId?: string): Promise<{ id: string; arn: string; entitledId: string }> {
    const { Id, Arn, DataSetId } = await this.call("CreateDataGrant", {
      name: "for you",
      grantDistributionScope: "NONE",
      receiverPrincipal: receiver,
      sourceDataSetId: sourceDataSetId ?? (await this.dataSet()),
      endsAt: "2999-01-01T00:00:00Z",
      description: "a grant",
      tags: { team: "a" },
    });
    return { id: Id, arn: Arn, entitledId: DataSetId };
  }

  async accepted(sourceDataSetId?: string): Promise<{ id: string; arn: string; entitledId: string }> {
    const grant = await this.grant(sourceDataSetId);
    await this.call("AcceptDataGrant", { dataGrantArn: grant.arn }, receiver);
    return grant;
  }

  /** A data set of files that the receiver is entitled to. */
  async entitledFiles(): Promise<string> {
    return (await this.accepted(await this.dataSet("S3_SNAPSHOT"))).entitledId;
  }

  /** One of the receiver's: event actions need an entitled data set. */
  async eventAction(dataSetId?: string): Promise<{ id: string; arn: string }> {
    const revisionDestination = { bucket: this.buckets.target };
    const event = { revisionPublished: { dataSetId: dataSetId ?? (await this.entitledFiles()) } };
    const action = { exportRevisionToS3: { revisionDestination } };
    const { Id, Arn } = await this.call("CreateEventAction", { action, event }, receiver);
    return { id: Id, arn: Arn };
  }

  /** A job that waits for its start. */
  async job(): Promise<string> {
    const ids = await this.revision("S3_SNAPSHOT");
    const assetSources = [{ bucket: this.buckets.source, key: "a.csv" }];
    const details = { importAssetsFromS3: { ...ids, assetSources } };
    return (await this.call("CreateJob", { type: "IMPORT_ASSETS_FROM_S3", details })).Id;
  }

  /** Runs a job to its end, whichever that is. */
  async run(job: Json, as = owner): Promise<{ id: string; state: string }> {
    const { Id: jobId, Details } = await this.call("CreateJob", job, as);
    const url = Details["ImportAssetFromApiGatewayApi"]?.["ApiSpecificationUploadUrl"];
    if (url !== undefined) await fetch(url as string, { method: "PUT", body: specification });
    await this.call("StartJob", { jobId }, as);
    for (;;) {
      const { State } = await this.call("GetJob", { jobId }, as);
      if (State !== "IN_PROGRESS") return { id: jobId, state: State };
      await sleep(1);
    }
  }

  async import(ids: InRevision, job: Json): Promise<InAsset> {
    expect((await this.run(job)).state).to.equal("COMPLETED");
    return { ...ids, assetId: (await this.call("ListRevisionAssets", { ...ids })).Assets[0]!.Id };
  }

  /** An API that is licensed, by its id in API Gateway. */
  async api(apiId: string): Promise<InAsset> {
    const ids = await this.revision("API_GATEWAY_API");
    const details = {
      ...{ apiId, apiName: "api", protocolType: "REST", stage: "prod", apiKey: "k", apiDescription: "d" },
      apiSpecificationMd5Hash: md5Of(specification),
    };
    return this.import(ids, {
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: { importAssetFromApiGatewayApi: { ...ids, ...details } },
      assetConfiguration: { tags: [{ key: "team", value: "a" }] },
    });
  }

  async #fill(): Promise<void> {
    const { source, target } = this.buckets;
    await this.#service.createBucket(source, { "a.csv": "a", "b.csv": "b", "c.csv": "c" });
    await this.#service.createBucket(target);
    const files = await this.revision("S3_SNAPSHOT");
    const assetSources = ["a.csv", "b.csv", "c.csv"].map((key) => ({ bucket: source, key }));
    const held: Record<AssetType, Promise<InAsset>> = {
      S3_SNAPSHOT: this.import(files, {
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...files, assetSources } },
      }),
      REDSHIFT_DATA_SHARE: this.filled(["a", "b", "c"]),
      API_GATEWAY_API: this.api("abc123"),
      S3_DATA_ACCESS: this.#access(),
      LAKE_FORMATION_DATA_PERMISSION: this.#permission(),
    };
    const entries = Object.entries(held).map(async ([type, ids]) => [type as AssetType, await ids] as const);
    this.held = new Map(await Promise.all(entries));
    await this.#publish();
  }

  async #access(): Promise<InAsset> {
    const ids = await this.revision("S3_DATA_ACCESS");
    const assetSource = { bucket: this.buckets.source, keyPrefixes: ["a"], keys: ["b.csv"] };
    return this.import(ids, {
      type: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
      details: { createS3DataAccessFromS3Bucket: { ...ids, assetSource } },
    });
  }

  async #permission(): Promise<InAsset> {
    const ids = await this.revision("LAKE_FORMATION_DATA_PERMISSION");
    const [catalogId, roleArn] = [owner, `arn:aws:iam::${owner}:role/grants`];
    const expression = [{ tagKey: "team", tagValues: ["a"] }];
    const table = { expression, permissions: ["SELECT"] };
    return this.import(ids, {
      type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
      details: { importAssetsFromLakeFormationTagPolicy: { ...ids, catalogId, roleArn, table } },
    });
  }

  /** Publishes to the receiver, and gives it more grants, so that there is something to page through. */
  async #publish(): Promise<void> {
    const source = await this.finalized();
    const { id: grantId, arn: grantArn, entitledId: dataSetId } = await this.accepted(source.dataSetId);
    this.published = { ...source, grantId, grantArn };
    const [revision] = (await this.call("ListDataSetRevisions", { dataSetId }, receiver)).Revisions;
    const ids = { dataSetId, revisionId: revision!.Id };
    const [asset] = (await this.call("ListRevisionAssets", ids, receiver)).Assets;
    this.entitled = { ...ids, assetId: asset!.Id };
    await this.accepted();
    await this.accepted();
    await this.grant();
  }
}

/** So that requests of every operation can be valid. */
const lenient = { requireBucketPolicy: false, marketplace: true };

/** An API that has an address, but nobody answers there. */
export const unreachableApi = "unreachable";

/** What the world reads out of answers. */
interface Answered {
  readonly Id: string;
  readonly Arn: string;
  readonly DataSetId: string;
  readonly State: string;
  readonly Details: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  readonly Assets: readonly { readonly Id: string }[];
  readonly Revisions: readonly { readonly Id: string }[];
}
