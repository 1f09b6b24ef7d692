/** The key of each asset that is exported to a bucket. */
import { InputError } from "../../lib/input-error";
import { exportAssetsToS3 } from "../../service-model/job-types/export-assets-to-s3";
import type { ListShape } from "../../service-model/shape";
import { describeKind } from "../../service-model/validate";

/** An asset as in `job.assets`. */
export interface NamedAsset {
  /** 30 to 40 letters and digits. */
  readonly id: string;
  /** Name of the asset; not unique in a revision. */
  readonly name: string;
}

/** A pattern with `${Asset.Name}` and `${Asset.Id}`, or a function. Default: the asset's name. */
export type KeyRule = string | ((asset: NamedAsset) => string) | undefined;

export interface Destination {
  readonly assetId: string;
  /** Absent for an asset given by its id alone: the service uses the asset's name. */
  readonly key?: string;
}

export const maxAssetsPerExport = (exportAssetsToS3.details.members.assetDestinations!.shape as ListShape)
  .maxItems!;

/** In bytes of UTF-8. Source: Amazon S3 User Guide, "Naming Amazon S3 objects". */
const maxKeyLength = 1024;

/** The argument that gives the assets. */
export type AssetsArgument = "assets" | "assetIds";

/** Whether a key pattern has the name of the asset. */
export const usesNames = (pattern: unknown): boolean =>
  typeof pattern === "string" && pattern.includes(nameOfAsset);

const nameOfAsset = "${Asset.Name}";

/**
 * The destination of every asset, in order.
 *
 * @throws InputError if an asset has no valid key, or two have the same.
 */
export function destinationsOf(
  assets: unknown,
  keyRule: KeyRule,
  argument: AssetsArgument = "assets",
): Destination[] {
  if (!Array.isArray(assets))
    throw new InputError("invalid-assets", `${argument} must be a list, not ${describeKind(assets)}.`);
  if (assets.length === 0)
    throw new InputError("no-assets", `${argument} is empty; give at least one asset.`);
  const owners = new Map<string, string>();
  return assets.map((given: unknown, index) => {
    const asset = readAsset(given, `${argument}[${index}]`);
    const key = buildKey(asset, keyRule);
    // Without keys, destinations are certainly equal only if the assets are.
    const destination = key === undefined ? `id ${asset.id}` : `key ${key}`;
    const other = owners.get(destination);
    if (other !== undefined) throw duplicate(other, asset.id, key);
    owners.set(destination, asset.id);
    return key === undefined ? { assetId: asset.id } : { assetId: asset.id, key };
  });
}

/** The name that assigns a destination to a job. */
export const destinationName = ({ assetId, key }: Destination): string => key ?? assetId;

type GivenAsset = Pick<NamedAsset, "id"> & Partial<NamedAsset>;

function readAsset(given: unknown, path: string): GivenAsset {
  if (typeof given === "string" && given !== "") return { id: given };
  const { id, name } = (given ?? {}) as { id?: unknown; name?: unknown };
  if (typeof id !== "string" || id === "" || (name !== undefined && typeof name !== "string")) {
    const form = path.startsWith("assetIds") ? "" : ", or an object with id and name";
    throw new InputError("invalid-assets", `${path} must be the id of an asset${form}.`);
  }
  return { id, name };
}

function buildKey(asset: GivenAsset, keyRule: KeyRule): string | undefined {
  if (keyRule === undefined) return asset.name;
  const key = typeof keyRule === "function" ? callRule(keyRule, asset) : fillPattern(keyRule, asset);
  if (typeof key !== "string" || key === "")
    throw new InputError("invalid-key", `key returns no key for asset ${asset.id}.`);
  const bytes = Buffer.byteLength(key);
  if (bytes <= maxKeyLength) return key;
  throw new InputError(
    "invalid-key",
    `key returns a key of ${bytes} bytes for asset ${asset.id}; a key has at most ${maxKeyLength}.`,
  );
}

function callRule(keyRule: (asset: NamedAsset) => string, asset: GivenAsset): unknown {
  const named = {
    id: asset.id,
    get name() {
      return requireName(asset);
    },
  };
  try {
    return keyRule(named);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error as Error)?.message ?? String(error);
    throw new InputError("key-failed", `key throws for asset ${asset.id}: ${reason}.`, [reason]);
  }
}

const fillPattern = (pattern: string, asset: GivenAsset): string =>
  pattern.replace(/\$\{([^}]*)\}?/g, (text, placeholder: string) => {
    if (text === "${Asset.Id}") return asset.id;
    if (text === nameOfAsset) return requireName(asset);
    const name = placeholder.slice(0, 60);
    throw new InputError(
      "unknown-placeholder",
      `key has the placeholder \${${name}}; it takes \${Asset.Name} and \${Asset.Id}.`,
      [name],
    );
  });

function requireName({ id, name }: GivenAsset): string {
  if (name !== undefined) return name;
  throw new InputError(
    "unknown-asset-name",
    `key uses the name of asset ${id}, which is not known. In assets, give its id and name; in assetIds, give an asset of the revision.`,
  );
}

function duplicate(one: string, other: string, key: string | undefined): InputError {
  if (key === undefined) return new InputError("duplicate-asset", `The assets contain ${one} twice.`);
  const assets = one === other ? `asset ${one} twice` : `assets ${one} and ${other}`;
  return new InputError(
    "duplicate-key",
    `The job would write ${assets} to the key ${JSON.stringify(key)}. Use key to give each asset another key.`,
    [key],
  );
}
