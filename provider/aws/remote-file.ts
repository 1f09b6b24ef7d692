/** Remote files, each fetched once for all its readers. */
import { createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { CodedError } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { Agents } from "./proxies";

/** In milliseconds without any traffic. */
const idleTimeout = 60_000;

interface Download {
  readonly file: Promise<FileHandle>;
  readers: number;
  released: boolean;
}

export class RemoteFiles {
  private readonly byHash = new Map<string, Download>();

  constructor(private readonly agents: () => Promise<Agents>) {}

  has(hash: string): boolean {
    return this.byHash.has(hash);
  }

  async use<T>(hash: string, uri: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const download = this.byHash.get(hash) ?? { file: this.fetch(uri), readers: 0, released: false };
    this.byHash.set(hash, download);
    download.file.catch(() => this.byHash.delete(hash));
    download.readers++;
    try {
      return await use(await download.file);
    } finally {
      download.readers--;
      this.closeIfUnused(hash, download);
    }
  }

  /** Closes the file as soon as nothing reads it; a later reader fetches it again. */
  release(hash: string): void {
    const download = this.byHash.get(hash);
    if (!download) return;
    download.released = true;
    this.closeIfUnused(hash, download);
  }

  releaseAll(): void {
    [...this.byHash.keys()].forEach((hash) => this.release(hash));
  }

  private async fetch(uri: string): Promise<FileHandle> {
    return fetchToFile(uri, await this.agents());
  }

  private closeIfUnused(hash: string, { file, readers, released }: Download): void {
    if (!released || readers > 0) return;
    this.byHash.delete(hash);
    // A file that could not be fetched has no handle; its readers have the error.
    file.then((handle) => handle.close()).catch(() => undefined);
  }
}

export const isRemote = (uri: string): boolean => /^https?:/i.test(uri);

/** In bytes. Undefined if the answer to HEAD has no usable length. */
export async function remoteSize(uri: string, agents: Agents): Promise<number | undefined> {
  const response = await fetchRemote(uri, "HEAD", agents).catch(() => undefined);
  const { "content-length": length, "content-encoding": encoding } = response?.headers ?? {};
  return length === undefined || encoding !== undefined ? undefined : Number(length);
}

/**
 * Fetches a remote file before its upload, because the MD5 of the body must be known first. The file on disk has no name,
 * so it disappears when this process ends for any reason.
 */
async function fetchToFile(uri: string, agents: Agents): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-dataexchange-"));
  try {
    const path = join(folder, "body");
    await fetchInto(path, uri, agents);
    return await open(path, "r");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fetches a remote file into a file that only this user can read. */
export async function fetchInto(path: string, uri: string, agents: Agents): Promise<void> {
  const response = await fetchRemote(uri, "GET", agents);
  const file = createWriteStream(path, { mode: 0o600 });
  // Pulumi declares the hash of the decompressed content.
  const unpack = response.headers["content-encoding"] === "gzip" ? [createGunzip()] : [];
  await pipeline([response, ...unpack, file]).catch((error: NodeJS.ErrnoException) => {
    throw failedDownload(uri, error);
  });
}

/** The password as a header, which is not sent to another host after a redirect. */
function authorization(uri: string): { authorization?: string } {
  if (!URL.canParse(uri)) return {};
  const { username, password } = new URL(uri);
  if (username === "" && password === "") return {};
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(user).toString("base64")}` };
}

async function fetchRemote(uri: string, method: "GET" | "HEAD", agents: Agents): Promise<IncomingMessage> {
  // `fetch` accepts no agents, and so no proxy.
  const { http, https } = (await import("follow-redirects")).default;
  return new Promise((resolve, reject) => {
    const request = (/^https:/i.test(uri) ? https : http).request(uri, {
      method,
      headers: { "accept-encoding": "gzip", ...authorization(uri) },
      agents: { http: agents.httpAgent, https: agents.httpsAgent },
      timeout: idleTimeout,
    });
    request.on("error", (error) => reject(failedDownload(uri, error)));
    request.on("timeout", () => request.destroy(new Error("no data was transferred for a minute")));
    request.on("response", (response: IncomingMessage) => {
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) return resolve(response);
      response.destroy();
      reject(new CodedError({ code: "download-refused", text: `${redact(uri)} answered ${statusCode}.` }));
    });
    request.end();
  });
}

function failedDownload(uri: string, error: NodeJS.ErrnoException): CodedError {
  const reason = redact(error.message || String(error.code));
  const text = `${redact(uri)} cannot be fetched: ${reason}.`;
  return new CodedError({ code: "download-failed", text }, { cause: error });
}
