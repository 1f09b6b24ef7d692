/** Violations of the rules between members, by the struct of the rule. */
import type { Json } from "./wire";

export interface Violation {
  readonly what: string;
  readonly toInvalid: (right: Json) => Json;
  /** The member that the error names, relative to the struct; empty for the struct itself. */
  readonly names: string;
}

const twice = (member: string) => (right: Json) => {
  const [first] = right[member] as unknown[];
  return { ...right, [member]: [first, first] };
};

export const violations: Readonly<Record<string, readonly Violation[]>> = {
  ExportServerSideEncryption: [
    { what: "KMS without a key", toInvalid: () => ({ type: "aws:kms" }), names: "KmsKeyArn" },
    {
      what: "a key without KMS",
      toInvalid: () => ({ type: "AES256", kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/k" }),
      names: "KmsKeyArn",
    },
  ],
  S3DataAccessAssetSourceEntry: [
    {
      what: "six prefixes and keys together",
      toInvalid: (right) => ({ ...right, keyPrefixes: ["a", "b", "c"], keys: ["d", "e", "f"] }),
      names: "",
    },
  ],
  ExportAssetsToS3: [
    {
      what: "the same asset to the same destination",
      toInvalid: twice("assetDestinations"),
      names: "AssetDestinations[1]",
    },
    {
      what: "two assets to the same key",
      toInvalid: (right) => {
        const [first] = right["assetDestinations"] as Json[];
        return { ...right, assetDestinations: [first, { ...first, assetId: "b".repeat(32) }] };
      },
      names: "AssetDestinations[1]",
    },
  ],
  AssetConfiguration: [{ what: "the same tag twice", toInvalid: twice("tags"), names: "Tags[1]" }],
  CreateJobRequest: [
    {
      what: "no details of the type",
      toInvalid: (right) => ({ ...right, details: {} }),
      names: `Details.ImportAssetsFromS3`,
    },
    {
      what: "details of another type",
      toInvalid: (right) => ({
        ...right,
        details: { ...(right["details"] as Json), exportAssetToSignedUrl: {} },
      }),
      names: "Details.ExportAssetToSignedUrl",
    },
  ],
  SendDataSetNotificationRequest: [
    {
      what: "details of another type",
      toInvalid: (right) => ({ ...right, type: "DATA_DELAY", details: { dataUpdate: {} } }),
      names: "Details.DataUpdate",
    },
  ],
};
