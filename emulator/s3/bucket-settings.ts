/** Settings of a bucket, and S3's responses for settings that were never set. */
import type { S3Response, S3Request, Operation } from "./request";
import { receiveDocument } from "./receive-body";
import { validateEncryption } from "./object-metadata";
import type { ErrorCode } from "./errors";
import { malformedXml, S3Error } from "./errors";
import { ownerOnlyAcl } from "./acl";
import type { PublicAccessBlock } from "./store";
import type { XmlMembers } from "./xml";
import { document, XmlElement } from "./xml";

export function getBucketPolicy({ bucket }: S3Request): S3Response {
  if (bucket.policy === undefined) throw new S3Error("NoSuchBucketPolicy", { BucketName: bucket.name });
  return { headers: { "content-type": "application/json" }, body: bucket.policy };
}

export async function putBucketPolicy(request: S3Request): Promise<S3Response> {
  const text = await receiveDocument(request);
  if (!isJsonObject(text)) throw new S3Error("MalformedPolicy");
  request.bucket.policy = text;
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

export function deleteBucketPolicy({ bucket }: S3Request): S3Response {
  bucket.policy = undefined;
  return { status: 204 };
}

export function getBucketEncryption({ bucket }: S3Request): S3Response {
  const { algorithm, keyId, bucketKey } = bucket.encryption;
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId },
    BucketKeyEnabled: bucketKey === true,
  };
  return { body: document("ServerSideEncryptionConfiguration", { Rule: rule }) };
}

export async function putBucketEncryption(request: S3Request): Promise<S3Response> {
  const root = XmlElement.read(await receiveDocument(request), "ServerSideEncryptionConfiguration");
  const rule = root.first("Rule");
  const byDefault = rule?.first("ApplyServerSideEncryptionByDefault");
  if (!rule || !byDefault) throw malformedXml();
  request.bucket.encryption = validateEncryption({
    algorithm: byDefault.requireText("SSEAlgorithm"),
    keyId: byDefault.text("KMSMasterKeyID"),
    bucketKey: rule.text("BucketKeyEnabled") === "true",
  });
  return {};
}

export function deleteBucketEncryption({ bucket }: S3Request): S3Response {
  bucket.encryption = { algorithm: "AES256" };
  return { status: 204 };
}

const publicAccessSettings = [
  "BlockPublicAcls",
  "IgnorePublicAcls",
  "BlockPublicPolicy",
  "RestrictPublicBuckets",
] as const;

export function getPublicAccessBlock({ bucket }: S3Request): S3Response {
  const block = bucket.publicAccessBlock;
  if (!block) throw new S3Error("NoSuchPublicAccessBlockConfiguration", { BucketName: bucket.name });
  return { body: document("PublicAccessBlockConfiguration", { ...block }) };
}

export async function putPublicAccessBlock(request: S3Request): Promise<S3Response> {
  const root = XmlElement.read(await receiveDocument(request), "PublicAccessBlockConfiguration");
  const block = Object.fromEntries(
    publicAccessSettings.map((name) => [name, root.text(name)?.toLowerCase() === "true"]),
  );
  request.bucket.publicAccessBlock = block as unknown as PublicAccessBlock;
  return {};
}

export function deletePublicAccessBlock({ bucket }: S3Request): S3Response {
  bucket.publicAccessBlock = undefined;
  return { status: 204 };
}

export function getBucketAcl(request: S3Request): S3Response {
  // Throws if the bucket does not exist.
  void request.bucket;
  return { body: document("AccessControlPolicy", ownerOnlyAcl) };
}

export function getObjectAcl({ bucket, key }: S3Request): S3Response {
  bucket.getObject(key);
  return { body: document("AccessControlPolicy", ownerOnlyAcl) };
}

/** Returns the same document for every existing bucket. */
const respondWith =
  (root: string, members: XmlMembers = {}): Operation =>
  ({ bucket }) => ({ body: bucket && document(root, members) });

const notFound =
  (code: ErrorCode): Operation =>
  ({ bucket }) => {
    throw new S3Error(code, { BucketName: bucket.name });
  };

/** Settings that tools read and that this S3 cannot change. */
export const unsetSettings: Readonly<Record<string, Operation>> = {
  accelerate: respondWith("AccelerateConfiguration"),
  cors: notFound("NoSuchCORSConfiguration"),
  lifecycle: notFound("NoSuchLifecycleConfiguration"),
  logging: respondWith("BucketLoggingStatus"),
  notification: respondWith("NotificationConfiguration"),
  "object-lock": notFound("ObjectLockConfigurationNotFoundError"),
  ownershipControls: respondWith("OwnershipControls", { Rule: { ObjectOwnership: "BucketOwnerEnforced" } }),
  replication: notFound("ReplicationConfigurationNotFoundError"),
  requestPayment: respondWith("RequestPaymentConfiguration", { Payer: "BucketOwner" }),
  versioning: respondWith("VersioningConfiguration"),
  website: notFound("NoSuchWebsiteConfiguration"),
};
