/** Selects the local files that become assets. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";

import { GlobFilter } from "../../lib/globs";
import { InputError } from "../../lib/input-error";
import type { Message } from "../../lib/message-code";
import { importAssetFromSignedUrl } from "../../service-model/job-types/import-asset-from-signed-url";
import { validateAssetNames } from "./asset-names";

/** Selection of local files, and names of their assets. Plain values only, not outputs of resources. */
export interface FileCriteria {
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
   * Glob patterns for files of a folder to leave out although `include` selects them. `drafts/` matches folders of that
   * name at any depth.
   * @default none
   */
  exclude?: string[];
  /**
   * Returns the asset's name for a path below the folder with forward slashes, or for the name of a file given by itself.
   * A changed name replaces the file's job.
   * @default the path or name itself
   */
  assetName?: (relativePath: string) => string;
}

export interface LocalFile {
  /** Path below the folder with forward slashes. For a file that was given by itself, its name. */
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

export interface SelectedFile extends LocalFile {
  readonly assetName: string;
}

export interface FileSelection {
  readonly files: readonly SelectedFile[];
  readonly warnings: readonly Message[];
}

/** @throws InputError if a file cannot be uploaded, or if none is selected. */
export async function selectFiles(criteria: FileCriteria): Promise<FileSelection> {
  const { assetName = (relativePath) => relativePath } = criteria;
  const filter = new GlobFilter(criteria);
  const files: SelectedFile[] = [];
  for (const path of requirePaths(criteria)) {
    for (const file of await listFiles(path, filter))
      files.push({ ...file, assetName: assetName(file.name) });
  }
  const warnings = filter.warnings();
  const error = validateUploads(files);
  if (!error) return { files, warnings };
  throw new InputError(error.code, [error, ...warnings].map(({ text }) => text).join(" "), error.derived);
}

function requirePaths({ path, paths }: FileCriteria): readonly string[] {
  if (path !== undefined && paths !== undefined) {
    throw new InputError("conflicting-arguments", "path and paths exclude each other; give one of them.");
  }
  const given: unknown = paths ?? (path === undefined ? [] : [path]);
  if (!Array.isArray(given) || given.length === 0 || !given.every(isPath)) {
    throw new InputError(
      "missing-path",
      "path, a local file or folder, or paths, a list of at least one, is required.",
    );
  }
  return given;
}

const isPath = (one: unknown): one is string => typeof one === "string" && one !== "";

/** Source: the job type table, with the service's limit for uploads to a signed URL. */
export const maxUploadBytes = importAssetFromSignedUrl.upload!.maxBytes;

export function validateUploads(files: readonly SelectedFile[]): InputError | undefined {
  if (files.length === 0)
    return new InputError("nothing-selected", "path, include and exclude select no file to upload.");
  for (const { name, assetName, size } of files) {
    if (typeof assetName !== "string" || assetName === "")
      return new InputError("invalid-asset-name", `assetName returns no name for ${JSON.stringify(name)}.`);
    if (size > maxUploadBytes) {
      const limit = `an upload to a signed URL is at most ${maxUploadBytes} bytes (5 GB)`;
      return new InputError(
        "file-too-large",
        `${JSON.stringify(name)} has ${size} bytes, but ${limit}. Put it into a bucket and import it with S3Import.`,
      );
    }
  }
  return validateAssetNames(
    files.map(({ assetName }) => assetName),
    "files",
  );
}

/** Files in the order of their names. The filter applies to the files of a folder, not to a file given by itself. */
export async function listFiles(path: string, filter: GlobFilter): Promise<LocalFile[]> {
  const place = resolve(path);
  const stats = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new InputError("no-such-file", `${JSON.stringify(path)} does not exist.`);
    throw new InputError(
      "unreadable-file",
      `${JSON.stringify(path)} cannot be read (${error.code ?? error.message}).`,
    );
  });
  if (stats.isFile()) return [{ name: basename(place), path: place, size: stats.size }];
  if (!stats.isDirectory())
    throw new InputError("unreadable-file", `${JSON.stringify(path)} is neither a file nor a folder.`);
  const root = await realpath(place);
  const walk = new FolderWalk(path, root, filter);
  await walk.visit(place, "", [root]);
  return walk.files;
}

class FolderWalk {
  readonly files: LocalFile[] = [];

  constructor(
    private readonly given: string,
    private readonly root: string,
    private readonly filter: GlobFilter,
  ) {}

  /** @param trail Real paths of the folders that lead here, to detect links that form a cycle. */
  async visit(folder: string, relative: string, trail: readonly string[]): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
      // A folder is excluded if any name within it would be.
      const isExcluded = this.filter.excludes(entry.isFile() ? name : `${name}/-`);
      // Skips folders such as `.git`.
      const isHidden = !this.filter.canMatchHidden && entry.name.startsWith(".");
      if (isExcluded || isHidden) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) await this.follow(path, name, trail);
      else if (entry.isDirectory()) await this.visit(path, name, [...trail, await realpath(path)]);
      else if (this.filter.matches(name)) await this.add(path, name);
    }
  }

  /** Resolves a link, whose target must be in the given folder. */
  private async follow(path: string, name: string, trail: readonly string[]): Promise<void> {
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined) {
      if (this.filter.matches(name))
        throw this.linkError("broken-link", name, "a symbolic link without a target");
      return;
    }
    const stats = await stat(target);
    const leadsOut = target !== this.root && !target.startsWith(this.root + sep);
    if (leadsOut && (stats.isDirectory() || this.filter.matches(name))) {
      throw this.linkError("link-out-of-folder", name, "a symbolic link that leads out of the folder");
    }
    if (!stats.isDirectory()) {
      if (this.filter.matches(name)) await this.add(path, name);
    } else if (trail.includes(target)) {
      throw this.linkError("link-cycle", name, "a symbolic link to a folder that contains it");
    } else {
      await this.visit(path, name, [...trail, target]);
    }
  }

  private async add(path: string, name: string): Promise<void> {
    const stats = await stat(path);
    if (!stats.isFile()) throw this.linkError("unreadable-file", name, "not a regular file");
    this.files.push({ name, path, size: stats.size });
  }

  private linkError(code: string, name: string, what: string): InputError {
    const [file, folder] = [JSON.stringify(name), JSON.stringify(this.given)];
    return new InputError(
      code,
      `${file} in ${folder} is ${what}. Copy the file into the folder, or exclude the name.`,
    );
  }
}
