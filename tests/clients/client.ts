/** The interface of client programs, with the names of the service's API, and the client in JavaScript. */
import { createHash } from "node:crypto";
import { expect } from "chai";
import type { OperationName } from "../../service-model/operations";
import type { SdkInput, SdkOutput } from "../emulator/support";
import * as Sdk from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Missing, Program } from "../../scripts/find-aws-cli";

/** As the SDK types it, all members present. A moment is a Date to one client and text to the other. */
export type Output<O extends OperationName> = Required<Omit<SdkOutput<O>, "$metadata">>;

export interface Client {
  /** Fails with an error that has the name of the service's. */
  readonly ask: <O extends OperationName>(operation: O, input: SdkInput<O>) => Promise<Output<O>>;
  makeBucket(bucket: string): Promise<void>;
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  get(bucket: string, key: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");

/** The name of the error that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const name = await call.then(
    () => undefined,
    (error: Error) => error.name,
  );
  return name ?? expect.fail("It was not refused.");
}

/** What is fetched from a URL, which needs no credentials. */
export async function fetched(url: string | undefined): Promise<Uint8Array> {
  const answer = await fetch(url!);
  expect(answer.status).to.equal(200);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Puts a body to a signed URL. */
export async function upload(url: string | undefined, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const answer = await fetch(url!, { method: "PUT", body, headers: { "Content-MD5": md5(body) } });
  expect(answer.status).to.equal(200);
}

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The official client, as its documentation shows it. */
export function javaScriptClient(endpoint: string, credentials: KeyPair): Client {
  const settings = { endpoint, region: "us-east-1", credentials };
  // Before an IP address the client's `api-fulfill.` makes a host that there is not.
  const dx = new Sdk.DataExchangeClient({ ...settings, disableHostPrefix: true });
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  return {
    ask: (operation, input) => {
      const Command = Sdk[`${operation}Command`] as unknown as typeof Sdk.GetJobCommand;
      return dx.send(new Command(input as Sdk.GetJobRequest)) as Promise<never>;
    },
    makeBucket: async (Bucket) => void (await s3.send(new CreateBucketCommand({ Bucket }))),
    put: async (Bucket, Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
    get: async (Bucket, Key) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToByteArray(),
    close: () => {
      dx.destroy();
      s3.destroy();
      return Promise.resolve();
    },
  };
}

/** Key pairs, and a key of S3 with every kind of character that clients write in ways of their own. */
export const right = {
  accessKeyId: "AKIDRIGHT",
  secretAccessKey: "se/cret+with=odd",
  accountId: "222222222222",
};
export const wrongSecret = { ...right, secretAccessKey: "guessed" };
export const unknownKey = { ...right, accessKeyId: "AKIDUNKNOWN" };

export const oddKey = "a b+c=d&e/ü~(1)'x'*!@:,;?#[%41]{}|^`<>/日本.csv";

/** Programs that a machine may lack; without one its tests are skipped, and say why. */

export async function need(this: Mocha.Context, find: () => Promise<Program | Missing>): Promise<Program> {
  // The first time may have to install it.
  this.timeout(6 * 60_000);
  const found = await find();
  if (!("because" in found)) return found;
  console.error(found.because);
  return this.skip();
}

/** The environment of a Python with a client of AWS: nothing of this machine's owner, and text in UTF-8 everywhere. */
export function cleanEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    PYTHONIOENCODING: "utf-8",
    PYTHONUTF8: "1",
  };
}
