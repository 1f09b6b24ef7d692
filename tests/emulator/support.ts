/** A local Data Exchange with clients, and the steps that most of its tests begin with. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as Sdk from "@aws-sdk/client-dataexchange";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { LocalDataExchangeOptions } from "../../emulator/index";
import { LocalDataExchange } from "../../emulator/index";
import { jobTypes } from "../../service-model/job-types/index";
import type { OperationName } from "../../service-model/operations/index";
import { ServiceClients, toSdkIds } from "../harness/service";

type Command<O extends OperationName> = InstanceType<(typeof Sdk)[`${O}Command`]>;
/** An operation's input, as the SDK types it. */
export type SdkInput<O extends OperationName> = Command<O>["input"];
/** An operation's answer, as the SDK types it. */
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

  importObjects(ids: SdkIds, Bucket: string, ...keys: string[]) {
    const AssetSources = keys.map((Key) => ({ Bucket, Key }));
    return this.runJob(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
  }

  async listAssets(ids: SdkIds) {
    return (await this.call("ListRevisionAssets", ids)).Assets!;
  }

  /** Grants a data set to another account, which accepts; returns the id of the entitled data set. */
  async shareDataSet(SourceDataSetId: string, receiver: string): Promise<string> {
    const grant = { Name: "g", GrantDistributionScope: "NONE", SourceDataSetId } as const;
    const { Arn, DataSetId } = await this.call("CreateDataGrant", { ...grant, ReceiverPrincipal: receiver });
    await this.call("AcceptDataGrant", { DataGrantArn: Arn }, this.connect("us-east-1", receiver));
    return DataSetId!;
  }

  /** A bucket whose policy lets the service write, as event actions need it. */
  async createWritableBucket(name: string): Promise<string> {
    await this.createBucket(name);
    const grantee = { Effect: "Allow", Principal: { Service: "dataexchange.amazonaws.com" } };
    const access = { Action: ["s3:PutObject", "s3:PutObjectAcl"], Resource: `arn:aws:s3:::${name}/*` };
    const Policy = JSON.stringify({ Statement: [{ ...grantee, ...access }] });
    await this.s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
    return name;
  }
}

/** A local Data Exchange of the test's own, with its clients. */
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

/** Polls until the condition holds; mocha's timeout ends what never comes. */
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
