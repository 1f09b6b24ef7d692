import type { Tag } from "@aws-sdk/client-s3";
import {
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { unlessMissing } from "../stored-resource";
import type { ResourceType, Service } from "../resource-type";
import { same, type Properties } from "../resource-type";

export const asTags = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]));

export const asTagSet = (tags: unknown): Required<Tag>[] =>
  Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));

/** Bucket settings that are separate resources. Their id is the bucket's name. */

interface Setting {
  inputs: readonly string[];
  documents?: readonly string[];
  put: (s3: S3Client, Bucket: string, inputs: Properties) => Promise<unknown>;
  get: (s3: S3Client, Bucket: string) => Promise<Properties>;
  unset: (s3: S3Client, Bucket: string) => Promise<unknown>;
}

const setting = ({ inputs, documents, put, get, unset }: Setting): ResourceType => ({
  inputs: { bucket: "replace", ...Object.fromEntries(inputs.map((input) => [input, "update" as const])) },
  documents,
  computed: [],
  async create(declared, { s3 }) {
    const bucket = declared.bucket as string;
    await put(s3, bucket, declared);
    return { id: bucket, outputs: {} };
  },
  async read(bucket, { s3 }, state) {
    const found = await unlessMissing(get(s3, bucket));
    return found && { bucket, ...(means(found, state) ? {} : found) };
  },
  async update(bucket, declared, { s3 }) {
    await put(s3, bucket, declared);
  },
  async delete(bucket, { s3 }) {
    await unlessMissing(unset(s3, bucket));
  },
});

const policy = setting({
  inputs: ["policy"],
  documents: ["policy"],
  put: (s3, Bucket, { policy }) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy as string })),
  get: async (s3, Bucket) => ({ policy: (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy }),
  unset: (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
});

interface EncryptionRule {
  applyServerSideEncryptionByDefault?: { sseAlgorithm: ServerSideEncryption; kmsMasterKeyId?: string };
  bucketKeyEnabled?: boolean;
}

const encryption = setting({
  inputs: ["rules"],
  put: (s3, Bucket, { rules }) =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: (rules as EncryptionRule[]).map((rule) => ({
            ApplyServerSideEncryptionByDefault: rule.applyServerSideEncryptionByDefault && {
              SSEAlgorithm: rule.applyServerSideEncryptionByDefault.sseAlgorithm,
              KMSMasterKeyID: rule.applyServerSideEncryptionByDefault.kmsMasterKeyId,
            },
            BucketKeyEnabled: rule.bucketKeyEnabled,
          })),
        },
      }),
    ),
  get: async (s3, Bucket) => {
    const found = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const rules = (found.ServerSideEncryptionConfiguration?.Rules ?? []).map((rule) => ({
      applyServerSideEncryptionByDefault: {
        sseAlgorithm: rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
        kmsMasterKeyId: rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID || undefined,
      },
      bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
    }));
    return { rules };
  },
  unset: (s3, Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});

const publicAccess = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const publicAccessBlock = setting({
  inputs: publicAccess,
  put: (s3, Bucket, inputs) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: Object.fromEntries(
          publicAccess.map((name) => [name[0]!.toUpperCase() + name.slice(1), inputs[name] ?? false]),
        ),
      }),
    ),
  get: async (s3, Bucket) => {
    const found = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    return Object.fromEntries(
      Object.entries(found.PublicAccessBlockConfiguration ?? {}).map(([name, value]) => [
        name[0]!.toLowerCase() + name.slice(1),
        value,
      ]),
    );
  },
  unset: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});

const encryptionToken = "ServerSideEncryptionConfiguration";

export const s3BucketSettings: Service = {
  resources: {
    "aws:s3/bucketPolicy:BucketPolicy": policy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccessBlock,
    [`aws:s3/bucket${encryptionToken}:Bucket${encryptionToken}`]: encryption,
    [`aws:s3/bucket${encryptionToken}V2:Bucket${encryptionToken}V2`]: encryption,
  },
};

/** Whether a setting equals the one in state once defaults are filled in. */
const means = (found: Properties, state: Properties): boolean =>
  Object.entries(found).every(([name, value]) => same(plain(value), plain(state[name])));

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? false, (_, member: unknown) => (member === false ? undefined : member)) ?? "0",
  );
