/** What breaks each condition between members, by the struct whose condition it is. */
import type { Json } from "./wire";

export interface Violation {
  readonly what: string;
  readonly spoil: (right: Json) => Json;
  /** What the refusal names, from the struct on; empty for the struct itself. */
  readonly names: string;
}

const twice = (member: string) => (right: Json) => {
  const [first] = right[member] as unknown[];
  return { ...right, [member]: [first, first] };
};

export const violations: Readonly<Record<string, readonly Violation[]>> = {
  ExportServerSideEncryption: [
    { what: "KMS without a key", spoil: () => ({ type: "aws:kms" }), names: "KmsKeyArn" },
    {
      what: "a key without KMS",
      spoil: () => ({ type: "AES256", kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" }),
      names: "KmsKeyArn",
    },
  ],
  S3DataAccessAssetSourceEntry: [
    {
      what: "six prefixes and keys together",
      spoil: (right) => ({ ...right, keyPrefixes: ["a", "b", "c"], keys: ["d", "e", "f"] }),
      names: "",
    },
  ],
  ExportAssetsToS3: [
    {
      what: "the same asset to the same place",
      spoil: twice("assetDestinations"),
      names: "AssetDestinations[1]",
    },
    {
      what: "two assets to the same key",
      spoil: (right) => {
        const [first] = right["assetDestinations"] as Json[];
        return { ...right, assetDestinations: [first, { ...first, assetId: "b".repeat(32) }] };
      },
      names: "AssetDestinations[1]",
    },
  ],
  AssetConfiguration: [{ what: "the same tag twice", spoil: twice("tags"), names: "Tags[1]" }],
  CreateJobRequest: [
    {
      what: "no details of the type",
      spoil: (right) => ({ ...right, details: {} }),
      names: `Details.ImportAssetsFromS3`,
    },
    {
      what: "details of another type",
      spoil: (right) => ({
        ...right,
        details: { ...(right["details"] as Json), exportAssetToSignedUrl: {} },
      }),
      names: "Details.ExportAssetToSignedUrl",
    },
  ],
  SendDataSetNotificationRequest: [
    {
      what: "details of another type",
      spoil: (right) => ({ ...right, type: "DATA_DELAY", details: { dataUpdate: {} } }),
      names: "Details.DataUpdate",
    },
  ],
};
