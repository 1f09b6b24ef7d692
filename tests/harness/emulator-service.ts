/** A local Data Exchange with clients, and the first steps of most of its tests. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as Sdk from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { LocalDataExchangeOptions } from "../../emulator/index";
import { LocalDataExchange } from "../../emulator/index";
import { jobTypes } from "../../service-model/job-types/index";
import type { OperationName } from "../../service-model/operations/index";
import { ServiceClients, toSdkIds } from "./service";

type Command<O extends OperationName> = InstanceType<(typeof Sdk)[`${O}Command`]>;
/** An operation's input, as the SDK types it. */
export type SdkInput<O extends OperationName> = Command<O>["input"];
/** An operation's output, as the SDK types it. */
export type SdkOutput<O extends OperationName> = Awaited<
  ReturnType<ReturnType<Command<O>["resolveMiddleware"]>>
>["output"];

export interface SdkIds {
  readonly DataSetId: string;
  readonly RevisionId: string;
}

/** Clients that try each request once, so that a test sees every answer. */
export class EmulatorClients extends ServiceClients {
  constructor(endpoint: string) {
    super(endpoint, { maxAttempts: 1 });
  }

  /** Calls an operation of the service. */
  call<O extends OperationName>(
    operation: O,
    input: SdkInput<O>,
    client = this.dataExchange,
  ): Promise<SdkOutput<O>> {
    const Command = Sdk[`${operation}Command`] as unknown as typeof Sdk.GetJobCommand;
    return client.send(new Command(input as Sdk.GetJobRequest));
  }

  /** A new data set with one empty revision. */
  async createRevisionIds(assetType?: Sdk.AssetType, client = this.dataExchange): Promise<SdkIds> {
    return toSdkIds(await this.createEmptyRevision(assetType, client));
  }

  /** A new revision with one asset for each text, named by the key. */
  async createFilledRevision(texts: Readonly<Record<string, string>>) {
    const Bucket = await this.createBucket(`source-${Math.random().toString(36).slice(2)}`, texts);
    const ids = await this.createRevisionIds();
    await this.importObjects(ids, Bucket, ...Object.keys(texts));
    return { ...ids, assets: await this.listAssets(ids) };
  }

  async createFinalizedRevision(texts: Readonly<Record<string, string>> = { a: "1" }): Promise<SdkIds> {
    const { DataSetId, RevisionId } = await this.createFilledRevision(texts);
    await this.finalize({ DataSetId, RevisionId });
    return { DataSetId, RevisionId };
  }

  finalize(ids: SdkIds, Finalized = true) {
    return this.call("UpdateRevision", { ...ids, Finalized });
  }

  importObjects(ids: SdkIds, Bucket: string, ...keys: string[]) {
    const AssetSources = keys.map((Key) => ({ Bucket, Key }));
    return this.runJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
  }

  /** Creates a job for an upload of the text; `url` is the signed URL. */
  createUpload(text: string, ids?: SdkIds) {
    return this.createUploadOf(md5Of(text), ids);
  }

  async createUploadOf(Md5Hash: string, ids?: SdkIds) {
    const details = { ...(ids ?? (await this.createRevisionIds())), AssetName: "file", Md5Hash };
    const job = await this.call("CreateJob", jobRequest("ImportAssetFromSignedUrl", details));
    return { id: job.Id!, url: job.Details!.ImportAssetFromSignedUrl!.SignedUrl! };
  }

  /** Imports an API by its specification into a new revision; returns the ended job. */
  async importApi(ApiId: string, specification = '{"openapi":"3.0.1"}') {
    const ids = await this.createRevisionIds("API_GATEWAY_API");
    const { Id, Details } = await this.call(
      "CreateJob",
      jobRequest("ImportAssetFromApiGatewayApi", {
        ...{ ...ids, ApiId, ApiName: "prices", ProtocolType: "REST", Stage: "prod", ApiKey: "very-secret" },
        ApiSpecificationMd5Hash: md5Of(specification),
      }),
    );
    const url = Details!.ImportAssetFromApiGatewayApi!.ApiSpecificationUploadUrl!;
    await fetch(url, { method: "PUT", body: specification });
    return { ids, job: await this.finishJob(Id!) };
  }

