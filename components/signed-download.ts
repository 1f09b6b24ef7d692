import type { Input, Inputs, Output } from "@pulumi/pulumi";
import { all, ComponentResource, log, output, runtime, type ComponentResourceOptions } from "@pulumi/pulumi";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";

import { Job } from "../provider/dynamic/job";
import type { ExportSettings } from "./support/declared-jobs";
import { jobSettings } from "./support/job-settings";
import { unknownOutput } from "./support/declared-jobs";
import type { DownloadRecord } from "./support/downloaded-file";
import { downloadFile, findDownloadedFile } from "./support/downloaded-file";
import { usesMocks } from "../provider/dynamic/upload-asset";
import { InputError, reportInputErrors, withoutSecrets } from "./support/input-error";
import { membersOf, resolveInput } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What a SignedDownload is made of. */
export interface SignedDownloadArgs extends ExportSettings {
  /** The data set that owns the revision, one's own or an entitled one. A change makes a new URL. */
  dataSetId: Input<string>;
  /** The revision that holds the asset. A change makes a new URL. */
  revisionId: Input<string>;
  /** The asset. A change makes a new URL, and with `path` fetches the file again. */
  assetId: Input<string>;
  /**
   * Local file to write, from the program's directory; folders on the way are made. It is written by `pulumi up`, never
   * by a preview, and again when it is gone, has been changed, or the asset or this path is another. Beside it stands a
   * note, the hidden file `.<name>.download.json`. Default: no file is written.
   */
  path?: Input<string>;
}

interface Outcome {
  readonly url: Output<string>;
  readonly urlExpiresAt: Output<string>;
  readonly path: Output<string | undefined>;
}

/**
 * A signed URL of an asset, or the asset itself as a local file.
 *
 * ```ts
 * const prices = new dataexchange.SignedDownload("prices", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   assetId: imported.assets[0].id,
 *   path: "data/prices.csv",
 * });
 * ```
 *
 * A download must begin within one minute of the URL's making, and the URL is not renewed by itself: `triggers` say when a
 * new one is made. A file is; its download takes a new URL each time.
 *
 * Errors: a `path` that is a folder is refused, by the preview too; a download that fails leaves the file as it was, and
 * the next `pulumi up` begins it anew.
 */
export class SignedDownload extends ComponentResource<Outcome> {
  /** The signed URL. Secret. */
  declare readonly url: Output<string>;
  /** When the URL stops working, ISO 8601. */
  declare readonly urlExpiresAt: Output<string>;
  /** The file, once it is there; absent without `path`. */
  declare readonly path: Output<string | undefined>;

  constructor(name: string, args: SignedDownloadArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:SignedDownload", name, hideArgs(args), opts);
    const outputs = membersOf(this.getData(), ["url", "urlExpiresAt", "path"]);
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    _opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const args = readArgs<SignedDownloadArgs>(inputs);
    return reportInputErrors(this, `SignedDownload ${JSON.stringify(name)}`, args, async () => {
      const { triggers } = args;
      if (args.path === undefined) return outcomeOf(this.job(name, args, triggers), output(undefined));
      const path = await pathOf(args.path);
      const copy = path === undefined ? undefined : await findDownloadedFile(path);
      // A file that is there keeps its job as it is. Without it another token asks for a new job, and so for a new URL.
      const token = copy?.token ?? randomUUID();
      const job = this.job(name, args, { given: triggers ?? null, file: token });
      if (runtime.isDryRun()) {
        if (!copy) await log.info(await withoutSecrets(downloading(path), args), this);
        // A job that is to be another brings another file.
        return outcomeOf(job, copy ? all([args.path, job.id]).apply(([known]) => known) : unknownOutput());
      }
      // In a unit test of a program no URL leads anywhere.
      if (path !== undefined && !usesMocks()) await bringFile(path, job, token, copy);
      return outcomeOf(job, output(args.path));
    });
  }

  private job(name: string, args: SignedDownloadArgs, triggers: ExportSettings["triggers"]): Job {
    const { dataSetId, revisionId, assetId } = args;
    return new Job(
      `${name}-export`,
      {
        type: "EXPORT_ASSET_TO_SIGNED_URL",
        details: { exportAssetToSignedUrl: { dataSetId, revisionId, assetId } },
        ...jobSettings(this, args),
        ...(triggers !== undefined && { triggers }),
      },
      { parent: this },
    );
  }
}

function downloading(path: string | undefined): string {
  if (path === undefined) {
    return "The path is not known yet: whether a file has to be downloaded is decided later.";
  }
  const found = existsSync(path) ? "is not the file that was downloaded last" : "is not there";
  return `${path} ${found}: the up makes a new signed URL and downloads it.`;
}

const outcomeOf = ({ signedUrl, signedUrlExpiresAt }: Job, path: Output<string | undefined>): Outcome => ({
  url: signedUrl as Output<string>,
  urlExpiresAt: signedUrlExpiresAt as Output<string>,
  path,
});

/** The path, unless a preview does not know it. */
async function pathOf(given: Input<string>): Promise<string | undefined> {
  const path = await resolveInput(given);
  if (!path.known) return undefined;
  if (typeof path.value !== "string" || path.value === "")
    throw new InputError("path must name a local file.");
  return path.value;
}

/** Downloads the file unless it came from this very job. */
async function bringFile(
  path: string,
  job: Job,
  token: string,
  copy: DownloadRecord | undefined,
): Promise<void> {
  // The SDK makes an output of each input; this is the one that the job in state was made for.
  const { triggers } = job as unknown as { triggers: Output<{ file?: string } | undefined> };
  const made = await resolveInput(all([job.id, job.signedUrl, triggers]));
  if (!made.known) return;
  const [id, url, ranFor] = made.value;
  // A run that leaves the job alone, such as one with other targets or a destroy, brings no new URL.
  if (copy?.jobId === id || ranFor?.file !== token || url === undefined) return;
  try {
    await downloadFile(path, url, id, token);
  } catch (error) {
    throw new InputError(
      `${path} could not be downloaded: ${(error as Error).message}. The next \`pulumi up\` makes a new URL and tries again.`,
    );
  }
}
