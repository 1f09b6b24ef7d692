/** The kinds of contents of a revision: one row for each component that imports. */
import type { ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

import type { Message } from "../lib/message-code";
import type { JobType } from "../service-model/job-type";
import type { JobAsset } from "../service-model/job";
import { jobTypeOf } from "../service-model/job-types";
import type { ApiAssetArgs } from "./api-asset";
import { ApiAsset, resolveDocument, readDocument } from "./api-asset";
import type { FileUploadArgs } from "./file-upload";
import { FileUpload } from "./file-upload";
import type { LakeFormationImportArgs } from "./lake-formation-import";
import { allPermissions, LakeFormationImport } from "./lake-formation-import";
import type { RedshiftImportArgs } from "./redshift-import";
import { RedshiftImport } from "./redshift-import";
import type { S3DataAccessArgs } from "./s3-data-access";
import { S3DataAccess } from "./s3-data-access";
import type { S3ImportArgs } from "./s3-import";
import { S3Import } from "./s3-import";
import { contentHash, hashFile, hashInputs } from "./support/content-hash";
import { withSelection } from "./support/deferred-component";
import { componentConnection } from "./support/job-settings";
import { mergeTags } from "./support/lake-formation-policies";
import type { Resolved } from "./support/resolve-input";
import { resolveInput } from "./support/resolve-input";
import type { SelectedFile } from "./support/select-files";
import { selectFiles } from "./support/select-files";
import { selectObjects } from "./support/select-objects";
import type { WrittenObjects } from "./support/written-objects";

/** Arguments that the publication sets for all of its contents. */
type SetByPublication = "dataSetId" | "revisionId" | "onDelete";

/**
 * One item of a revision's contents: exactly one member, without `dataSetId`, `revisionId` and `onDelete`, which the
 * publication sets.
 */
export interface RevisionContent {
  /** Objects of a bucket, with the arguments of `S3Import`. */
  s3?: Omit<S3ImportArgs, SetByPublication>;
  /** Local files, with the arguments of `FileUpload`. */
  files?: Omit<FileUploadArgs, SetByPublication>;
  /** A stage of an API Gateway REST API, with the arguments of `ApiAsset`. */
  api?: Omit<ApiAssetArgs, SetByPublication>;
  /** Amazon Redshift datashares, with the arguments of `RedshiftImport`. */
  redshift?: Omit<RedshiftImportArgs, SetByPublication>;
  /** The resources of a Lake Formation tag policy, with the arguments of `LakeFormationImport`. */
  lakeFormation?: Omit<LakeFormationImportArgs, SetByPublication>;
  /** A bucket shared in place, with the arguments of `S3DataAccess`. */
  s3DataAccess?: Omit<S3DataAccessArgs, SetByPublication>;
}

export type ContentKind = keyof RevisionContent;

export interface RevisionIds {
  readonly dataSetId: Input<string>;
  readonly revisionId: Input<string>;
}

/** The present content of an item. */
export interface Inspection<Selection = unknown> {
  /** Hash of the content. Unknown if a preview cannot compute it. */
  readonly hash: Resolved<string>;
  /** Names of the item's assets, as far as they are known. */
  readonly assetNames: readonly string[];
  /** Why a preview cannot compute the hash. */
  readonly deferred?: Message;
  /** Passed to the component, so that a bucket or folder is listed once. */
  readonly selection?: Selection;
}

export interface InspectionContext {
  /** False if a preview will create or change something that the contents depend on. */
  readonly isReady: boolean;
  /** The publication, whose providers are used. */
  readonly publication: Resource;
  /** Objects that the program itself writes. */
  readonly written: WrittenObjects;
}

/** Outputs that all components have in common. */
export interface ContentOutputs {
  readonly jobIds: Output<string[]>;
  readonly assets: Output<JobAsset[]>;
}

interface ContentType<Args, Selection = unknown> {
  /** Type of the import jobs. Contents of one revision must have the same type of assets, because a data set has one. */
  readonly jobType: JobType["type"];
  inspect(args: Args, context: InspectionContext): Promise<Inspection<Selection>>;
  declare(
    name: string,
    args: Args & RevisionIds,
    opts: ComponentResourceOptions,
    selection?: Selection,
  ): ContentOutputs;
}

type Contents = { [Kind in ContentKind]: ContentType<NonNullable<RevisionContent[Kind]>, never> };

const contents: Contents = {
  s3: {
    jobType: "IMPORT_ASSETS_FROM_S3",
    async inspect(args, { isReady, publication, written }) {
      const connection = componentConnection(publication, args);
      const selection = await selectObjects(args, { isReady, connection, written });
      const { bucket, objects = [], deferred } = selection;
      const etags = Object.fromEntries(objects.map(({ key, etag = "" }) => [key, etag]));
      const isKnown = bucket !== undefined && deferred === undefined;
      return {
        hash: isKnown ? { known: true, value: contentHash([bucket, etags]) } : { known: false },
        assetNames: objects.map(({ key }) => key),
        deferred,
        selection: selection as never,
      };
    },
    declare: (name, args, opts, selection) => new S3Import(name, withSelection(args, selection), opts),
  },
  files: {
    jobType: "IMPORT_ASSET_FROM_SIGNED_URL",
    async inspect(args, { isReady }) {
      const selection = await selectFiles(args);
      return {
        hash: isReady ? await hashFiles(selection.files, args.tags) : { known: false },
        assetNames: selection.files.map(({ assetName }) => assetName),
        selection: selection as never,
      };
    },
    declare: (name, args, opts, selection) => new FileUpload(name, withSelection(args, selection), opts),
  },
  api: {
    jobType: "IMPORT_ASSET_FROM_API_GATEWAY_API",
    async inspect(args, { isReady, publication }) {
      const document = await resolveInput(resolveDocument(args, isReady, publication));
      const assetNames = await knownNames([args.apiName]);
      if (!document.known) return { hash: document, assetNames };
      const { restApiId, stageName, apiName, apiDescription, apiKey, tags } = args;
      // A remote document is hashed by its URL.
      const text = (await readDocument(document.value)) ?? contentHash(document.value);
      const inputs = [text, restApiId, stageName, apiName, apiDescription, apiKey, tags];
      return { hash: await hashInputs("ApiAsset", inputs), assetNames };
    },
    declare: (name, args, opts) => singleAsset(new ApiAsset(name, args, opts)),
  },
  redshift: {
    jobType: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
    inspect: async ({ dataShareArns, tags }) => ({
      hash: await hashInputs("RedshiftImport", [sorted(dataShareArns), tags]),
      assetNames: await knownNames(dataShareArns),
    }),
    declare: (name, args, opts) => new RedshiftImport(name, args, opts),
  },
  lakeFormation: {
    jobType: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
    // The hash covers the policy, but not the data, which is never copied. The service names the assets.
    async inspect({ database, table, tablePermissions = allPermissions, catalogId, roleArn, tags }) {
      const expressions = [database, table].map((expression) =>
        output(expression).apply((known) => known && mergeTags(known)),
      );
      const inputs = [...expressions, [...tablePermissions].sort(), catalogId, roleArn, tags];
      return { hash: await hashInputs("LakeFormationImport", inputs), assetNames: [] };
    },
    declare(name, args, opts) {
      const { jobId, assets } = new LakeFormationImport(name, args, opts);
      return { jobIds: output([jobId]), assets };
    },
  },
  s3DataAccess: {
    jobType: "CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET",
    // The hash covers the bucket, prefixes and keys, but not the objects, which are never copied. The service names the assets.
    async inspect({ bucket, keyPrefixes, keys, kmsKeyArns, tags }) {
      const sets = [keyPrefixes, keys, kmsKeyArns].map(sorted);
      return { hash: await hashInputs("S3DataAccess", [bucket, sets, tags]), assetNames: [] };
    },
    declare: (name, args, opts) => singleAsset(new S3DataAccess(name, args, opts)),
  },
};

/** The rows by their kinds, for callers that do not know the kind of an item. */
export const contentTypes = contents as unknown as Readonly<Record<ContentKind, ContentType<object>>>;

/** Whether assets of both kinds can be in one data set. */
export function areCompatible(one: ContentKind, other: ContentKind): boolean {
  const [types, others] = [one, other].map((kind) => jobTypeOf(contentTypes[kind].jobType).assetTypes);
  return types!.some((type) => others!.includes(type));
}

async function hashFiles(
  files: readonly SelectedFile[],
  tags: FileUploadArgs["tags"],
): Promise<Resolved<string>> {
  const hashes: [string, string][] = [];
  for (const { path, assetName } of files) hashes.push([assetName, await hashFile(path)]);
  return hashInputs("FileUpload", [hashes.sort(([a], [b]) => (a < b ? -1 : 1)), tags]);
}

const sorted = (set: Input<Input<string>[]> | undefined): Output<string[]> =>
  output(set).apply((items) => [...(items ?? [])].sort());

async function knownNames(names: Input<Input<string>[]>): Promise<readonly string[]> {
  const resolved = await resolveInput(names);
  return resolved.known ? resolved.value : [];
}

const singleAsset = ({ jobId, asset }: ApiAsset | S3DataAccess): ContentOutputs => ({
  jobIds: output([jobId]),
  assets: asset.apply((created) => (created ? [created] : [])),
});
