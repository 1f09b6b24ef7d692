/** Selects the objects that become assets, as far as they are known now. */
import type { Input, Inputs } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";

import { GlobFilter } from "../../lib/globs";
import { InputError } from "../../lib/input-error";
import type { Message } from "../../lib/message-code";
import type { OwnSettings } from "../../provider/aws/settings";
import { joinNames } from "../../provider/core/error-messages";
import { list } from "../../service-model/shape";
import { bucketName, objectKey } from "../../service-model/shared-shapes";
import type { S3Object } from "./asset-names";
import { validateAssetNames } from "./asset-names";
import { validateInput } from "./input-error";
import type { ListedObject } from "./list-objects";
import { listObjects } from "./list-objects";
import type { Resolved } from "./resolve-input";
import { resolveInput, resolveInputs } from "./resolve-input";
import type { WrittenObject, WrittenObjects } from "./written-objects";

/** Either `keys`, or a prefix with patterns for the names below it. */
export interface ObjectCriteria {
  /** Name of the bucket. A change replaces every job. */
  bucket: Input<string>;
  /**
   * Keys of the objects, 1 to 10,000. Keys are not checked for existence or changes: add a value that changes with the
   * content to `triggers`. Either this, or `prefix` with `include` and `exclude`.
   */
  keys?: Input<Input<string>[]>;
  /**
   * Prefix of the keys, such as `2026/`. The bucket is listed, and an object with a changed ETag replaces the job that imports
   * it. Not with `keys`.
   * @default every object of the bucket
   */
  prefix?: Input<string>;
  /**
   * Glob patterns for the objects to import, such as `*.csv` or `daily/`, matched against keys without the prefix. A `*` does
   * not cross a slash, and an entry with `!` excludes.
   * @default everything but names that begin with a dot, which a pattern must contain
   */
  include?: Input<Input<string>[]>;
  /**
   * Glob patterns for objects to leave out although `include` selects them. `drafts/` matches folders of that name at
   * any depth.
   * @default none
   */
  exclude?: Input<Input<string>[]>;
}

export interface ObjectSelection {
  /** The objects as they are now; absent if a preview cannot know them. */
  readonly objects?: readonly S3Object[];
  /** The bucket, if it is known. */
  readonly bucket?: string;
  /** Message about a decision that a preview cannot make yet. */
  readonly deferred?: Message;
  readonly warnings?: readonly Message[];
}

export interface SelectionContext {
  /** False if a preview will create or change something that the objects depend on. */
  readonly isReady: boolean;
  /** Connection to S3. */
  readonly connection?: Inputs;
  /** Objects that the program itself writes. */
  readonly written?: WrittenObjects;
}

/** @throws InputError if the criteria are invalid, or if they select nothing that can be imported. */
export async function selectObjects(
  { bucket, keys, prefix, include, exclude }: ObjectCriteria,
  context: SelectionContext,
): Promise<ObjectSelection> {
  if (keys !== undefined && (prefix ?? include ?? exclude) !== undefined) {
    throw new InputError(
      "conflicting-arguments",
      "keys exclude prefix, include and exclude; give either keys or these.",
    );
  }
  const resolved = await resolveInputs({ bucket, prefix, include, exclude, keys });
  if (resolved.bucket.known) validateInput(bucketName, resolved.bucket.value, "bucket");
  if (keys === undefined) return listedObjects(resolved, context);
  return resolved.keys.known
    ? namedObjects(resolved.bucket, resolved.keys.value as readonly string[], context)
    : { deferred: notKnownYet("keys are") };
}

const notKnownYet = (what: string): Message => ({
  code: "objects-not-known-yet",
  text: `The objects are listed, and their jobs declared, once the ${what} known.`,
});

/** Given keys are not looked up, so a preview does not wait for anything, not even for their bucket. */
async function namedObjects(
  bucket: Resolved<string>,
  keys: readonly string[],
  { written }: SelectionContext,
): Promise<ObjectSelection> {
  validateInput(list(objectKey), keys, "keys");
  if (keys.length === 0) throw new InputError("nothing-selected", "keys is empty; give at least one key.");
  const error = validateAssetNames(keys, "keys");
  if (error) throw error;
  const objects = keys.map((key) => ({ key }));
  if (!bucket.known) return { objects };
  const names = new Set(keys);
  const isSelected = (object: WrittenObject): boolean =>
    object.bucket === bucket.value && (object.key === undefined || names.has(object.key));
  await written?.waitForEarlier(isSelected);
  await written?.rejectLater(isSelected);
  return { bucket: bucket.value, objects };
}

type ListingInput = Record<"bucket" | "prefix" | "include" | "exclude", Resolved<unknown>>;

