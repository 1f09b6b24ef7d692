/** Streams bodies from files, texts and remote files to signed URLs. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { CodedError } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import { uploadOperation } from "../core/errors";
import type { UploadBodies, BodySource } from "../core/ports";
import { RemoteFiles, isRemote, remoteSize } from "./remote-file";
import { toServiceError } from "./to-service-error";
import type { Network } from "./network";
import { openNetwork } from "./network";
import { connectionSettings } from "./settings";
import { putToSignedUrl } from "./put-to-signed-url";

/** The network of the environment. */
const environment = (): Promise<Network> => openNetwork(connectionSettings({}, () => undefined));

export class StreamedUploadBodies implements UploadBodies {
  private readonly downloads: RemoteFiles;

  constructor(private readonly network: () => Promise<Network> = environment) {
    this.downloads = new RemoteFiles(async () => (await network()).anywhere);
  }

  /** Closes the remote files that were fetched and never put. */
  close(): void {
    this.downloads.releaseAll();
  }

  async size(source: BodySource): Promise<number> {
    if (source.uri !== undefined && isRemote(source.uri) && !this.downloads.has(source.hash)) {
      const size = await remoteSize(source.uri, (await this.network()).anywhere);
      if (size !== undefined) return size;
    }
    return this.read(source, (_body, size) => Promise.resolve(size));
  }

  /** Reads the body on each call, because a file may change at any time. */
  async md5(source: BodySource): Promise<string> {
    const [md5, sha256] = [createHash("md5"), createHash("sha256")];
    await this.read(source, async (body) => {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        md5.update(chunk);
        sha256.update(chunk);
      }
    });
    const now = sha256.digest("hex");
    if (/^[0-9a-f]{64}$/.test(source.hash) && source.hash !== now) {
      // The next call fetches a remote file again.
      this.downloads.release(source.hash);
      const text =
        `${bodyName(source)} has changed since this run read it: its SHA-256 was ${source.hash.slice(0, 8)}… and is now ` +
        `${now.slice(0, 8)}…. Nothing was started. Run \`pulumi up\` again.`;
      throw new CodedError({ code: "body-changed", text });
    }
    return md5.digest("base64");
  }

  async put(
    source: BodySource,
    url: string,
    md5: string,
    onProgress: (sent: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      const { aws } = await this.network();
      await this.read(source, (body, size) =>
        putToSignedUrl(url, { body, size, md5, name: bodyName(source), onProgress, agents: aws, signal }),
      );
      this.downloads.release(source.hash);
    } catch (error) {
      throw toServiceError(uploadOperation, error);
    }
  }

  /** Calls `use` with the body as a stream and its size in bytes. */
  private async read<T>(source: BodySource, use: (body: Readable, size: number) => Promise<T>): Promise<T> {
    if (source.text !== undefined) {
      const bytes = Buffer.from(source.text);
      return use(Readable.from([bytes]), bytes.length);
    }
    return this.withFile(source, async (file) => {
      const facts = await file.stat();
      if (!facts.isFile()) {
        throw new CodedError({ code: "not-a-file", text: `${source.path ?? source.uri} is not a file.` });
      }
      return use(Readable.from(bytesOf(file), { objectMode: false }), facts.size);
    });
  }

  /** Calls `use` with an open file, local or fetched. */
  private async withFile<T>(
    { path, uri, hash }: BodySource,
    use: (file: FileHandle) => Promise<T>,
  ): Promise<T> {
    if (path === undefined && uri === undefined) {
      const text = "The asset has neither a path nor a text nor a URI.";
      throw new CodedError({ code: "asset-without-body", text });
    }
    if (uri !== undefined && isRemote(uri)) return this.downloads.use(hash, uri, use);
    const file = await open(path ?? fileURLToPath(uri!), "r").catch((error: Error) => {
      throw new CodedError({ code: "unreadable-file", text: `${error.message}.` }, { cause: error });
    });
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}

const chunk = 128 * 1024;

/** A stream of the file handle would keep the file open while it is not read. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunk), 0, chunk, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const bodyName = ({ path, uri }: BodySource): string =>
  path ?? (uri === undefined ? "The text" : redact(uri));
