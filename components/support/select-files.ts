/** Local files as assets to be: what each is called, and whether all of them can be uploaded. */
import { importAssetFromSignedUrl } from "../../service-model/job-types/import-asset-from-signed-url";
import type { LocalFile } from "./local-files";
import { localFiles } from "./local-files";
import { assetsPerRevision, look } from "./asset-names";
import { NamePatterns } from "./globs";
import { Refusal } from "./input-error";

/** Which local files are meant, and what their assets are called. Nothing in it can be an output of a resource. */
export interface FileChoice {
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly assetName?: (relativePath: string) => string;
}

export interface UploadedFile extends LocalFile {
  readonly assetName: string;
}

export interface ChosenFiles {
  readonly files: readonly UploadedFile[];
  /** What may be meant otherwise, a sentence each. */
  readonly warnings: readonly string[];
}

/** Everything that is to be uploaded; refuses what cannot be. */
export async function chosenFiles(choice: FileChoice): Promise<ChosenFiles> {
  const { assetName = (relativePath) => relativePath } = choice;
  const patterns = new NamePatterns(choice);
  const files: UploadedFile[] = [];
  for (const path of pathsOf(choice)) {
    for (const file of await localFiles(path, patterns)) {
      files.push({ ...file, assetName: assetName(file.name) });
    }
  }
  const warnings = patterns.unused();
  const wrong = wrongUploads(files);
  if (wrong) throw new Refusal([wrong, ...warnings].join(" "));
  return { files, warnings };
}

function pathsOf({ path, paths }: FileChoice): readonly string[] {
  if (path !== undefined && paths !== undefined) {
    throw new Refusal("takes either path or paths, not both.");
  }
  const given: unknown = paths ?? (path === undefined ? [] : [path]);
  if (!Array.isArray(given) || given.length === 0 || !given.every(isPath)) {
    throw new Refusal("needs path, a local file or folder, or paths, a list of at least one.");
  }
  return given;
}

const isPath = (one: unknown): one is string => typeof one === "string" && one !== "";

/** Source: the job type table, with the service's limit of what goes through a signed URL. */
export const largestUpload = importAssetFromSignedUrl.upload!.maxBytes;

/** Says what is wrong with a choice of files, naming at most two of them; nothing when it is right. */
export function wrongUploads(files: readonly UploadedFile[]): string | undefined {
  if (files.length === 0)
    return "no file is meant by path, include and exclude; there would be nothing to upload.";
  if (files.length > assetsPerRevision) {
    return `${files.length} files are meant; a revision takes at most ${assetsPerRevision} assets.`;
  }
  const seen = new Map<string, UploadedFile>();
  for (const file of files) {
    const { name, assetName, size } = file;
    if (typeof assetName !== "string" || assetName === "") return `assetName gives ${quoted(name)} no name.`;
    if (size > largestUpload) {
      return `${quoted(name)} is ${size} bytes long; at most ${largestUpload} (5 GB) go through a signed URL. Put it into a bucket and import it with S3Import.`;
    }
    const alike = seen.get(look(assetName));
    if (alike?.assetName === assetName) {
      return `${quoted(alike.name)} and ${quoted(name)} would both become the asset ${quoted(assetName)}.`;
    }
    if (alike) {
      return `the asset names ${quoted(alike.assetName)} and ${quoted(assetName)} look alike, and nobody could tell them apart.`;
    }
    seen.set(look(assetName), file);
  }
  return undefined;
}

const quoted = (text: string): string => JSON.stringify(text);
