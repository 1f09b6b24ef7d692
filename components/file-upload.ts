import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { asset } from "@pulumi/pulumi";
import { relative } from "node:path";

import type { JobOfSetArgs } from "../provider/dynamic/job-set";
import type { JobAsset, JobState } from "../service-model/job";
import { slug } from "./support/asset-names";
import type { ImportOutputs } from "./support/declared-jobs";
import { declareImportSet, unknownImportOutputs } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import { InputError } from "./support/input-error";
import type { ImportArgs } from "./support/job-settings";
import { dependenciesReady } from "./support/resolve-input";
import type { FileSelection, SelectedFile } from "./support/select-files";
import { selectFiles } from "./support/select-files";

/** Arguments of a FileUpload. */
export interface FileUploadArgs extends ImportArgs {
  /** A local file or folder, relative to the program's directory. Either this or `paths`. */
  path?: string;
  /** Several files and folders. Either this or `path`. */
  paths?: string[];
  /**
   * Glob patterns for the files of a folder to upload, such as `*.csv` or `2026/`, matched against paths below the folder
   * with forward slashes. An entry with `!` excludes.
   * @default everything but names that begin with a dot, which a pattern must contain
   */
  include?: string[];
  /**
   * Glob patterns for files of a folder to leave out although `include` selects them. `drafts/` is a folder of that name
   * wherever it is.
   * @default none
   */
  exclude?: string[];
  /**
   * Returns the asset's name for a path below the folder with forward slashes, or for the name of a file given by itself.
   * Another name replaces the file's job.
   * @default the path or name itself
   */
  assetName?: (relativePath: string) => string;
}

/** A RevisionPublication passes the files that it has selected under this symbol. */
const selected = Symbol("selected files");
type InternalArgs = FileUploadArgs & { [selected]?: FileSelection };

/**
 * Local files and folders as assets of a revision, without a bucket: one import through a signed URL for each file, all in
 * one JobSet. A changed file replaces its own job and no other.
 *
 * ```ts
 * const files = new dataexchange.FileUpload("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   path: "data",
 *   include: ["*.csv"],
 * });
 * ```
 *
 * Errors in the preview: no selected file, a file of more than 5 GB, more than 10,000 files, names that look the same, and
 * links that lead out of the folder.
 */
export class FileUpload extends DeferredComponent<FileUploadArgs, ImportOutputs> {
  /** Ids of the jobs, in the order of the files. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` after `pulumi up`. */
  declare readonly states: Output<JobState[]>;
  /** The assets that the jobs created. */
  declare readonly assets: Output<JobAsset[]>;

  constructor(name: string, args: FileUploadArgs, opts: ComponentResourceOptions = {}) {
    super(
      "dataexchange:index:FileUpload",
      name,
      args,
      opts,
      ["jobIds", "states", "assets"],
      ["jobIds", "states"],
    );
  }

  protected async declare(
    name: string,
    args: InternalArgs,
    { dependsOn }: ComponentResourceOptions,
  ): Promise<ImportOutputs> {
    const selection = await this.select(args, await dependenciesReady(dependsOn));
    if (!selection) return unknownImportOutputs();
    const jobs = selection.files.map((file) => [slug(file.assetName), uploadJob(file, args)] as const);
    return declareImportSet(this, name, jobs, args);
  }

  /** The files as they are now. In a preview, files that cannot be uploaded yet are decided later. */
  private async select(args: InternalArgs, isReady: boolean): Promise<FileSelection | undefined> {
    try {
      const selection = args[selected] ?? (await selectFiles(args));
      for (const warning of selection.warnings) await this.warn(warning, args);
      if (!isReady) {
        const message =
          "Some dependencies will be created or changed. The files may differ during `pulumi up`.";
        await this.note({ code: "files-may-differ", message }, args);
      }
      return selection;
    } catch (error) {
      if (isReady || !(error instanceof InputError)) throw error;
      const message = `The files are selected once the dependencies are ready. At present, ${error.message}`;
      await this.note({ code: "files-not-known-yet", message }, args);
      return undefined;
    }
  }
}

/** Uploads files that have been selected already. */
export const uploadSelection = (
  name: string,
  args: FileUploadArgs,
  opts: ComponentResourceOptions,
  selection?: FileSelection,
): FileUpload => new FileUpload(name, { ...args, [selected]: selection } as InternalArgs, opts);

const uploadJob = (
  { path, assetName }: SelectedFile,
  { dataSetId, revisionId }: FileUploadArgs,
): JobOfSetArgs => ({
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { dataSetId, revisionId, assetName } },
  // The state holds the path of a file, so the path must be the same on every machine.
  upload: new asset.FileAsset(relative(process.cwd(), path)),
});
