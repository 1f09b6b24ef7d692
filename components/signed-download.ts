import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import { all, output, runtime } from "@pulumi/pulumi";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";

import { InputError } from "../lib/input-error";
import type { Message } from "../lib/message-code";
import { reasonOf } from "../lib/message-code";
import { Job } from "../provider/resources/job";
import { inputsOf } from "../provider/resources/pulumi-private";
import { usesMocks } from "../provider/resources/upload-asset";
import { DeferredComponent } from "./support/deferred-component";
import type { DownloadRecord } from "./support/downloaded-file";
import { downloadFile, findDownloadedFile } from "./support/downloaded-file";
import type { ExportSettings } from "./support/job-settings";
import { jobSettings } from "./support/job-settings";
import { resolveInput, unknownOutput } from "./support/resolve-input";

/** Arguments of a SignedDownload. */
export interface SignedDownloadArgs extends ExportSettings {
  /** The data set that owns the revision, your own or an entitled one. A change creates a new URL. */
  dataSetId: Input<string>;
  /** The revision that contains the asset. A change creates a new URL. */
  revisionId: Input<string>;
  /** The asset. A change creates a new URL, and with `path` downloads the file again. */
  assetId: Input<string>;
  /**
   * Local file to write, relative to the program's directory; missing folders are created. `pulumi up` writes the file, a
   * preview does not. It writes it again if it is missing or changed, or if the asset or this path changes. A hidden file
   * `.<name>.download.json` beside it records the download.
   * @default no file is written
   */
  path?: Input<string>;
}

interface SignedDownloadOutputs {
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
 * A download must begin within one minute after the URL was created. The URL is not renewed automatically: a change of
 * `triggers` creates a new one. With `path`, each download creates a new URL.
 *
 * Errors: a `path` that is a folder, in the preview as well. A download that fails leaves the file as it was, and the next
 * `pulumi up` tries again.
 */
export class SignedDownload extends DeferredComponent<SignedDownloadArgs, SignedDownloadOutputs> {
  /** The signed URL. Secret. */
  declare readonly url: Output<string>;
  /** When the URL expires, ISO 8601. */
  declare readonly urlExpiresAt: Output<string>;
  /** The file, once it exists; absent without `path`. */
  declare readonly path: Output<string | undefined>;

  constructor(name: string, args: SignedDownloadArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:SignedDownload", name, args, opts, ["url", "urlExpiresAt", "path"]);
  }

  protected async declare(name: string, args: SignedDownloadArgs): Promise<SignedDownloadOutputs> {
    const { triggers } = args;
    if (args.path === undefined)
      return downloadOutputs(this.declareJob(name, args, triggers), output(undefined));

    const path = await resolvePath(args.path);
    const record = path === undefined ? undefined : await findDownloadedFile(path);
    // The token is a trigger. The token of an intact file keeps the job; a new token replaces it, which creates another URL.
    const token = record?.token ?? randomUUID();
    const job = this.declareJob(name, args, { given: triggers ?? null, file: token });
    if (runtime.isDryRun()) {
      if (!record) await this.note(downloadNote(path), args);
      // Depends on the id of the job, because its replacement downloads the file again.
      const kept = all([args.path, job.id]).apply(([known]) => known);
      return downloadOutputs(job, record ? kept : unknownOutput());
    }
    // In a unit test of a program, no URL can be downloaded.
    if (path !== undefined && !usesMocks()) await ensureDownloaded(path, job, token, record);
    return downloadOutputs(job, output(args.path));
  }

  private declareJob(name: string, args: SignedDownloadArgs, triggers: ExportSettings["triggers"]): Job {
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

const downloadOutputs = (
  { signedUrl, signedUrlExpiresAt }: Job,
  path: Output<string | undefined>,
): SignedDownloadOutputs => ({
  url: signedUrl as Output<string>,
  urlExpiresAt: signedUrlExpiresAt as Output<string>,
  path,
});

function downloadNote(path: string | undefined): Message {
  if (path === undefined) {
    const text = "The path is not known yet. `pulumi up` decides whether to download the file.";
    return { code: "path-not-known-yet", text };
  }
  const reason = existsSync(path) ? "is not the file that was downloaded last" : "does not exist";
  const text = `${path} ${reason}. \`pulumi up\` creates a new signed URL and downloads it.`;
  return { code: "download-pending", text };
}

/** `undefined` if a preview does not know the path. */
async function resolvePath(given: Input<string>): Promise<string | undefined> {
  const path = await resolveInput(given);
  if (!path.known) return undefined;
  if (typeof path.value !== "string" || path.value === "") {
    throw new InputError("invalid-path", "path must be the name of a local file.");
  }
  return path.value;
}

/** Downloads the file, unless it was downloaded from this job. */
async function ensureDownloaded(
  path: string,
  job: Job,
  token: string,
  record: DownloadRecord | undefined,
): Promise<void> {
  const { triggers } = inputsOf<{ triggers: Output<{ file?: string } | undefined> }>(job);
  const resolved = await resolveInput(all([job.id, job.signedUrl, triggers]));
  if (!resolved.known) return;
  const [id, url, triggersInState] = resolved.value;
  // A run that does not include the job, such as a destroy or a run with other targets, has no new URL.
  if (record?.jobId === id || triggersInState?.file !== token || url === undefined) return;
  try {
    await downloadFile(path, url, id, token);
  } catch (error) {
    // The reason may contain the absolute path or the name of the temporary file.
    const reason = reasonOf(error);
    throw new InputError(
      "download-failed",
      `${path} could not be downloaded: ${reason}. The next \`pulumi up\` creates a new URL and tries again.`,
      [reason],
    );
  }
}
