/** A service that holds resources of every kind, in two accounts, for requests to name. */
import { expect } from "chai";
import type { ChangeableSettings } from "../../../emulator/control/settings";
import { LocalDataExchange } from "../../../emulator/index";
import type { OperationName } from "../../../service-model/operations/index";
import type { AssetType } from "../../../service-model/shared-shapes";
import { toSdkIds } from "../../harness/service";
import type { SdkIds } from "../../harness/emulator-service";
import { EmulatorService, jobRequest } from "../../harness/emulator-service";
import type { AssetIds } from "./valid-jobs";
import { importJobs, specification } from "./valid-jobs";
import type { Answer, Json, Request } from "./wire";
import { owner, sendRequest } from "./wire";

export const receiver = "222222222222";
/** The id of an API whose address refuses connections. */
export const unreachableApi = "unreachable";

export class PopulatedService extends EmulatorService {
  /** The operation, the status and the error of each answer to `send`. */
  readonly answered: { operation: OperationName; status: number; error?: string }[] = [];
  readonly receiverClient = this.connect("us-east-1", receiver);
  /** An asset of each type, in a revision that is not finalized. */
  readonly assets = new Map<AssetType, AssetIds>();
  /** An asset of a finalized revision whose data set is granted to the receiver. */
  published!: AssetIds & { readonly grantId: string; readonly grantArn: string };
  /** The same asset as the receiver sees it. */
  entitled!: AssetIds;

  static override async start(): Promise<PopulatedService> {
    const apis = { [unreachableApi]: "http://127.0.0.1:9/stage" };
    const allowed = { requireBucketPolicy: false, marketplace: true };
    const service = new PopulatedService(
      await LocalDataExchange.start({ jobDuration: 1, seed: "operations", apis, ...allowed }),
    );
    await service.#populate();
    return service;
  }

  override async stop(): Promise<void> {
    this.receiverClient.destroy();
    await super.stop();
  }

  /** Sends a request as HTTP carries it. */
  async send(operation: OperationName, request: Request): Promise<Answer> {
    const answer = await sendRequest(this.endpoint, operation, request);
    this.answered.push({ operation, status: answer.status, error: answer.error });
    return answer;
  }

  /** Sends a request that must succeed. */
  async succeed(
    operation: OperationName,
    input: object,
    as = owner,
  ): Promise<Json & { Id: string; Arn: string }> {
    const { status, json, body } = await this.send(operation, { input: { ...input }, as });
    expect(status, `${operation}: ${body}`).to.be.within(200, 299);
    return json as Json & { Id: string; Arn: string };
  }

  async withSettings<T>(settings: ChangeableSettings, act: () => Promise<T>): Promise<T> {
    this.local.settings.change(settings);
    try {
      return await act();
    } finally {
      this.local.settings.change({ limits: undefined, quotas: undefined, requestsPerSecond: undefined });
    }
  }

  async createAsset(): Promise<AssetIds> {
    return this.importAsset(await this.createEmptyRevision(), "source", "a.csv");
  }

  async createFinalizedAsset(): Promise<AssetIds> {
    const ids = await this.createAsset();
    await this.finalizeRevision(ids);
    return ids;
  }

  async createPendingGrant(dataSetId?: string) {
    const optional = { EndsAt: new Date("2999-01-01"), Description: "d", Tags: { team: "a" } };
    const { Id, Arn, DataSetId } = await this.createGrant(
      dataSetId ?? (await this.createDataSet()),
      receiver,
      optional,
    );
    return { id: Id!, arn: Arn!, entitledId: DataSetId! };
  }

  async createAcceptedGrant(dataSetId?: string) {
    const grant = await this.createPendingGrant(dataSetId);
    await this.call("AcceptDataGrant", { DataGrantArn: grant.arn }, this.receiverClient);
    return grant;
  }

  /** A data set of files that the receiver is entitled to. */
  async createEntitledFiles(): Promise<string> {
    return (await this.createAcceptedGrant()).entitledId;
  }

  /** An event action of the receiver. */
  async createReceiverAction(dataSetId?: string) {
    const source = dataSetId ?? (await this.createEntitledFiles());
    const { Id, Arn } = await this.createEventAction(source, { Bucket: "target" }, this.receiverClient);
    return { id: Id!, arn: Arn! };
  }

  async createWaitingJob(): Promise<string> {
    const AssetSources = [{ Bucket: "source", Key: "a.csv" }];
    const ids = toSdkIds(await this.createEmptyRevision());
    return this.createJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
  }

  async createApi(apiId: string): Promise<AssetIds> {
    return this.#firstAsset((await this.importApi(apiId, specification)).ids);
  }

  async #firstAsset(ids: SdkIds, client = this.dataExchange): Promise<AssetIds> {
    const [asset] = await this.listAssets(ids, client);
    return { dataSetId: ids.DataSetId, revisionId: ids.RevisionId, assetId: asset!.Id! };
  }

  async #populate(): Promise<void> {
    await this.createBucket("source", { "a.csv": "a", "b.csv": "b", "c.csv": "c" });
    await this.createBucket("target");
    this.assets.set("API_GATEWAY_API", await this.createApi("abc123"));
    for (const { assetType, ids, request } of await importJobs(this)) {
      if (this.assets.has(assetType)) continue;
      const job = await this.finishJob((await this.succeed("CreateJob", request)).Id);
      expect(job.State, JSON.stringify(job.Errors)).to.equal("COMPLETED");
      this.assets.set(assetType, await this.#firstAsset(toSdkIds(ids)));
    }
    await this.#publish();
  }

  /** Publishes to the receiver, and grants more, so that lists of grants have several pages. */
  async #publish(): Promise<void> {
    const source = await this.createFinalizedAsset();
    const { id: grantId, arn: grantArn, entitledId } = await this.createAcceptedGrant(source.dataSetId);
    this.published = { ...source, grantId, grantArn };
    const { Revisions } = await this.call(
      "ListDataSetRevisions",
      { DataSetId: entitledId },
      this.receiverClient,
    );
    const ids = { DataSetId: entitledId, RevisionId: Revisions![0]!.Id! };
    this.entitled = await this.#firstAsset(ids, this.receiverClient);
    for (let more = 0; more < 2; more += 1) await this.createAcceptedGrant();
    await this.createPendingGrant();
  }
}
