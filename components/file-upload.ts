import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { asset } from "@pulumi/pulumi";
import { relative } from "node:path";

import { InputError } from "../lib/input-error";
import type { JobOfSetArgs } from "../provider/resources/job-set";
import { slug } from "./support/asset-names";
import type { ImportOutputs } from "./support/declared-jobs";
import { declareImportSet, unknownImportOutputs } from "./support/declared-jobs";
import { ImportComponent, selectionOf } from "./support/deferred-component";
import type { ImportArgs } from "./support/job-settings";
import { dependenciesReady } from "./support/resolve-input";
import type { FileCriteria, FileSelection, SelectedFile } from "./support/select-files";
import { selectFiles } from "./support/select-files";

/** Arguments of a FileUpload. */
export interface FileUploadArgs extends ImportArgs, FileCriteria {}

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
export class FileUpload extends ImportComponent<FileUploadArgs> {
  constructor(name: string, args: FileUploadArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:FileUpload", name, args, opts);
  }

  protected async declare(
    name: string,
    args: FileUploadArgs,
    { dependsOn }: ComponentResourceOptions,
  ): Promise<ImportOutputs> {
    const selection = await this.select(args, await dependenciesReady(dependsOn));
    if (!selection) return unknownImportOutputs();
    const jobs = selection.files.map((file) => [slug(file.assetName), uploadJob(file, args)] as const);
    return declareImportSet(this, name, jobs, args);
  }

  /** The files as they are now. In a preview, files that cannot be uploaded yet are decided later. */
  private async select(args: FileUploadArgs, isReady: boolean): Promise<FileSelection | undefined> {
    try {
      const selection = selectionOf<FileSelection>(args) ?? (await selectFiles(args));
      for (const warning of selection.warnings) await this.warn(warning, args);
      if (!isReady) {
        const text = "Some dependencies will be created or changed. The files may differ during `pulumi up`.";
        await this.note({ code: "files-may-differ", text }, args);
      }
      return selection;
    } catch (error) {
      if (isReady || !(error instanceof InputError)) throw error;
      const text = `The files are selected once the dependencies are ready. At present, ${error.text}`;
      await this.note({ code: "files-not-known-yet", text }, args);
      return undefined;
    }
  }
}

const uploadJob = (
  { path, assetName }: SelectedFile,
  { dataSetId, revisionId }: FileUploadArgs,
): JobOfSetArgs => ({
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { dataSetId, revisionId, assetName } },
  // The state holds the path of a file, so the path must be the same on every machine.
  upload: new asset.FileAsset(relative(process.cwd(), path)),
});
