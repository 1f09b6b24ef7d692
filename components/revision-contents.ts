import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import type { JobAsset } from "../service-model/job";
import { jobTypeOf } from "../service-model/job-types";
import type { ApiAssetArgs } from "./api-asset";
import { ApiAsset, contentOf as contentOfApi } from "./api-asset";
import type { ObjectSelection } from "./support/select-objects";
import { selectObjects } from "./support/select-objects";
import { contentHash } from "./support/content-hash";
import type { FileUploadArgs } from "./file-upload";
import { FileUpload, contentOf as contentOfFiles } from "./file-upload";
import type { JobSettings } from "./support/job-settings";
import { componentConnection, givenSettings } from "./support/job-settings";
import type { LakeFormationImportArgs } from "./lake-formation-import";
import { LakeFormationImport, contentOf as contentOfLakeFormation } from "./lake-formation-import";
import type { RedshiftImportArgs } from "./redshift-import";
import { RedshiftImport, contentOf as contentOfRedshift } from "./redshift-import";
import type { S3DataAccessArgs } from "./s3-data-access";
import { S3DataAccess, contentOf as contentOfS3DataAccess } from "./s3-data-access";
import type { S3ImportArgs } from "./s3-import";
import { S3Import } from "./s3-import";
import type { Resolved } from "./support/resolve-input";
import { resolveInput } from "./support/resolve-input";
import type { FileSelection } from "./support/select-files";
import { selectFiles } from "./support/select-files";
import type { WrittenObjects } from "./support/written-objects";
import { validateAssetNames } from "./support/asset-names";
import { InputError } from "./support/input-error";

/** What can be published in a revision: a row for each component that imports. */

/** The revision, which is the publication's to make, and what becomes of its assets. */
type Own = "dataSetId" | "revisionId" | "onDelete";

/**
 * One part of a revision: exactly one member, without `dataSetId`, `revisionId` and `onDelete`, which are the
 * publication's own.
 */
export interface RevisionContent {
  /** Objects of a bucket, as `S3Import` takes them. */
  s3?: Omit<S3ImportArgs, Own>;
  /** Local files, as `FileUpload` takes them. */
  files?: Omit<FileUploadArgs, Own>;
  /** A stage of an API Gateway REST API, as `ApiAsset` takes it. */
  api?: Omit<ApiAssetArgs, Own>;
  /** Amazon Redshift datashares, as `RedshiftImport` takes them. */
  redshift?: Omit<RedshiftImportArgs, Own>;
  /** What a Lake Formation tag policy covers, as `LakeFormationImport` takes it. */
  lakeFormation?: Omit<LakeFormationImportArgs, Own>;
  /** A bucket shared in place, as `S3DataAccess` takes it. */
  s3DataAccess?: Omit<S3DataAccessArgs, Own>;
}

export type ContentKind = keyof RevisionContent;

export interface RevisionIds {
  readonly dataSetId: Input<string>;
  readonly revisionId: Input<string>;
}

/** What a part of a revision turns out to be. */
export interface Look<Found = unknown> {
  /** Another text means other content; not known where a preview cannot tell. */
  readonly content: Resolved<string>;
  /** Names of the assets that there will be, as far as they are known. */
  readonly names: readonly string[];
  /** Why a preview cannot tell. */
  readonly later?: string;
  /** What was found, for the component that is declared. */
  readonly found?: Found;
}

/** What the component of a part answers. */
export interface Declared {
  readonly jobIds: Output<string[]>;
  readonly assets: Output<JobAsset[]>;
}

interface Publishable<Args, Found = unknown> {
  /** What the data sets hold that such a part fits into. */
  readonly assetTypes: readonly string[];
  /**
   * Looks at what is to be published, with the providers of the `publisher`. `isReady` is false when what it depends on
   * is yet to be made or changed; `written` are the objects that the program writes itself.
   */
  look(args: Args, isReady: boolean, publisher: Resource, written: WrittenObjects): Promise<Look<Found>>;
  declare(name: string, args: Args & RevisionIds, opts: ComponentResourceOptions, found?: Found): Declared;
}

const assetTypesOf = (jobType: string): readonly string[] => jobTypeOf(jobType).assetTypes;

const s3: Publishable<NonNullable<RevisionContent["s3"]>, ObjectSelection> = {
  assetTypes: assetTypesOf("IMPORT_ASSETS_FROM_S3"),
  async look(args, isReady, publisher, written) {
    const connection = componentConnection(publisher, args);
    const found = await selectObjects(args, { isReady, connection, written });
    const { bucket, objects = [], later } = found;
    const etags = Object.fromEntries(objects.map(({ key, etag = "" }) => [key, etag]));
    const isKnown = bucket !== undefined && later === undefined;
    return {
      content: isKnown ? { known: true, value: contentHash([bucket, etags]) } : { known: false },
      names: objects.map(({ key }) => key),
      ...(later !== undefined && { later }),
      found,
    };
  },
  // One listing decides what is new and what is imported.
  declare: (name, args, opts, found) => new S3Import(name, args, opts, found),
};

