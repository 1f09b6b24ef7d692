/** The objects of a bucket, as the program's own identity sees them. */
import { getConfig } from "@pulumi/pulumi/runtime/config";

import { credentialsFor } from "../provider/aws/credentials";
import { resolveRegion } from "../provider/aws/region";
import type { ConnectionSettings, OwnSettings } from "../provider/aws/settings";
import { connectionSettings } from "../provider/aws/settings";
import type { S3Object } from "./object-names";
import { Refusal } from "./refusal";

/**
 * Objects below a prefix, in the order of their keys; nothing when there is no such bucket. Those that stand for
 * folders, empty and ending in `/`, are left out. Refuses with what S3 says when it cannot be asked.
 */
export async function listObjects(
  bucket: string,
  prefix: string,
  own: OwnSettings,
): Promise<S3Object[] | undefined> {
  try {
    return await listed(bucket, prefix, connectionSettings(own, getConfig));
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NoSuchBucket") return undefined;
    throw new Refusal(
      `s3://${bucket} cannot be listed: ${name}: ${message.replace(/\.$/, "")}. ` +
        "It takes s3:ListBucket on the bucket, and region and credentials as for the jobs.",
    );
  }
}

async function listed(bucket: string, prefix: string, settings: ConnectionSettings): Promise<S3Object[]> {
  // The SDK is loaded by the first listing, so that a program that lists nothing does not pay for it.
  const { S3Client, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const { s3Endpoint, profile, useFipsEndpoint, useDualstackEndpoint } = settings;
  const client = new S3Client({
    region: await resolveRegion(settings),
    ...(profile && { profile }),
    ...(s3Endpoint && { endpoint: s3Endpoint }),
    ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
    ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    forcePathStyle: settings.s3UsePathStyle ?? hasOwnServer(settings),
    followRegionRedirects: true,
    credentials: credentialsFor(settings),
  });
  try {
    const found: S3Object[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key = "", ETag, Size } of Contents) {
        if (!(Key.endsWith("/") && Size === 0)) found.push({ key: Key, ...(ETag && { etag: ETag }) });
      }
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** An endpoint that was set belongs to a server that seldom has names for its buckets. */
const hasOwnServer = ({ s3Endpoint }: ConnectionSettings): boolean =>
  Boolean(s3Endpoint || process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);
