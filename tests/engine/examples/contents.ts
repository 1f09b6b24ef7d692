/** What came out, byte for byte. */
import { createHash } from "node:crypto";

import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import {
  CreateJobCommand,
  GetJobCommand,
  GetRevisionCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
} from "@aws-sdk/client-dataexchange";
import type { S3Client } from "@aws-sdk/client-s3";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";

/** Names with length and SHA-256 of what they name. */
export type Digests = Record<string, string>;

export const digests = (contents: Readonly<Record<string, Uint8Array | string>>): Digests =>
  Object.fromEntries(
    Object.entries(contents)
      .map(([name, bytes]) => [name, Buffer.from(bytes)] as const)
      .map(([name, bytes]) => [name, `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`]),
  );

/** The objects of a bucket. */
export async function objectsIn(s3: S3Client, Bucket: string): Promise<Digests> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const objects: Record<string, Uint8Array> = {};
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    objects[Key!] = await Body!.transformToByteArray();
  }
  return digests(objects);
}

export interface Place {
  readonly dataSetId: string;
  readonly revisionId: string;
}

/** The assets of a finalized revision, each by an export of its own. */
export async function assetsIn(
  service: DataExchangeClient,
  { dataSetId: DataSetId, revisionId: RevisionId }: Place,
): Promise<Digests> {
  const { Finalized } = await service.send(new GetRevisionCommand({ DataSetId, RevisionId }));
  if (!Finalized) throw new Error(`The revision ${RevisionId} is not finalized.`);
  const { Assets = [] } = await service.send(new ListRevisionAssetsCommand({ DataSetId, RevisionId }));
  const assets: Record<string, Uint8Array> = {};
  for (const { Id: AssetId, Name } of Assets) {
    const { Id: JobId } = await service.send(
      new CreateJobCommand({
        Type: "EXPORT_ASSET_TO_SIGNED_URL",
        Details: { ExportAssetToSignedUrl: { DataSetId, RevisionId, AssetId } },
      }),
    );
    await service.send(new StartJobCommand({ JobId }));
    assets[Name!] = new Uint8Array(await (await fetch(await signedUrlOf(service, JobId!))).arrayBuffer());
  }
  return digests(assets);
}

async function signedUrlOf(service: DataExchangeClient, JobId: string): Promise<string> {
  for (;;) {
    const { State, Details } = await service.send(new GetJobCommand({ JobId }));
    if (State === "COMPLETED") return Details!.ExportAssetToSignedUrl!.SignedUrl!;
    if (State !== "IN_PROGRESS") throw new Error(`The export of an asset ended in ${State}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
