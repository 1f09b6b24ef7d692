/**
 * A downloaded file, and the note beside it that says which download it came from. Whoever finds a file that the note
 * does not describe takes it for no copy at all.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { download } from "./download";
import { Refusal } from "./input-error";

export interface Note {
  /** Job whose signed URL the file came from. */
  readonly jobId: string;
  /** What the job was asked to run for; another one asks for another job. */
  readonly token: string;
  /** In bytes. */
  readonly size: number;
  /** Of the content, in hex. */
  readonly sha256: string;
  /** When the file was last changed, in milliseconds since 1970: while it and the size stay, so has the content. */
  readonly modifiedAt: number;
}

/** Hidden beside the file, so that it is moved and deleted with the folder. */
export const notePath = (path: string): string => join(dirname(path), `.${basename(path)}.download.json`);

/** The note of a file that is there with the content that was downloaded; nothing for any other. */
export async function findCopy(path: string): Promise<Note | undefined> {
  const [note, file] = [await readNote(path), await statFile(path)];
  if (!note || !file || file.size !== note.size) return undefined;
  if (file.mtimeMs === note.modifiedAt) return note;
  return (await sha256Of(path)) === note.sha256 ? note : undefined;
}

/** Fetches the file: complete or not at all, since it comes to its place by one renaming at the end. */
export async function fetchCopy(path: string, url: string, jobId: string, token: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    // Without the old note a file that is half replaced is no copy, whatever happens next.
    await rm(notePath(path), { force: true });
    const { size, sha256 } = await download(url, partial);
    await rename(partial, path);
    const note: Note = { jobId, token, size, sha256, modifiedAt: (await stat(path)).mtimeMs };
    await writeFile(partial, `${JSON.stringify(note, undefined, 2)}\n`);
    await rename(partial, notePath(path));
  } finally {
    await rm(partial, { force: true });
  }
}

async function readNote(path: string): Promise<Note | undefined> {
  try {
    const { jobId, token, size, sha256, modifiedAt } = JSON.parse(
      await readFile(notePath(path), "utf8"),
    ) as Note;
    const whole = [jobId, token, sha256].every((text) => typeof text === "string" && text !== "");
    return whole && Number.isInteger(size) ? { jobId, token, size, sha256, modifiedAt } : undefined;
  } catch {
    // No note, or none that can be read: then nothing is known of the file.
    return undefined;
  }
}

async function statFile(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new Refusal(`path ${JSON.stringify(path)} cannot be looked at: ${error.message}.`);
  });
  if (found && !found.isFile()) throw new Refusal(`path ${JSON.stringify(path)} is a folder; name a file.`);
  return found;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
