/** The interface of clients in the scenarios, and its implementation by the JavaScript client. */
import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Credential } from "../../emulator/index";
import { LocalDataExchange } from "../../emulator/index";
import type { OperationName } from "../../service-model/operations";
import type { SdkInput, SdkOutput } from "../harness/emulator-service";
import { rejection } from "../harness/emulator-service";
import * as Sdk from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

/** The SDK's type of a response, with all members required. aws-cli returns dates as text. */
export type Output<O extends OperationName> = Required<Omit<SdkOutput<O>, "$metadata">>;

export interface Client {
  /** Calls an operation. Rejects with an error whose `name` is the service's error code. */
  readonly send: <O extends OperationName>(operation: O, input: SdkInput<O>) => Promise<Output<O>>;
  makeBucket(bucket: string): Promise<void>;
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  get(bucket: string, key: string): Promise<Uint8Array>;
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");

/** Returns the name of the error with which a call rejects. */
export const errorNameOf = async (call: Promise<unknown>): Promise<string> => (await rejection(call)).name;

/** Downloads a signed URL. */
export async function download(url: string | undefined): Promise<Uint8Array> {
  const response = await fetch(url!);
  expect(response.status).to.equal(200);
  return new Uint8Array(await response.arrayBuffer());
}

/** Uploads a body to a signed URL. */
export async function upload(url: string | undefined, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(url!, { method: "PUT", body, headers: { "Content-MD5": md5(body) } });
  expect(response.status).to.equal(200);
}

export type KeyPair = Pick<Credential, "accessKeyId" | "secretAccessKey">;

/** The official client, configured as its documentation says. */
export function javaScriptClient(endpoint: string, credentials: KeyPair): Client & { close(): void } {
  const settings = { endpoint, region: "us-east-1", credentials };
  // The client adds `api-fulfill.` to the host of SendApiAsset, which is not possible with an IP address.
  const dx = new Sdk.DataExchangeClient({ ...settings, disableHostPrefix: true });
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  return {
    send: (operation, input) => {
      const Command = Sdk[`${operation}Command`] as unknown as typeof Sdk.GetJobCommand;
      return dx.send(new Command(input as Sdk.GetJobRequest)) as Promise<never>;
    },
    makeBucket: async (Bucket) => void (await s3.send(new CreateBucketCommand({ Bucket }))),
    put: async (Bucket, Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
    get: async (Bucket, Key) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray(),
    close: () => [dx, s3].forEach((client) => client.destroy()),
  };
}

/** A local service that verifies signatures, and clients of two accounts. */
export interface Callers<C extends Client = Client> {
  readonly local: LocalDataExchange;
  readonly owner: C;
  readonly subscriber: C;
}

export const ownerKeys = {
  accessKeyId: "AKIDOWNER",
  secretAccessKey: "se/cret+with=odd",
  accountId: "111111111111",
};
const subscriberKeys = { accessKeyId: "AKIDSUB", secretAccessKey: "other", accountId: "222222222222" };

export async function startCallers<C extends Client>(
  clientOf: (endpoint: string, keys: KeyPair) => C,
): Promise<Callers<C>> {
  const local = await LocalDataExchange.start({
    credentials: [ownerKeys, subscriberKeys],
    // The defaults would require more preparation for SendDataSetNotification and CreateEventAction.
    marketplace: true,
    requireBucketPolicy: false,
  });
  const [owner, subscriber] = [ownerKeys, subscriberKeys].map((keys) => clientOf(local.endpoint, keys));
  return { local, owner: owner!, subscriber: subscriber! };
}

/** Contains every kind of character that clients encode differently. */
export const oddKey = "a b+c=d&e/ü~(1)'x'*!@:,;?#[%41]{}|^`<>/日本.csv";
