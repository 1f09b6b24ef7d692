/** Which objects an S3Import is about, as far as that can be known now. */
import type { Input, Inputs } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";

import type { OwnSettings } from "../provider/aws/settings";
import { listObjects } from "./list-objects";
import type { S3Object } from "./object-names";
import { wrongChoice } from "./object-names";
import { chosenBy, wrongPatterns } from "./patterns";
import { Refusal } from "./refusal";
import type { Settled } from "./settled";
import { settled } from "./settled";

/** Either `keys`, or a prefix with patterns over what lies below it. */
export interface ObjectChoice {
  bucket: Input<string>;
  keys?: Input<Input<string>[]>;
  prefix?: Input<string>;
  include?: Input<Input<string>[]>;
  exclude?: Input<Input<string>[]>;
}

export interface Chosen {
  /** What is meant as things are; absent when a preview cannot tell. */
  readonly objects?: readonly S3Object[];
  /** The bucket, where it is known. */
  readonly bucket?: string;
  /** What a preview leaves to `pulumi up`, in a sentence. */
  readonly later?: string;
}

/**
 * `isReady` is false in a preview when something that the objects depend on is yet to be made; `connection` says how to
 * list the bucket.
 */
export async function chooseObjects(
  { bucket, keys, prefix, include, exclude }: ObjectChoice,
  isReady: boolean,
  connection: Inputs = {},
): Promise<Chosen> {
  const name = await settled(bucket);
  if (name.known && (typeof name.value !== "string" || name.value === "")) {
    throw new Refusal("needs bucket, the name of a bucket.");
  }
  if (keys !== undefined) {
    if ((prefix ?? include ?? exclude) !== undefined) {
      throw new Refusal("takes either keys, or prefix, include and exclude, not both.");
    }
    const named = await settled(keys);
    if (!named.known) return { later: later("keys are") };
    // Nobody looks at these, so there is nothing to wait for, not even their bucket.
    return { ...(name.known && { bucket: name.value }), objects: namedObjects(named.value) };
  }
  const found = await allKnown({ bucket, prefix, include, exclude, connection });
  if (typeof found === "string")
    return { later: later(found === "connection" ? "region and identity are" : `${found} is`) };
  const chosen = await listedObjects(found);
  if ("later" in chosen) return chosen;
  return { bucket: found.bucket, ...decided(chosen.objects, chosen.where, isReady) };
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

interface Found {
  readonly objects: readonly S3Object[];
  /** Where they are, for whoever reads what is wrong with them. */
  readonly where: string;
}

function namedObjects(keys: readonly string[]): S3Object[] {
  const none = keys.find((key) => typeof key !== "string" || key === "");
  if (none !== undefined) throw new Refusal(`keys holds ${JSON.stringify(none)}, which is no key.`);
  const objects = keys.map((key) => ({ key }));
  const wrong = wrongChoice(objects, "keys");
  if (wrong) throw new Refusal(wrong);
  return objects;
}

async function listedObjects(choice: KnownChoice): Promise<Found | { later: string }> {
  const { bucket, prefix = "", connection } = choice;
  const wrong = wrongPatterns(choice);
  if (wrong) throw new Refusal(wrong);
  const all = await listObjects(bucket, prefix, connection);
  if (!all && runtime.isDryRun()) {
    return {
      later: `There is no bucket ${bucket} yet: its objects are listed, and their jobs made, when there is.`,
    };
  }
  if (!all) throw new Refusal(`there is no bucket ${bucket} in this account that could be listed.`);
  const isMeant = chosenBy(choice, { dots: true });
  return { objects: all.filter(({ key }) => isMeant(below(key, prefix))), where: `s3://${bucket}/${prefix}` };
}

function decided(objects: readonly S3Object[], where: string, isReady: boolean): Chosen {
  const wrong = wrongChoice(objects, where);
  if (!isReady) {
    const later =
      "What this depends on is yet to be made or changed: the objects are looked at again then, and may be others.";
    return wrong ? { later } : { objects, later };
  }
  if (!wrong) return { objects };
  const hint = objects.length === 0 ? " Objects that this program makes itself belong into dependsOn." : "";
  throw new Refusal(wrong + hint);
}

/** What patterns are held against: the key without the prefix, or the name of an object that the prefix spells out. */
export const below = (key: string, prefix: string): string =>
  key.slice(prefix.length).replace(/^\//, "") || key.slice(key.lastIndexOf("/") + 1);

/** The choice once all of it is known, or the name of an argument that is not. */
async function allKnown(inputs: Readonly<Record<string, Input<unknown>>>): Promise<KnownChoice | string> {
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const found: Settled<unknown> = await settled(input);
    if (!found.known) return name;
    values[name] = found.value;
  }
  return values as unknown as KnownChoice;
}