interface ListingCriteria {
  readonly bucket: string;
  readonly prefix?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

async function listedObjects(
  { bucket, prefix, include, exclude }: ListingInput,
  { isReady, connection, written }: SelectionContext,
): Promise<ObjectSelection> {
  // Patterns are validated even if the bucket does not exist yet.
  if (include.known && exclude.known)
    new GlobFilter({ include: include.value, exclude: exclude.value } as object);
  const inputs = { bucket, prefix, include, exclude };
  const unknown = Object.entries(inputs).find(([, { known }]) => !known);
  if (unknown) return { deferred: notKnownYet(`${unknown[0]} is`) };
  const settings = await resolveInput(connection ?? {});
  if (!settings.known) return { deferred: notKnownYet("region and identity are") };

  const values = Object.entries(inputs).map(([name, input]) => [name, input.known && input.value]);
  const criteria = Object.fromEntries(values) as ListingCriteria;
  const isSelected = selectorOf(criteria);
  const areThere = (await written?.waitForEarlier(isSelected)) ?? true;
  const listing = await listBucket(criteria, settings.value);
  if ("deferred" in listing) return listing;
  await written?.rejectLater(isSelected);
  return { bucket: criteria.bucket, ...decide(listing, isReady && areThere) };
}

function selectorOf(criteria: ListingCriteria): (object: WrittenObject) => boolean {
  const { bucket, prefix = "" } = criteria;
  const filter = new GlobFilter(criteria);
  return ({ bucket: writtenTo, key }) =>
    writtenTo === bucket &&
    (key === undefined || (key.startsWith(prefix) && matchesKey(key, prefix, filter)));
}

interface Listing {
  readonly objects: readonly S3Object[];
  /** Name of the listed bucket and prefix, for messages. */
  readonly where: string;
  readonly warnings: readonly Message[];
}

async function listBucket(
  criteria: ListingCriteria,
  connection: OwnSettings,
): Promise<Listing | { deferred: Message }> {
  const { bucket, prefix = "" } = criteria;
  const listed = await listObjects(bucket, prefix, connection);
  if (!listed) {
    const missing = `bucket ${JSON.stringify(bucket)} does not exist.`;
    if (!runtime.isDryRun()) {
      const remedy =
        "Correct the name. If the program creates the bucket, give its output instead of the name.";
      throw new InputError("no-such-bucket", `${missing} ${remedy}`);
    }
    const text =
      `${missing} If the program creates it, \`pulumi up\` lists its objects and declares their jobs. ` +
      "Otherwise correct the name, because `pulumi up` will fail.";
    return { deferred: { code: "no-such-bucket-yet", text } };
  }
  const filter = new GlobFilter(criteria);
  const selected = listed.filter(({ key }) => matchesKey(key, prefix, filter));
  const isSelected = new Set(selected);
  const hidden = criteria.include
    ? []
    : listed.filter((object) => !isSelected.has(object) && !filter.excludes(relativeKey(object.key, prefix)));
  return {
    objects: selected.map(({ key, etag }) => ({ key, ...(etag && { etag }) })),
    where: `s3://${bucket}/${prefix}`,
    warnings: [...filter.warnings(), ...hiddenWarning(hidden), ...archiveWarning(selected)],
  };
}

function hiddenWarning(objects: readonly S3Object[]): Message[] {
  const reason =
    "because a part of the name begins with a dot. To import such objects, name them in include.";
  return objects.length === 0
    ? []
    : [{ code: "hidden-objects-left-out", text: `${summarize(objects)} left out, ${reason}` }];
}

/** Only a warning, because an object that was imported before it was archived need not be imported again. */
function archiveWarning(selected: readonly ListedObject[]): Message[] {
  const archived = selected.filter((object) => object.archived);
  const reason =
    "in an archive (storage class GLACIER or DEEP_ARCHIVE). An import fails until it is restored.";
  return archived.length === 0
    ? []
    : [{ code: "archived-objects", text: `${summarize(archived)} ${reason}` }];
}

/** At most three of the keys and the number of others, with a verb. */
function summarize(objects: readonly S3Object[]): string {
  const keys = objects.map(({ key }) => JSON.stringify(key));
  return `${joinNames(keys, 3)} ${objects.length === 1 ? "is" : "are"}`;
}

function decide({ objects, where, warnings }: Listing, isReady: boolean): ObjectSelection {
  const error = validateObjects(objects, where);
  if (!isReady) {
    const text =
      "Some dependencies will be created or changed. The objects are listed again during `pulumi up` and may differ.";
    const deferred = { code: "objects-may-differ", text };
    return error ? { deferred } : { objects, deferred, warnings };
  }
  if (!error) return { objects, warnings };
  const hint =
    objects.length === 0 ? ["If the same run writes the objects, put what writes them into dependsOn."] : [];
  const sentences = [error, ...warnings].map(({ text }) => text);
  throw new InputError(error.code, [...sentences, ...hint].join(" "), error.derived);
}

const validateObjects = (objects: readonly S3Object[], where: string): InputError | undefined =>
  objects.length === 0
    ? new InputError("nothing-selected", `No objects in ${where} match prefix, include and exclude.`)
    : validateAssetNames(
        objects.map(({ key }) => key),
        where,
      );

/** The filter receives the whole name as well, because a prefix may cut it. */
const matchesKey = (key: string, prefix: string, filter: GlobFilter): boolean =>
  filter.matches(relativeKey(key, prefix), key.slice(prefix.lastIndexOf("/") + 1).replace(/^\//, ""));

/** The part of a key that patterns apply to: the key without the prefix, or the object's name if the prefix is the key. */
export const relativeKey = (key: string, prefix: string): string =>
  key.slice(prefix.length).replace(/^\//, "") || key.slice(key.lastIndexOf("/") + 1);
