/** What a client of the service can do, whichever program it is, with the names and shapes of the service's API. */
import { createHash } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { OperationName } from "../../service-model/operations/index";

type Command<O extends OperationName> = InstanceType<(typeof Sdk)[`${O}Command`]>;
export type Input<O extends OperationName> = Command<O>["input"];
type Handled<O extends OperationName> = Awaited<
  ReturnType<ReturnType<Command<O>["resolveMiddleware"]>>
>["output"];
/** As the SDK types it, all members there. A moment is a Date to the one client and text to the other. */
export type Output<O extends OperationName> = Required<Omit<Handled<O>, "$metadata">>;

export interface Client {
  /** Fails with an error that has the name of the service's. */
  readonly ask: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Output<O>>;
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
