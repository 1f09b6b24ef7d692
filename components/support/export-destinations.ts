/** Where each asset goes when assets are exported to a bucket. */
import { exportAssetsToS3 } from "../../service-model/job-types/export-assets-to-s3";
import type { ListShape } from "../../service-model/shape";
import { describeKind } from "../../service-model/validate";
import { InputError } from "./input-error";

/** An asset as `job.assets` has it. */
export interface NamedAsset {
  /** 30 to 40 letters and digits. */
  readonly id: string;
  /** Name of the asset; not unique in a revision. */
  readonly name: string;
}

/** A pattern with `${Asset.Name}` and `${Asset.Id}`, a function, or nothing for the asset's name. */
export type ChooseKey = string | ((asset: NamedAsset) => string) | undefined;

export interface Destination {
  readonly assetId: string;
  /** Absent for an asset that is given by its id alone: the service takes the asset's name. */
  readonly key?: string;
}

/** Most assets in one job. */
export const assetsPerExport = (exportAssetsToS3.details.members.assetDestinations!.shape as ListShape)
  .maxItems!;

/** Longest key of an object, in bytes of UTF-8. Source: Amazon S3 User Guide, "Naming Amazon S3 objects". */
const longestKey = 1024;

/** The destination of every asset, in order; refuses what would not arrive as it was meant. */
export function destinationsOf(assets: unknown, choose: ChooseKey): Destination[] {
  if (!Array.isArray(assets)) throw new InputError(`assets must be a list, not ${describeKind(assets)}.`);
  if (assets.length === 0) throw new InputError("assets is empty; there would be nothing to export.");
  const taken = new Map<string, string>();
  return assets.map((given: unknown, index) => {
    const asset = readAsset(given, index);
    const key = keyOf(asset, choose);
    // Without a key and a name, two destinations are known to be the same only when the asset is.
    const place = key === undefined ? `id ${asset.id}` : `key ${key}`;
    const other = taken.get(place);
    if (other !== undefined) throw new InputError(describeClash(other, asset.id, key));
    taken.set(place, asset.id);
    return key === undefined ? { assetId: asset.id } : { assetId: asset.id, key };
  });
}

/** What a destination is told by, to share destinations out to jobs. */
export const destinationName = ({ assetId, key }: Destination): string => key ?? assetId;

interface ReadAsset {
  readonly id: string;
  readonly name?: string;
}

function readAsset(given: unknown, index: number): ReadAsset {
  if (typeof given === "string" && given !== "") return { id: given };
  const { id, name } = (given ?? {}) as { id?: unknown; name?: unknown };
  if (typeof id !== "string" || id === "" || (name !== undefined && typeof name !== "string")) {
    throw new InputError(`assets[${index}] must be an asset's id, or an object with its id and name.`);
  }
  return { id, name };
}

function keyOf(asset: ReadAsset, choose: ChooseKey): string | undefined {
  if (choose === undefined) return asset.name;
  const key = typeof choose === "function" ? called(choose, asset) : filled(choose, asset);
  if (typeof key !== "string" || key === "") throw new InputError(`key gives asset ${asset.id} no key.`);
  const bytes = Buffer.byteLength(key);
  if (bytes > longestKey) {
    throw new InputError(
      `key gives asset ${asset.id} a key of ${bytes} bytes; an object's key has at most ${longestKey}.`,
    );
  }
  return key;
}

function called(choose: (asset: NamedAsset) => string, asset: ReadAsset): unknown {
  const named = {
    id: asset.id,
    get name() {
      return nameOf(asset);
    },
  };
  try {
    return choose(named);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`key fails for asset ${asset.id}: ${(error as Error)?.message ?? String(error)}.`);
  }
}

function filled(pattern: string, asset: ReadAsset): string {
  return pattern.replace(/\$\{([^}]*)\}?/g, (text, placeholder: string) => {
    if (text === "${Asset.Id}") return asset.id;
    if (text === "${Asset.Name}") return nameOf(asset);
    throw new InputError(
      `key has the placeholder \${${placeholder.slice(0, 60)}}, which is neither \${Asset.Name} nor \${Asset.Id}.`,
    );
  });
}

function nameOf({ id, name }: ReadAsset): string {
  if (name !== undefined) return name;
  throw new InputError(
    `key asks for the name of asset ${id}, which is given by its id alone; give an object with its id and name.`,
  );
}

function describeClash(one: string, other: string, key: string | undefined): string {
  if (key === undefined) return `assets names ${one} twice.`;
  const who =
    one === other
      ? `asset ${one} would be written twice`
      : `assets ${one} and ${other} would both be written`;
  return `${who} to the key ${JSON.stringify(key)}, and one would overwrite the other; tell them apart with key.`;
}
