/** Inputs on the wire, URNs, and a wait. */
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export const urnOf = (type: "Job" | "JobSet" | "RevisionFinalization", name = "prices"): string =>
  `urn:pulumi:dev::prices::dataexchange:index:${type}::${name}`;

export const special = (signature: string, members: object) => ({
  [rpc.specialSigKey]: signature,
  ...members,
});

export const secret = (value: unknown) => special(rpc.specialSecretSig, { value });

/** A text to upload. */
export const textAsset = (text: string) =>
  special(rpc.specialAssetSig, { hash: createHash("sha256").update(text).digest("hex"), text });

export const unknown = rpc.unknownValue;

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}
