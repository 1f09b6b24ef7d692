/** KMS keys and their aliases; they encrypt nothing. */
import { kept } from "../stored-resource";
import type { Region } from "../region";
import type { Service } from "../resource-type";
import type { Properties } from "../values";

const key = kept("aws:kms/key:Key", {
  inputs: {
    ...{ description: "update", policy: "update", enableKeyRotation: "update", isEnabled: "update" },
    ...{ deletionWindowInDays: "update", rotationPeriodInDays: "update" },
    ...{ keyUsage: "replace", customerMasterKeySpec: "replace", multiRegion: "replace" },
  },
  documents: ["policy"],
  computed: ["arn", "keyId"],
  tagged: true,
  made(_, region, unique) {
    const keyId = unique(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return { id: keyId, outputs: { keyId, arn: region.arn("kms", `key/${keyId}`) } };
  },
});

const alias = kept("aws:kms/alias:Alias", {
  inputs: { name: "replace", targetKeyId: "update" },
  named: { input: "name", prefix: "alias/" },
  computed: ["arn", "targetKeyArn"],
  volatile: ["targetKeyArn"],
  made: (inputs, region) => ({
    id: inputs.name as string,
    outputs: { arn: region.arn("kms", inputs.name as string), ...target(inputs, region) },
  }),
  changed: (inputs, region) => target(inputs, region),
});

const target = ({ targetKeyId }: Properties, region: Region) => {
  const key = targetKeyId as string;
  return { targetKeyArn: key.startsWith("arn:") ? key : region.arn("kms", `key/${key}`) };
};

export const kms: Service = { resources: { "aws:kms/key:Key": key, "aws:kms/alias:Alias": alias } };
