/** Which objects an S3Import is about, as far as that can be known now. */
import type { Input, Inputs } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";

import type { OwnSettings } from "../../provider/aws/settings";
import { bucketName, objectKey } from "../../service-model/shared-shapes";
import { list } from "../../service-model/shape";
import { validateInput } from "./fits";
import type { ListedObject } from "./list-objects";
import { listObjects } from "./list-objects";
import type { S3Object } from "./asset-names";
import { validateAssetNames } from "./asset-names";
import { GlobFilter } from "./globs";
import { InputError } from "./input-error";
import type { Resolved } from "./resolve-input";
import { resolveInput } from "./resolve-input";
import type { WrittenObject, WrittenObjects } from "./written-objects";

/** Either `keys`, or a prefix with patterns over what lies below it. */
export interface ObjectCriteria {
  bucket: Input<string>;
  keys?: Input<Input<string>[]>;
  prefix?: Input<string>;
  include?: Input<Input<string>[]>;
  exclude?: Input<Input<string>[]>;
}

export interface ObjectSelection {
  /** What is meant as things are; absent when a preview cannot tell. */
  readonly objects?: readonly S3Object[];
  /** The bucket, where it is known. */
  readonly bucket?: string;
  /** What a preview leaves to `pulumi up`, in a sentence. */
  readonly later?: string;
  /** What may be meant otherwise, a sentence each. */
  readonly warnings?: readonly string[];
}

export interface Circumstances {
  /** False in a preview when something that the objects depend on is yet to be made. */
  readonly isReady: boolean;
  /** How to list the bucket. */
  readonly connection?: Inputs;
  /** What of the objects the program writes itself. */
  readonly written?: WrittenObjects;
}

export async function selectObjects(
  { bucket, keys, prefix, include, exclude }: ObjectCriteria,
  { isReady, connection = {}, written }: Circumstances,
): Promise<ObjectSelection> {
  const name = await resolveInput(bucket);
  if (name.known) validateInput(bucketName, name.value, "bucket");
  if (keys !== undefined) {
    if ((prefix ?? include ?? exclude) !== undefined) {
      throw new InputError("takes either keys, or prefix, include and exclude, not both.");
    }
    const named = await resolveInput(keys);
    if (!named.known) return { later: later("keys are") };
    const objects = namedObjects(named.value);
    // These are not looked up, so a preview has nothing to wait for, not even their bucket.
    if (!name.known) return { objects };
    const names = new Set(named.value);
    const counts = ({ bucket, key }: WrittenObject): boolean =>
      bucket === name.value && (key === undefined || names.has(key));
    await written?.areThere(counts);
    await written?.refuseLater(counts);
    return { bucket: name.value, objects };
  }
  const patterns = await resolveInput({ include, exclude });
  // What is wrong with patterns is said before there is a bucket.
  if (patterns.known) new GlobFilter(patterns.value);
  const found = await allKnown({ bucket, prefix, include, exclude, connection });
  if (typeof found === "string")
    return { later: later(found === "connection" ? "region and identity are" : `${found} is`) };
  const counts = isListedBy(found);
  const areThere = (await written?.areThere(counts)) ?? true;
  const chosen = await listedObjects(found);
  if ("later" in chosen) return chosen;
  await written?.refuseLater(counts);
  return { bucket: found.bucket, ...decided(chosen, isReady && areThere) };
}

function isListedBy(choice: KnownChoice): (object: WrittenObject) => boolean {
  const { bucket, prefix = "" } = choice;
  const patterns = new GlobFilter(choice);
  return (object) =>
    object.bucket === bucket &&
    (object.key === undefined || (object.key.startsWith(prefix) && isMeant(object.key, prefix, patterns)));
}

const later = (what: string): string =>
  `The objects are looked at, and their jobs made, once the ${what} known.`;

interface KnownChoice {
  readonly bucket: string;
  readonly prefix?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly connection: OwnSettings;
}