  /** Runs a job that must end in ERROR; returns its first error. */
  async jobError(request: Sdk.CreateJobRequest | string, client = this.dataExchange): Promise<Sdk.JobError> {
    const id = typeof request === "string" ? request : await this.createJob(request, client);
    const { State, Errors } = await this.finishJob(id, client);
    expect(State).to.equal("ERROR");
    return Errors![0]!;
  }

  async listAssets(ids: SdkIds, client = this.dataExchange) {
    return (await this.call("ListRevisionAssets", ids, client)).Assets!;
  }

  /** Grants a data set to another account. */
  createGrant(
    SourceDataSetId: string,
    ReceiverPrincipal: string,
    more: Partial<Sdk.CreateDataGrantRequest> = {},
  ) {
    const grant = { Name: "g", GrantDistributionScope: "NONE", SourceDataSetId, ReceiverPrincipal } as const;
    return this.call("CreateDataGrant", { ...grant, ...more });
  }

  /** Grants a data set to another account, which accepts; returns the id of the entitled data set. */
  async shareDataSet(...grant: Parameters<EmulatorClients["createGrant"]>): Promise<string> {
    const { Arn, DataSetId } = await this.createGrant(...grant);
    await this.call("AcceptDataGrant", { DataGrantArn: Arn }, this.connect("us-east-1", grant[1]));
    return DataSetId!;
  }

  /** Creates an event action that exports each new revision of an entitled data set. */
  createEventAction(
    DataSetId: string,
    RevisionDestination: Sdk.AutoExportRevisionDestinationEntry,
    client: Sdk.DataExchange,
    Encryption?: Sdk.ExportServerSideEncryption,
  ) {
    const Action = { ExportRevisionToS3: { RevisionDestination, Encryption } };
    return this.call("CreateEventAction", { Event: { RevisionPublished: { DataSetId } }, Action }, client);
  }

  /** A bucket whose policy lets the service write, as event actions need it. */
  async createWritableBucket(name: string): Promise<string> {
    await this.createBucket(name);
    await this.allowService(name, ["s3:PutObject", "s3:PutObjectAcl"]);
    return name;
  }

  /** Gives a bucket a policy that allows the service these actions on its objects. */
  allowService(Bucket: string, Action: string | string[]) {
    const grantee = { Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" } };
    const Policy = JSON.stringify({
      Statement: [{ ...grantee, Action, Resource: `arn:aws:s3:::${Bucket}/*` }],
    });
    return this.s3.putBucketPolicy({ Bucket, Policy });
  }
}

/** A local Data Exchange in this process, with its clients. */
export class EmulatorService extends EmulatorClients {
  constructor(readonly local: LocalDataExchange) {
    super(local.endpoint);
  }

  static async start(options: LocalDataExchangeOptions = {}): Promise<EmulatorService> {
    return new EmulatorService(await LocalDataExchange.start({ jobDuration: 5, ...options }));
  }

  async stop(): Promise<void> {
    this.close();
    await this.local.stop();
  }
}

type Details = Required<Sdk.RequestDetails>;

/** A CreateJob request of the type that the details are for. */
export function jobRequest<K extends keyof Details>(key: K, details: Details[K]): Sdk.CreateJobRequest {
  const { type } = jobTypes.find(({ detailsKey }) => detailsKey.toLowerCase() === key.toLowerCase())!;
  return { Type: type as Sdk.Type, Details: { [key]: details } };
}

export const md5Of = (text: string): string => createHash("md5").update(text).digest("base64");

/** Polls until the condition holds or mocha's timeout expires. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}

/** An error with the members that the service gives it. */
export type ServiceFailure = Error & { readonly $metadata: { readonly httpStatusCode?: number } } & Readonly<
    Record<string, unknown>
  >;

/** The error that a promise rejects with, which must have the name. */
export async function rejection(promise: Promise<unknown>, name?: string): Promise<ServiceFailure> {
  const error = await promise.then(
    () => expect.fail(`The call succeeded; ${name ?? "an error"} was expected.`),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Error);
  if (name !== undefined) expect((error as Error).name).to.equal(name);
  return error as ServiceFailure;
}
