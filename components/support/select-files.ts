import { importAssetFromSignedUrl } from "../../service-model/job-types/import-asset-from-signed-url";
import { assetsPerRevision, comparableName } from "./asset-names";
import { GlobFilter } from "./globs";
import { InputError } from "./input-error";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";

/** Local files as assets to be: what each is called, and whether all of them can be uploaded. */

/** Which local files are meant, and what their assets are called. Nothing in it can be an output of a resource. */
export interface FileCriteria {
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly assetName?: (relativePath: string) => string;
}

export interface SelectedFile extends LocalFile {
  readonly assetName: string;
}

export interface FileSelection {
  readonly files: readonly SelectedFile[];
  /** What may be meant otherwise, a sentence each. */
  readonly warnings: readonly string[];
}

/** Everything that is to be uploaded; refuses what cannot be. */
export async function selectFiles(choice: FileCriteria): Promise<FileSelection> {
  const { assetName = (relativePath) => relativePath } = choice;
  const patterns = new GlobFilter(choice);
  const files: SelectedFile[] = [];
  for (const path of pathsOf(choice)) {
    for (const file of await listFiles(path, patterns)) {
      files.push({ ...file, assetName: assetName(file.name) });
    }
  }
  const warnings = patterns.unused();
  const wrong = validateUploads(files);
  if (wrong) throw new InputError([wrong, ...warnings].join(" "));
  return { files, warnings };
}

function pathsOf({ path, paths }: FileCriteria): readonly string[] {
  if (path !== undefined && paths !== undefined) {
    throw new InputError("takes either path or paths, not both.");
  }
  const given: unknown = paths ?? (path === undefined ? [] : [path]);
  if (!Array.isArray(given) || given.length === 0 || !given.every(isPath)) {
    throw new InputError("needs path, a local file or folder, or paths, a list of at least one.");
  }
  return given;
}

const isPath = (one: unknown): one is string => typeof one === "string" && one !== "";

/** Source: the job type table, with the service's limit of what goes through a signed URL. */
export const maxUploadBytes = importAssetFromSignedUrl.upload!.maxBytes;

/** Says what is wrong with a choice of files, naming at most two of them; nothing when it is right. */
export function validateUploads(files: readonly SelectedFile[]): string | undefined {
  if (files.length === 0)
    return "no file is meant by path, include and exclude; there would be nothing to upload.";
  if (files.length > assetsPerRevision) {
    return `${files.length} files are meant; a revision takes at most ${assetsPerRevision} assets.`;
  }
  const seen = new Map<string, SelectedFile>();
  for (const file of files) {
    const { name, assetName, size } = file;
    if (typeof assetName !== "string" || assetName === "") return `assetName gives ${quoted(name)} no name.`;
    if (size > maxUploadBytes) {
      return `${quoted(name)} is ${size} bytes long; at most ${maxUploadBytes} (5 GB) go through a signed URL. Put it into a bucket and import it with S3Import.`;
    }
    const alike = seen.get(comparableName(assetName));
    if (alike?.assetName === assetName) {
      return `${quoted(alike.name)} and ${quoted(name)} would both become the asset ${quoted(assetName)}.`;
    }
    if (alike) {
      return `the asset names ${quoted(alike.assetName)} and ${quoted(assetName)} look alike, and nobody could tell them apart.`;
    }
    seen.set(comparableName(assetName), file);
  }
  return undefined;
}

const quoted = (text: string): string => JSON.stringify(text);

/** The files that a path means: itself, or what lies below it. */

export interface LocalFile {
  /** Path below the folder with forward slashes; the file's own name for one that is given by itself. */
  readonly name: string;
  /** Where it lies on this machine, absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** Files in the order of their names. Patterns choose among what lies below a folder; a file given by itself is meant. */
export async function listFiles(path: string, patterns: GlobFilter): Promise<LocalFile[]> {
  const place = resolve(path);
  const facts = await stat(place).catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code ?? error.message})`;
    throw new InputError(`${quotedPath(path)} ${why}.`);
  });
  if (facts.isFile()) return [{ name: basename(place), path: place, size: facts.size }];
  if (!facts.isDirectory()) throw new InputError(`${quotedPath(path)} is neither a file nor a folder.`);
  const root = await realpath(place);
  const found: LocalFile[] = [];
  await new FolderWalk(path, root, patterns, found).into(place, "", [root]);
  return found;
}

class FolderWalk {
  constructor(
    private readonly given: string,
    private readonly root: string,
    private readonly patterns: GlobFilter,
    private readonly found: LocalFile[],
  ) {}

  /** `trail` is where the folders that lead here really are, so that no link leads round in a circle. */
  async into(folder: string, below: string, trail: readonly string[]): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      // Something in a folder stands for all of it.
      const excluded = this.patterns.excludes(entry.isFile() ? name : `${name}/-`);
      if (excluded || this.isPlainlyHidden(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) await this.follow(path, name, trail);
      else if (entry.isDirectory()) await this.into(path, name, [...trail, await realpath(path)]);
      else if (this.patterns.matches(name)) await this.take(path, name);
    }
  }

  /** A link counts as what it leads to, as long as that is in the folder that was named. */
  private async follow(path: string, name: string, trail: readonly string[]): Promise<void> {
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined) {
      if (this.patterns.matches(name)) throw this.refusal(name, "is a symbolic link that leads nowhere");
      return;
    }
    const facts = await stat(target);
    const leadsOut = target !== this.root && !target.startsWith(this.root + sep);
    if (leadsOut && (facts.isDirectory() || this.patterns.matches(name))) {
      throw this.refusal(name, "is a symbolic link that leads out of the folder");
    }
    if (!facts.isDirectory()) {
      if (this.patterns.matches(name)) await this.take(path, name);
    } else if (trail.includes(target)) {
      throw this.refusal(name, "is a symbolic link to a folder that it lies in");
    } else {
      await this.into(path, name, [...trail, target]);
    }
  }

  private async take(path: string, name: string): Promise<void> {
    const facts = await stat(path);
    if (!facts.isFile()) throw this.refusal(name, "is no file that could be read to an end");
    this.found.push({ name, path, size: facts.size });
  }

  /** Spares a walk through folders such as `.git`. */
  private isPlainlyHidden(entryName: string): boolean {
    return !this.patterns.canMatchHidden && entryName.startsWith(".");
  }

  private refusal(name: string, what: string): InputError {
    return new InputError(
      `${quotedPath(name)} in ${quotedPath(this.given)} ${what}; copy what is meant into the folder, or exclude the name.`,
    );
  }
}

const quotedPath = (path: string): string => JSON.stringify(path);
