/** The files that a path means: itself, or what lies below it. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";

import type { NamePatterns } from "./globs";
import { Refusal } from "./input-error";

export interface LocalFile {
  /** Path below the folder with forward slashes; the file's own name for one that is given by itself. */
  readonly name: string;
  /** Where it lies on this machine, absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** Files in the order of their names. Patterns choose among what lies below a folder; a file given by itself is meant. */
export async function localFiles(path: string, patterns: NamePatterns): Promise<LocalFile[]> {
  const place = resolve(path);
  const facts = await stat(place).catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code ?? error.message})`;
    throw new Refusal(`${quoted(path)} ${why}.`);
  });
  if (facts.isFile()) return [{ name: basename(place), path: place, size: facts.size }];
  if (!facts.isDirectory()) throw new Refusal(`${quoted(path)} is neither a file nor a folder.`);
  const root = await realpath(place);
  const found: LocalFile[] = [];
  await new Walk(path, root, patterns, found).into(place, "", [root]);
  return found;
}

class Walk {
  constructor(
    private readonly given: string,
    private readonly root: string,
    private readonly patterns: NamePatterns,
    private readonly found: LocalFile[],
  ) {}

  /** `trail` is where the folders that lead here really are, so that no link leads round in a circle. */
  async into(folder: string, below: string, trail: readonly string[]): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      // Something in a folder stands for all of it.
      const excluded = this.patterns.excludesAny(entry.isFile() ? name : `${name}/-`);
      if (excluded || this.isPlainlyHidden(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) await this.follow(path, name, trail);
      else if (entry.isDirectory()) await this.into(path, name, [...trail, await realpath(path)]);
      else if (this.patterns.isMeant(name)) await this.take(path, name);
    }
  }

  /** A link counts as what it leads to, as long as that is in the folder that was named. */
  private async follow(path: string, name: string, trail: readonly string[]): Promise<void> {
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined) {
      if (this.patterns.isMeant(name)) throw this.refusal(name, "is a symbolic link that leads nowhere");
      return;
    }
    const facts = await stat(target);
    const leadsOut = target !== this.root && !target.startsWith(this.root + sep);
    if (leadsOut && (facts.isDirectory() || this.patterns.isMeant(name))) {
      throw this.refusal(name, "is a symbolic link that leads out of the folder");
    }
    if (!facts.isDirectory()) {
      if (this.patterns.isMeant(name)) await this.take(path, name);
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
    return !this.patterns.meanHidden && entryName.startsWith(".");
  }

  private refusal(name: string, what: string): Refusal {
    return new Refusal(
      `${quoted(name)} in ${quoted(this.given)} ${what}; copy what is meant into the folder, or exclude the name.`,
    );
  }
}

const quoted = (path: string): string => JSON.stringify(path);
