/** Hashes of a revision's contents. */
import type { Input } from "@pulumi/pulumi";
import { asset } from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

import { canonicalText } from "../../provider/core/normalize";
import { isRecord } from "../../service-model/validate";
import type { Resolved } from "./resolve-input";
import { resolveInput } from "./resolve-input";

export const contentHash = (value: unknown): string =>
  createHash("sha256").update(canonicalText(value)).digest("hex");

/** The hash of a value. Assets in it are hashed by their content. */
export const contentHashWithAssets = async (value: unknown): Promise<string> =>
  contentHash(await hashAssets(value));

async function hashAssets(value: unknown): Promise<unknown> {
  const list: unknown = value;
  if (Array.isArray(list)) return Promise.all(list.map(hashAssets));
  if (!isRecord(value)) return value;
  if (asset.Asset.isInstance(value)) {
    const { path, ...others } = await assetSource(value);
    // A remote asset is hashed by its URL.
    return path === undefined ? others : { file: await hashFile(path) };
  }
  const members = Object.entries(value).map(
    async ([name, member]) => [name, await hashAssets(member)] as const,
  );
  return Object.fromEntries(await Promise.all(members));
}

/** Location of an asset's content. */
export async function assetSource(
  value: asset.Asset,
): Promise<Partial<Record<"path" | "text" | "uri", string>>> {
  const { path, text, uri } = value as unknown as Record<string, Promise<string> | undefined>;
  return { path: await path, text: await text, uri: await uri };
}

/** SHA-256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The hash of inputs once all of them are known. `kind` distinguishes equal inputs of two kinds. */
export async function hashInputs(kind: string, inputs: Input<unknown>): Promise<Resolved<string>> {
  const resolved = await resolveInput(inputs);
  return resolved.known ? { known: true, value: contentHash([kind, resolved.value]) } : resolved;
}
