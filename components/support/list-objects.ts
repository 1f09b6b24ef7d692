import { getConfig } from "@pulumi/pulumi/runtime/config";
import { usesMocks } from "../../provider/dynamic/upload-asset";
import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { networkOf } from "../../provider/aws/network";
import type { ConnectionSettings, OwnSettings } from "../../provider/aws/settings";
import { connectionSettings, resolveRegion } from "../../provider/aws/settings";
import type { S3Object } from "./asset-names";
import { InputError } from "./input-error";
import { runtime } from "@pulumi/pulumi";

/** The objects of a bucket, as the program's own identity sees them. */

/** An object, and whether it has to be restored from an archive before anybody can read it. */
export interface ListedObject extends S3Object {
  readonly archived: boolean;
}

/**
 * Objects below a prefix, in the order of their keys; nothing when there is no such bucket. Those that stand for
 * folders, empty and ending in `/`, are left out. Refuses with what S3 says when it cannot be asked.
 */
export async function listObjects(
  bucket: string,
  prefix: string,
  own: OwnSettings,
): Promise<ListedObject[] | undefined> {
  if (usesMocks()) return mockedObjects(bucket, prefix);
  try {
    return await listed(bucket, prefix, connectionSettings(own, getConfig));
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NoSuchBucket") return undefined;
    throw new InputError(
      `s3://${bucket} cannot be listed: ${name}: ${message.replace(/\.$/, "")}. ` +
        "It takes s3:ListBucket on the bucket, and region and credentials as for the jobs.",
    );
  }
}

async function listed(bucket: string, prefix: string, settings: ConnectionSettings): Promise<ListedObject[]> {
  // The SDK is loaded by the first listing, so that a program that lists nothing does not pay for it.
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { clientConfig } = await import("../../provider/aws/client-config.js");
  const { s3Endpoint } = settings;
  const region = await resolveRegion(settings);
  const client = new S3Client({
    ...clientConfig({ ...settings, region }, (await networkOf(settings)).aws),
    ...(s3Endpoint && { endpoint: s3Endpoint }),
    forcePathStyle: settings.s3UsePathStyle ?? hasOwnServer(settings),
    followRegionRedirects: true,
  });
  try {
    const found: ListedObject[] = [];
    for await (const { Contents = [] } of pagesOf(client, bucket, prefix)) {
      for (const { Key = "", ETag, Size, StorageClass = "", RestoreStatus } of Contents) {
        if (Key.endsWith("/") && Size === 0) continue;
        const archived = archives.has(StorageClass) && RestoreStatus?.RestoreExpiryDate === undefined;
        found.push({ key: Key, ...(ETag && { etag: ETag }), archived });
      }
    }
    return found;
  } finally {
    client.destroy();
  }
}

/**
 * Storage classes whose objects must be restored before they can be read. Source: Amazon S3 User Guide, "Working with
 * archived objects"; a listing does not say which objects of S3 Intelligent-Tiering are in its archive tiers.
 */
const archives: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** All pages, or an error: a listing that lacks a part would publish a revision that lacks it. */
async function* pagesOf(
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
    refusePartial(page, ContinuationToken);
    yield page;
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

/** What every listing of S3 holds, and an answer of a proxy does not. Source: API reference, ListObjectsV2. */
function refusePartial(page: ListObjectsV2CommandOutput, token: string | undefined): void {
  const { Name, IsTruncated, KeyCount, Contents = [], NextContinuationToken } = page;
  const incomplete = (why: string): Error =>
    Object.assign(new Error(`the answer is no complete listing (${why})`), { name: "IncompleteListing" });
  if (!Name || IsTruncated === undefined)
    throw incomplete("it names no bucket, or not whether there is more");
  if (KeyCount !== undefined && KeyCount !== Contents.length) {
    throw incomplete(`it announces ${KeyCount} keys and has ${Contents.length}`);
  }
  if (IsTruncated && (!NextContinuationToken || NextContinuationToken === token)) {
    throw incomplete("there is more, and nothing says where it goes on");
  }
}

/** An endpoint that was set belongs to a server that seldom has names for its buckets. */
const hasOwnServer = ({ s3Endpoint }: ConnectionSettings): boolean =>
  Boolean(s3Endpoint || process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);

/** Unit tests of programs, in which `pulumi.runtime.setMocks` answers for all the world. */

/** The function of `@pulumi/aws` that lists a bucket, so that tests answer what they know already. */
const listing = "aws:s3/getObjects:getObjects";

/** What the mocks say that lies below the prefix. */
export async function mockedObjects(bucket: string, prefix: string): Promise<ListedObject[]> {
  const answer = (await runtime.invoke(listing, { bucket, prefix }, { async: true })) as { keys?: unknown };
  const keys = answer?.keys;
  if (!Array.isArray(keys) || !keys.every((key): key is string => typeof key === "string")) {
    throw new InputError(
      `pulumi.runtime.setMocks is in use, so the bucket is not listed: let the mocks answer the call ${listing} ` +
        "with { keys: [...] }, or give keys.",
    );
  }
  return keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, archived: false }));
}
