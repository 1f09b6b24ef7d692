import type { Input, Inputs, Output } from "@pulumi/pulumi";
import { asset, ComponentResource, log, type ComponentResourceOptions } from "@pulumi/pulumi";
import { relative } from "node:path";

import type { JobAsset, JobState } from "../service-model/job";
import type { JobOfSetArgs } from "../provider/dynamic/job-set";
import { hashFile, hashInputs } from "./support/content-hash";
import type { JobSettings } from "./support/job-settings";
import type { JobsOutcome } from "./support/declared-jobs";
import { declareImportSet, unknownOutcome } from "./support/declared-jobs";
import type { Resolved } from "./support/resolve-input";
import { membersOf, dependenciesReady } from "./support/resolve-input";
import { InputError, reportInputErrors } from "./support/input-error";
import { slug } from "./support/asset-names";
import { readArgs, hideArgs } from "./support/hidden-args";
import { selectFiles, type FileSelection, type SelectedFile } from "./support/select-files";

/** What a FileUpload is made of. */
export interface FileUploadArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces every job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces every job. */
  revisionId: Input<string>;
  /** A local file or folder, from the program's directory. Either this or `paths`. */
  path?: string;
  /** Several files and folders. Either this or `path`. */
  paths?: string[];
  /**
   * Glob patterns for what is meant of a folder, over paths below it with forward slashes: `*.csv`, `2026/`. An entry
   * with `!` excludes. Default: everything but names that begin with a dot, which a pattern has to spell out.
   */
  include?: string[];
  /**
   * Glob patterns for what is not meant of a folder although `include` names it; `drafts/` is such a folder wherever
   * it is. Default: none.
   */
  exclude?: string[];
  /**
   * What the asset of a file is called. It is given the path below the folder with forward slashes, or the file's own
   * name for one that is given by itself. Default: that path. Another name replaces the file's job.
   */
  assetName?: (relativePath: string) => string;
  /**
   * What becomes of an asset whose file is changed or gone, or when the component is deleted: `deleteAssets` deletes
   * it unless its revision is finalized, `retain` keeps it. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/**
 * Local files, or what lies in local folders, as assets of a revision: one import through a signed URL for each file,
 * without a bucket, all of them in one JobSet. A file whose content has changed replaces its own job and no other.
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
 * Errors: no file that is meant, one of more than 5 GB, more than 10,000, names that look alike and links that lead
 * out of the folder are refused by the preview.
 */
export class FileUpload extends ComponentResource<JobsOutcome> {
  /** Ids of the jobs, in the order of the files. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` in a stack that is up. */
  declare readonly states: Output<JobState[]>;
  /** The assets that the files became. */
  declare readonly assets: Output<JobAsset[]>;

  /** @param chosen What another component has chosen already, so that one look decides for both. */
  constructor(
    name: string,
    args: FileUploadArgs,
    opts: ComponentResourceOptions = {},
    chosen?: FileSelection,
  ) {
    super("dataexchange:index:FileUpload", name, hideArgs({ args, chosen }), opts);
    const { jobIds, states, assets } = membersOf(this.getData(), ["jobIds", "states", "assets"]);
    Object.assign(this, { jobIds, states, assets });
    this.registerOutputs({ jobIds, states });
  }

  protected override initialize(
    inputs: Inputs,
    opts: ComponentResourceOptions,
    name: string,
  ): Promise<JobsOutcome> {
    const { args, chosen } = readArgs<{ args: FileUploadArgs; chosen?: FileSelection }>(inputs);
    return reportInputErrors(this, `FileUpload ${JSON.stringify(name)}`, args, async () => {
      const files = await this.files(args, await dependenciesReady(opts.dependsOn), chosen);
      return files ? this.uploadAll(name, files, args) : unknownOutcome();
    });
  }

  /** What lies there now; nothing when a preview finds what cannot be uploaded yet. */
  private async files(
    args: FileUploadArgs,
    isReady: boolean,
    chosen?: FileSelection,
  ): Promise<readonly SelectedFile[] | undefined> {
    try {
      const { files, warnings } = chosen ?? (await selectFiles(args));
      for (const warning of warnings) await log.warn(warning, this);
      if (!isReady)
        await log.info(
          "What this depends on is yet to be made or changed: the files may be others then.",
          this,
        );
      return files;
    } catch (error) {
      if (isReady || !(error instanceof InputError)) throw error;
      await log.info(`The files are decided once what this depends on is made; now, ${error.message}`, this);
      return undefined;
    }
  }

  private uploadAll(name: string, files: readonly SelectedFile[], args: FileUploadArgs): JobsOutcome {
    const jobs = files.map((file) => [slug(file.assetName), this.upload(file, args)] as const);
    return declareImportSet(this, name, jobs, args);
  }

  private upload({ path, assetName }: SelectedFile, { dataSetId, revisionId }: FileUploadArgs): JobOfSetArgs {
    return {
      type: "IMPORT_ASSET_FROM_SIGNED_URL",
      details: { importAssetFromSignedUrl: { dataSetId, revisionId, assetName } },
      // State keeps the place of a file: let it be the same on every machine.
      upload: new asset.FileAsset(relative(process.cwd(), path)),
    };
  }
}

/** A digest of what the revision would hold. Reads the files. */
export async function contentOf(
  { tags }: Pick<FileUploadArgs, "tags">,
  files: readonly SelectedFile[],
): Promise<Resolved<string>> {
  const hashes: [string, string][] = [];
  for (const { path, assetName } of files) hashes.push([assetName, await hashFile(path)]);
  return hashInputs("FileUpload", [hashes.sort(([a], [b]) => (a < b ? -1 : 1)), tags]);
}