interface Listing {
  readonly objects: readonly S3Object[];
  /** Where they are, for sentences about them. */
  readonly where: string;
  readonly warnings: readonly string[];
}

function namedObjects(keys: readonly string[]): S3Object[] {
  validateInput(list(objectKey), keys, "keys");
  const objects = keys.map((key) => ({ key }));
  const wrong = validateAssetNames(objects, "keys");
  if (wrong) throw new InputError(wrong);
  return objects;
}

async function listedObjects(choice: KnownChoice): Promise<Listing | { later: string }> {
  const { bucket, prefix = "", connection } = choice;
  const patterns = new GlobFilter(choice);
  const all = await listObjects(bucket, prefix, connection);
  if (!all && runtime.isDryRun()) {
    return {
      later: `There is no bucket ${bucket} yet: its objects are listed, and their jobs made, when there is.`,
    };
  }
  if (!all) throw new InputError(`there is no bucket ${bucket} in this account that could be listed.`);
  const [meant, others] = split(all, ({ key }) => isMeant(key, prefix, patterns));
  const hidden = choice.include
    ? []
    : others.filter(({ key }) => !patterns.excludes(relativeKey(key, prefix))).map(({ key }) => key);
  return {
    objects: meant.map(({ key, etag }) => ({ key, ...(etag && { etag }) })),
    where: `s3://${bucket}/${prefix}`,
    warnings: [...patterns.unused(), ...leftOut(hidden), ...unreadable(meant)],
  };
}

function leftOut(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  return [
    `${some(keys)} left out, because a part of the name begins with a dot; name such objects in include to import them.`,
  ];
}

/** No refusal: what was imported before its object went to an archive needs no other import. */
function unreadable(meant: readonly ListedObject[]): string[] {
  const keys = meant.filter(({ archived }) => archived).map(({ key }) => key);
  if (keys.length === 0) return [];
  return [
    `${some(keys)} in an archive (storage class GLACIER or DEEP_ARCHIVE): an import fails until it is restored.`,
  ];
}

/** At most three of the keys, and how many there are, with a verb. */
function some(keys: readonly string[]): string {
  const named = keys.slice(0, 3).map((key) => JSON.stringify(key));
  const others = keys.length - named.length;
  return `${named.join(", ")}${others > 0 ? ` and ${others} more` : ""} ${keys.length === 1 ? "is" : "are"}`;
}

function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

function decided({ objects, where, warnings }: Listing, isReady: boolean): ObjectSelection {
  const wrong = validateAssetNames(objects, where);
  if (!isReady) {
    const later =
      "What this depends on is yet to be made or changed: the objects are looked at again then, and may be others.";
    return wrong ? { later } : { objects, later, warnings };
  }
  if (!wrong) return { objects, warnings };
  const hint =
    objects.length === 0 ? ["What puts objects there in the same run belongs into dependsOn."] : [];
  throw new InputError([wrong, ...warnings, ...hint].join(" "));
}

const isMeant = (key: string, prefix: string, patterns: GlobFilter): boolean =>
  patterns.matches(relativeKey(key, prefix), inFolder(key, prefix));

/** What patterns are held against: the key without the prefix, or the name of an object that the prefix spells out. */
export const relativeKey = (key: string, prefix: string): string =>
  key.slice(prefix.length).replace(/^\//, "") || key.slice(key.lastIndexOf("/") + 1);

/** The same from where the last folder of the prefix ends, so that a name that the prefix cuts is whole. */
const inFolder = (key: string, prefix: string): string =>
  key.slice(prefix.lastIndexOf("/") + 1).replace(/^\//, "");

/** The choice once all of it is known, or the name of an argument that is not. */
async function allKnown(inputs: Readonly<Record<string, Input<unknown>>>): Promise<KnownChoice | string> {
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const found: Resolved<unknown> = await resolveInput(input);
    if (!found.known) return name;
    values[name] = found.value;
  }
  return values as unknown as KnownChoice;
}
