import * as Sdk from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Client } from "./client";

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
