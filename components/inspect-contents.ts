/** Inspects the contents of a revision before anything is declared. */
import type { ComponentResourceOptions, Inputs } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import type {
  ContentKind,
  ContentOutputs,
  Inspection,
  InspectionContext,
  RevisionContent,
  RevisionIds,
} from "./revision-contents";
import { areCompatible, contentTypes } from "./revision-contents";
import { validateAssetNames } from "./support/asset-names";
import type { JobSettings } from "./support/job-settings";
import { givenSettings } from "./support/job-settings";

export interface ContentItem extends Omit<Inspection, "selection"> {
  readonly name: string;
  /** Values that run the jobs again although the content is unchanged. */
  readonly rerunOn: Inputs;
  declare(name: string, ids: RevisionIds, opts: ComponentResourceOptions): ContentOutputs;
}

/** Inspects the items in the order of the program. @throws InputError if they cannot become one revision. */
export async function inspectContents(
  contents: Readonly<Record<string, RevisionContent>>,
  settings: JobSettings,
  context: InspectionContext,
): Promise<ContentItem[]> {
  // A previous revision is deleted or kept with all of its assets, so the jobs never delete any.
  const common = { ...givenSettings({ ...settings, onDelete: "retain" }), tags: settings.tags };
  const items: ContentItem[] = [];
  for (const [name, kind] of findKinds(contents)) {
    const own: JobSettings = { ...common, ...withoutAbsent(contents[name]![kind]!) };
    const { selection, ...inspection } = await inspect(name, kind, own, context);
    items.push({
      ...inspection,
      name,
      rerunOn: withoutAbsent({ triggers: own.triggers, tags: own.tags, region: own.region }),
      declare: (child, ids, opts) => contentTypes[kind].declare(child, { ...own, ...ids }, opts, selection),
    });
  }
  validateTogether(items);
  return items;
}

const withoutAbsent = <T extends object>(args: T): T =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;

function findKinds(contents: Readonly<Record<string, RevisionContent>>): [string, ContentKind][] {
  const names = Object.keys(contents ?? {});
  if (names.length === 0)
    throw new InputError("no-contents", "contents is required, with at least one member.");
  const kinds = names.map((name): [string, ContentKind] => {
    const [kind, ...others] = Object.keys(withoutAbsent(contents[name] ?? {}));
    if (kind !== undefined && others.length === 0 && Object.hasOwn(contentTypes, kind))
      return [name, kind as ContentKind];
    const known = Object.keys(contentTypes).join(", ");
    throw new InputError(
      "unknown-content",
      `contents.${name} must have exactly one of the members ${known}.`,
    );
  });
  const [[firstName, first]] = kinds as [[string, ContentKind]];
  const other = kinds.find(([, kind]) => !areCompatible(first, kind));
  if (other) {
    throw new InputError(
      "mixed-asset-types",
      `contents.${firstName} (${first}) and contents.${other[0]} (${other[1]}) create assets of different types, but a ` +
        "data set holds one type.",
    );
  }
  return kinds;
}

async function inspect(
  name: string,
  kind: ContentKind,
  args: object,
  context: InspectionContext,
): Promise<Inspection> {
  try {
    return await contentTypes[kind].inspect(args, context);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The dependencies may still fix the problem.
    if (!context.isReady) return { hash: { known: false }, assetNames: [] };
    throw new InputError(error.code, `contents.${name}: ${error.text}`, error.derived);
  }
}

/** Validates the items against each other, as far as a preview knows them. */
function validateTogether(items: readonly ContentItem[]): void {
  const error = validateAssetNames(
    items.flatMap(({ assetNames }) => assetNames),
    "contents",
  );
  if (error) throw error;
  const names = new Map<string, string>();
  for (const { name, hash } of items) {
    if (!hash.known) continue;
    const other = names.get(hash.value);
    if (other !== undefined) {
      throw new InputError(
        "duplicate-content",
        `contents.${other} and contents.${name} are the same and would be published twice.`,
      );
    }
    names.set(hash.value, name);
  }
}
