/** Remote files, fetched once for all who read them. */
import { createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { redact } from "../core/errors/redact";

interface Download {
  readonly file: Promise<FileHandle>;
  readers: number;
  released: boolean;
}

export class Downloads {
  private readonly byHash = new Map<string, Download>();

  has(hash: string): boolean {
    return this.byHash.has(hash);
  }

  async lend<T>(hash: string, uri: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const download = this.byHash.get(hash) ?? { file: fetchToFile(uri), readers: 0, released: false };
    this.byHash.set(hash, download);
    download.file.catch(() => this.byHash.delete(hash));
    download.readers++;
    try {
      return await use(await download.file);
    } finally {
      download.readers--;
      this.closeUnread(hash, download);
    }
  }

  /** The file has served its purpose: it is closed as soon as nobody reads it, and fetched again for whoever comes then. */
  release(hash: string): void {
    const download = this.byHash.get(hash);
    if (!download) return;
    download.released = true;
    this.closeUnread(hash, download);
  }

  private closeUnread(hash: string, { file, readers, released }: Download): void {
    if (!released || readers > 0) return;
    this.byHash.delete(hash);
    void file.then((handle) => handle.close());
  }
}

export const isRemote = (uri: string): boolean => /^https?:/i.test(uri);

/** In bytes, where the server says it without sending the body. */
export async function remoteSize(uri: string): Promise<number | undefined> {
  const response = await fetchRemote(uri, "HEAD").catch(() => undefined);
  const length = Number(response?.headers.get("content-length") ?? undefined);
  return Number.isInteger(length) ? length : undefined;
}

/**
 * A body's MD5 has to be known before it is sent, so a remote file is fetched first: into a file without a name, which
 * is gone when this process is, however it ends.
 */
async function fetchToFile(uri: string): Promise<FileHandle> {
  const { body } = await fetchRemote(uri, "GET");
  if (!body) throw new Error(`${redact(uri)} is empty`);
  const folder = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-"));
  try {
    const path = join(folder, "body");
    await pipeline(Readable.fromWeb(body), createWriteStream(path, { mode: 0o600 }));
    return await open(path, "r");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchRemote(uri: string, method: "GET" | "HEAD"): Promise<Response> {
  const response = await fetch(uri, { method }).catch((error: Error) => {
    // The reason is in the cause; the message itself is "fetch failed".
    const { message, code } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`${redact(uri)} cannot be fetched: ${redact(message || String(code))}`, { cause: error });
  });
  if (!response.ok) throw new Error(`${redact(uri)} answered ${response.status}`);
  return response;
}
