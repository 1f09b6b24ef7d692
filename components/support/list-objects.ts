/** Lists the objects of a bucket with the program's own identity. */
import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { runtime } from "@pulumi/pulumi";

import { InputError } from "../../lib/input-error";
import type { ConnectionSettings, OwnSettings } from "../../provider/aws/settings";
import { connectionSettings, resolveRegion } from "../../provider/aws/settings";
import { openNetwork } from "../../provider/aws/network";
import { usesMocks } from "../../provider/resources/upload-asset";
import { readConfig } from "./connection-config";
import type { S3Object } from "./asset-names";

export interface ListedObject extends S3Object {
  /** Whether the object must be restored from an archive before it can be read. */
  readonly archived: boolean;
}

/**
 * Objects below a prefix, in the order of their keys; `undefined` if the bucket does not exist. Objects that stand for
 * folders, empty and with a key that ends in `/`, are left out.
 *
 * @throws InputError with the error of S3 if the bucket cannot be listed.
 */
export async function listObjects(
  bucket: string,
  prefix: string,
  own: OwnSettings,
): Promise<ListedObject[] | undefined> {
  if (usesMocks()) return mockedObjects(bucket, prefix);
  try {
    return await listAllObjects(bucket, prefix, connectionSettings(own, readConfig));
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NoSuchBucket") return undefined;
    throw new InputError(
      "bucket-not-listable",
      `s3://${bucket} cannot be listed: ${name}: ${message.replace(/\.$/, "")}. ` +
        "Listing needs s3:ListBucket on the bucket, and the region and credentials of the jobs.",
    );
  }
}

async function listAllObjects(
  bucket: string,
  prefix: string,
  settings: ConnectionSettings,
): Promise<ListedObject[]> {
  // The SDK is loaded by the first listing, so that a program that lists nothing does not load it.
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { clientConfig } = await import("../../provider/aws/client-config.js");
  const { s3Endpoint } = settings;
  const region = await resolveRegion(settings);
  const client = new S3Client({
    ...clientConfig({ ...settings, region }, (await openNetwork(settings)).aws),
    ...(s3Endpoint && { endpoint: s3Endpoint }),
    forcePathStyle: settings.s3UsePathStyle ?? hasCustomEndpoint(settings),
    followRegionRedirects: true,
  });
  try {
    const objects: ListedObject[] = [];
    for await (const { Contents = [] } of listObjectPages(client, bucket, prefix)) {
      for (const { Key = "", ETag, Size, StorageClass = "", RestoreStatus } of Contents) {
        if (Key.endsWith("/") && Size === 0) continue;
        const archived = archiveClasses.has(StorageClass) && RestoreStatus?.RestoreExpiryDate === undefined;
        objects.push({ key: Key, ...(ETag && { etag: ETag }), archived });
      }
    }
    return objects;
  } finally {
    client.destroy();
  }
}

/**
 * Storage classes whose objects must be restored before they can be read. Source: Amazon S3 User Guide, "Working with
 * archived objects"; a listing does not say which objects of S3 Intelligent-Tiering are in its archive tiers.
 */
const archiveClasses: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** Servers at a custom endpoint seldom have a host name for each bucket. */
const hasCustomEndpoint = ({ s3Endpoint }: ConnectionSettings): boolean =>
  Boolean(s3Endpoint || process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);

/** Returns all pages or fails, because an incomplete listing would publish an incomplete revision. */
async function* listObjectPages(
  client: S3Client,
  Bucket: string,
  Prefix: string,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  let ContinuationToken: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        ...{ Bucket, Prefix, ContinuationToken },
        OptionalObjectAttributes: ["RestoreStatus"],
      }),
    );
    assertComplete(page, ContinuationToken);
    yield page;
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

/** Rejects answers that are not from S3, such as a proxy's, or that are incomplete. Source: API reference, ListObjectsV2. */
function assertComplete(page: ListObjectsV2CommandOutput, token: string | undefined): void {
  const { Name, IsTruncated, KeyCount, Contents = [], NextContinuationToken } = page;
  const incomplete = (why: string): Error =>
    Object.assign(new Error(`the answer is not a complete listing (${why})`), {
      name: "IncompleteListingError",
    });
  if (!Name || IsTruncated === undefined) throw incomplete("Name or IsTruncated is missing");
  if (KeyCount !== undefined && KeyCount !== Contents.length) {
    throw incomplete(`KeyCount is ${KeyCount}, but it contains ${Contents.length} keys`);
  }
  if (IsTruncated && (!NextContinuationToken || NextContinuationToken === token)) {
    throw incomplete("IsTruncated is true, but there is no new NextContinuationToken");
  }
}

/** The function of `@pulumi/aws` that lists a bucket. A program's mocks may answer it already. */
const listingCall = "aws:s3/getObjects:getObjects";

/** In a unit test of a program, the mocks of `pulumi.runtime.setMocks` list the bucket. */
async function mockedObjects(bucket: string, prefix: string): Promise<ListedObject[]> {
  const answer = (await runtime.invoke(listingCall, { bucket, prefix }, { async: true })) as {
    keys?: unknown;
  };
  const keys = answer?.keys;
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string")) {
    throw new InputError(
      "listing-not-mocked",
      `pulumi.runtime.setMocks is in use, so the bucket is not listed. Let the mocks answer the call ${listingCall} ` +
        "with { keys: [...] }, or give keys.",
    );
  }
  return keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, archived: false }));
}