const files: Publishable<NonNullable<RevisionContent["files"]>, FileSelection> = {
  assetTypes: assetTypesOf("IMPORT_ASSET_FROM_SIGNED_URL"),
  async look(args, isReady) {
    const found = await selectFiles(args);
    return {
      content: isReady ? await contentOfFiles(args, found.files) : { known: false },
      names: found.files.map(({ assetName }) => assetName),
      found,
    };
  },
  // One look decides what is new and what is uploaded.
  declare: (name, args, opts, found) => new FileUpload(name, args, opts, found),
};

const api: Publishable<NonNullable<RevisionContent["api"]>> = {
  assetTypes: assetTypesOf("IMPORT_ASSET_FROM_API_GATEWAY_API"),
  look: async (args, isReady, publisher) => ({
    content: await contentOfApi(args, isReady, publisher),
    names: await known([args.apiName]),
  }),
  declare: (name, args, opts) => one(new ApiAsset(name, args, opts)),
};

const redshift: Publishable<NonNullable<RevisionContent["redshift"]>> = {
  assetTypes: assetTypesOf("IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES"),
  look: async (args) => ({ content: await contentOfRedshift(args), names: await known(args.dataShareArns) }),
  declare: (name, args, opts) => new RedshiftImport(name, args, opts),
};

const lakeFormation: Publishable<NonNullable<RevisionContent["lakeFormation"]>> = {
  assetTypes: assetTypesOf("IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY"),
  // The service names these assets by itself, and those of the next kind.
  look: async (args) => ({ content: await contentOfLakeFormation(args), names: [] }),
  declare: (name, args, opts) => {
    const { jobId, assets } = new LakeFormationImport(name, args, opts);
    return { jobIds: output([jobId]), assets };
  },
};

const s3DataAccess: Publishable<NonNullable<RevisionContent["s3DataAccess"]>> = {
  assetTypes: assetTypesOf("CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET"),
  look: async (args) => ({ content: await contentOfS3DataAccess(args), names: [] }),
  declare: (name, args, opts) => one(new S3DataAccess(name, args, opts)),
};

export const publishables = {
  ...{ s3, files, api, redshift, lakeFormation, s3DataAccess },
} as Readonly<Record<ContentKind, Publishable<object>>>;

async function known(names: Input<Input<string>[]>): Promise<readonly string[]> {
  const found = await resolveInput(names);
  return found.known ? found.value : [];
}

const one = ({ jobId, asset }: { jobId: Output<string>; asset: Output<JobAsset | undefined> }): Declared => ({
  jobIds: output([jobId]),
  assets: asset.apply((made) => (made ? [made] : [])),
});

/** What a revision shall hold, looked at before anything is declared. */

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
    throw new InputError("needs contents, with at least one member; a revision is never empty.");
  const kinds = names.map((name): [string, ContentKind] => {
    const [kind, ...others] = Object.keys(given(contents[name] ?? {}));
    if (kind === undefined || others.length > 0 || !Object.hasOwn(publishables, kind)) {
      const known = Object.keys(publishables).join(", ");
      throw new InputError(`contents.${name} must have exactly one of the members ${known}.`);
    }
    return [name, kind as ContentKind];
  });
  const [[firstName, first]] = kinds as [[string, ContentKind]];
  for (const [name, kind] of kinds) {
    const fits = publishables[kind].assetTypes.some((type) => publishables[first].assetTypes.includes(type));
    if (!fits) {
      throw new InputError(
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
    if (!(error instanceof InputError)) throw error;
    // What is wrong with it now may be put right by what it depends on.
    if (!isReady) return { content: { known: false }, names: [] };
    throw new InputError(`contents.${name}: ${error.message}`);
  }
}

/** All parts together are held against what a revision takes, as far as a preview knows them. */
function refuseWrong(parts: readonly Part[]): void {
  const names = parts.flatMap((part) => part.names.map((key) => ({ key })));
  const wrong = names.length > 0 && validateAssetNames(names, "contents");
  if (wrong) throw new InputError(wrong);
  const seen = new Map<string, string>();
  for (const { name, content } of parts) {
    if (!content.known) continue;
    const other = seen.get(content.value);
    if (other !== undefined) {
      throw new InputError(
        `contents.${other} and contents.${name} hold the same, which would be published twice.`,
      );
    }
    seen.set(content.value, name);
  }
}
