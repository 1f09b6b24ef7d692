/** One short text for what a revision would hold, to see whether it would hold something else. */
import type { Input } from "@pulumi/pulumi";
import { asset } from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

import { canonicalText } from "../../provider/core/normalize";
import { isRecord } from "../../service-model/validate";
import { placesOf } from "./open-api";
import type { Resolved } from "./resolve-input";
import { resolveInput } from "./resolve-input";

export const contentHash = (value: unknown): string =>
  createHash("sha256").update(canonicalText(value)).digest("hex");

/** The same, with each asset among the members counted by its content. */
export const contentHashWithAssets = async (value: unknown): Promise<string> =>
  contentHash(await weighed(value));

async function weighed(value: unknown): Promise<unknown> {
  const list: unknown = value;
  if (Array.isArray(list)) return Promise.all(list.map(weighed));
  if (!isRecord(value)) return value;
  if (asset.Asset.isInstance(value)) {
    const { path, ...others } = await placesOf(value);
    // One on another machine counts by its address.
    return path === undefined ? others : { file: await hashFile(path) };
  }
  const members = Object.entries(value).map(async ([name, member]) => [name, await weighed(member)] as const);
  return Object.fromEntries(await Promise.all(members));
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The digest of inputs, once all of them are known. */
export async function hashInputs(kind: string, inputs: Input<unknown>): Promise<Resolved<string>> {
  const found = await resolveInput(inputs);
  return found.known ? { known: true, value: contentHash([kind, found.value]) } : found;
}
