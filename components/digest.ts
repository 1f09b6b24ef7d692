/** One short text for what a revision would hold, to see whether it would hold something else. */
import type { Input } from "@pulumi/pulumi";
import { createHash } from "node:crypto";

import { canonicalText } from "../provider/core/inputs/normal-form";
import type { Settled } from "./settled";
import { settled } from "./settled";

export const digestOf = (value: unknown): string =>
  createHash("sha256").update(canonicalText(value)).digest("hex");

/** The digest of inputs, once all of them are known. */
export async function settledDigest(kind: string, inputs: Input<unknown>): Promise<Settled<string>> {
  const found = await settled(inputs);
  return found.known ? { known: true, value: digestOf([kind, found.value]) } : found;
}
