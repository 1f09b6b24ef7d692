/** What a revision shall hold, looked at before anything is declared. */
import type { ComponentResourceOptions, Inputs, Resource } from "@pulumi/pulumi";

import type { JobSettings } from "./job-settings";
import { givenSettings } from "./job-settings";
import { wrongChoice } from "./asset-names";
import type { ContentKind, Declared, Look, RevisionContent, RevisionIds } from "../revision-contents";
import { publishables } from "../revision-contents";
import { Refusal } from "./input-error";
import type { WrittenObjects } from "./written-objects";

export interface Part extends Omit<Look, "found"> {
  readonly name: string;
  /** What makes its jobs run again although the content is the same. */
  readonly again: Inputs;
  declare(name: string, ids: RevisionIds, opts: ComponentResourceOptions): Declared;
}

/** The parts in the order of the program; refuses what can never become one revision. */
export async function partsOf(
  contents: Readonly<Record<string, RevisionContent>>,
  settings: JobSettings,
  isReady: boolean,
  publisher: Resource,
  written: WrittenObjects,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const [name, kind] of kindsOf(contents)) {
    const args = { ...givenSettings(settings), tags: settings.tags, ...given(contents[name]![kind]!) };
    const { found, ...look } = await lookAt(name, kind, args, isReady, publisher, written);
    parts.push({
      ...look,
      name,
      again: given({ triggers: args.triggers, tags: args.tags, region: args.region }),
      declare: (child, ids, opts) => publishables[kind].declare(child, { ...args, ...ids }, opts, found),
    });
  }
  refuseWrong(parts);
  return parts;
}

/** Without members that say nothing. */
const given = <T extends object>(args: T): T =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;

/** The kind of each part, of which a data set can hold all. */
function kindsOf(contents: Readonly<Record<string, RevisionContent>>): [string, ContentKind][] {
  const names = Object.keys(contents ?? {});
  if (names.length === 0)
    throw new Refusal("needs contents, with at least one member; a revision is never empty.");
  const kinds = names.map((name): [string, ContentKind] => {
    const [kind, ...others] = Object.keys(given(contents[name] ?? {}));
    if (kind === undefined || others.length > 0 || !Object.hasOwn(publishables, kind)) {
      const known = Object.keys(publishables).join(", ");
      throw new Refusal(`contents.${name} must have exactly one of the members ${known}.`);
    }
    return [name, kind as ContentKind];
  });
  const [[firstName, first]] = kinds as [[string, ContentKind]];
  for (const [name, kind] of kinds) {
    const fits = publishables[kind].assetTypes.some((type) => publishables[first].assetTypes.includes(type));
    if (!fits) {
      throw new Refusal(
        `contents.${firstName} (${first}) and contents.${name} (${kind}) make assets of different types, and a data ` +
          "set holds one type only.",
      );
    }
  }
  return kinds;
}

async function lookAt(
  name: string,
  kind: ContentKind,
  args: object,
  isReady: boolean,
  publisher: Resource,
  written: WrittenObjects,
): Promise<Look> {
  try {
    return await publishables[kind].look(args, isReady, publisher, written);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // What is wrong with it now may be put right by what it depends on.
    if (!isReady) return { content: { known: false }, names: [] };
    throw new Refusal(`contents.${name}: ${error.message}`);
  }
}

/** All parts together are held against what a revision takes, as far as a preview knows them. */
function refuseWrong(parts: readonly Part[]): void {
  const names = parts.flatMap((part) => part.names.map((key) => ({ key })));
  const wrong = names.length > 0 && wrongChoice(names, "contents");
  if (wrong) throw new Refusal(wrong);
  const seen = new Map<string, string>();
  for (const { name, content } of parts) {
    if (!content.known) continue;
    const other = seen.get(content.value);
    if (other !== undefined) {
      throw new Refusal(
        `contents.${other} and contents.${name} hold the same, which would be published twice.`,
      );
    }
    seen.set(content.value, name);
  }
}
