/** What can be set on a bucket, and what S3 answers for settings that nobody made. */
import type { Answer, Call, Handler } from "./request";
import { receiveText } from "./body";
import { checkedEncryption } from "./object-metadata";
import type { ErrorCode } from "./errors";
import { malformedXml, S3Error } from "./errors";
import { ownerOnlyAcl } from "./acl";
import type { PublicAccessBlock } from "./store";
import { document, group, tag, XmlElement } from "./xml";

export function getBucketPolicy({ bucket }: Call): Answer {
  if (bucket.policy === undefined) {
    throw new S3Error("NoSuchBucketPolicy", "The bucket policy does not exist", { BucketName: bucket.name });
  }
  return { headers: { "content-type": "application/json" }, body: bucket.policy };
}

export async function putBucketPolicy(call: Call): Promise<Answer> {
  const text = await receiveText(call);
  if (!isJsonObject(text)) {
    throw new S3Error("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
  }
  call.bucket.policy = text;
  return { status: 204 };
}

function isJsonObject(text: string): boolean {
  try {
    JSON.parse(text);
    return text.startsWith("{");
  } catch {
    return false;
  }
}

export function deleteBucketPolicy({ bucket }: Call): Answer {
  bucket.policy = undefined;
  return { status: 204 };
}

export function getBucketEncryption({ bucket }: Call): Answer {
  const { algorithm, keyId, bucketKey } = bucket.encryption;
  const byDefault = group(
    "ApplyServerSideEncryptionByDefault",
    tag("SSEAlgorithm", algorithm),
    tag("KMSMasterKeyID", keyId),
  );
  const rule = group("Rule", byDefault, tag("BucketKeyEnabled", bucketKey === true));
  return { body: document("ServerSideEncryptionConfiguration", rule) };
}

export async function putBucketEncryption(call: Call): Promise<Answer> {
  const root = XmlElement.read(await receiveText(call), "ServerSideEncryptionConfiguration");
  const rule = root.first("Rule");
  const byDefault = rule?.first("ApplyServerSideEncryptionByDefault");
  if (!rule || !byDefault) throw malformedXml();
  call.bucket.encryption = checkedEncryption({
    algorithm: byDefault.need("SSEAlgorithm"),
    keyId: byDefault.text("KMSMasterKeyID"),
    bucketKey: rule.text("BucketKeyEnabled") === "true",
  });
  return {};
}

export function deleteBucketEncryption({ bucket }: Call): Answer {
  bucket.encryption = { algorithm: "AES256" };
  return { status: 204 };
}

const blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

export function getPublicAccessBlock({ bucket }: Call): Answer {
  const block = bucket.publicAccessBlock;
  if (!block) {
    throw new S3Error(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      { BucketName: bucket.name },
    );
  }
  return {
    body: document("PublicAccessBlockConfiguration", ...blocks.map((name) => tag(name, block[name]))),
  };
}

export async function putPublicAccessBlock(call: Call): Promise<Answer> {
  const root = XmlElement.read(await receiveText(call), "PublicAccessBlockConfiguration");
  const block = Object.fromEntries(blocks.map((name) => [name, root.text(name)?.toLowerCase() === "true"]));
  call.bucket.publicAccessBlock = block as unknown as PublicAccessBlock;
  return {};
}

export function deletePublicAccessBlock({ bucket }: Call): Answer {
  bucket.publicAccessBlock = undefined;
  return { status: 204 };
}

export function getBucketAcl(call: Call): Answer {
  // Asked for its own sake: a bucket that is not there has no list.
  void call.bucket;
  return { body: document("AccessControlPolicy", ownerOnlyAcl()) };
}

export function getObjectAcl({ bucket, key }: Call): Answer {
  bucket.object(key);
  return { body: document("AccessControlPolicy", ownerOnlyAcl()) };
}

/** An answer for any bucket that exists. */
const always =
  (root: string, ...inner: readonly string[]): Handler =>
  ({ bucket }) => ({ body: bucket && document(root, ...inner) });

const never =
  (code: ErrorCode, message: string): Handler =>
  ({ bucket }) => {
    throw new S3Error(code, message, { BucketName: bucket.name });
  };

/** Settings that cannot be made here, and which tools that manage buckets read nevertheless. */
export const unset: Readonly<Record<string, Handler>> = {
  accelerate: always("AccelerateConfiguration"),
  cors: never("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
  lifecycle: never("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
  logging: always("BucketLoggingStatus"),
  notification: always("NotificationConfiguration"),
  "object-lock": never(
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
  ),
  ownershipControls: always(
    "OwnershipControls",
    group("Rule", tag("ObjectOwnership", "BucketOwnerEnforced")),
  ),
  replication: never("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
  requestPayment: always("RequestPaymentConfiguration", tag("Payer", "BucketOwner")),
  versioning: always("VersioningConfiguration"),
  website: never("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
};
