import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { asset } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { getConfig } from "@pulumi/pulumi/runtime/config";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

import { reasonOf, withCode } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import { isRegisteredWithPlugin } from "./registration";

/**
 * The SDK strips this member from its declarations. Without it, a FileArchive and a FileAsset are the same type to the
 * compiler, which compares members and not names.
 */
declare module "@pulumi/pulumi/asset/archive" {
  interface Archive {
    readonly __pulumiArchive: boolean;
  }
}

/** One body: a file, a text or a remote file. An archive contains several files and does not compile. */
export type UploadBody = asset.Asset &
  object & {
    /** Only an archive has this member. */
    readonly __pulumiArchive?: undefined;
  };

/**
 * Converts texts and remote files to file assets, because the state has only the hash of a file. The engine would store the
 * text of a text asset in plain text, and the URL of a remote asset, which can be presigned or contain a password; it also prints
 * a URL that it cannot fetch. The uploaded bytes are then those that were hashed. The plugin marks both as secret instead.
 *
 * @param place Name of the asset in messages, such as `Job "prices": upload`.
 */
export function toFileAsset(asset: unknown, place: string): unknown {
  if (isRegisteredWithPlugin()) return asset;
  if (pulumi.Output.isInstance(asset) || asset instanceof Promise) {
    return pulumi.output(asset as pulumi.Input<object>).apply((known: unknown) => toFileAsset(known, place));
  }
  if (!pulumi.asset.Asset.isInstance(asset)) return asset;
  if ("text" in asset) {
    return pulumi.output(asset.text as string).apply((text) => new pulumi.asset.FileAsset(spool(text)));
  }
  if (!("uri" in asset) || usesMocks()) return asset;
  return pulumi.output(asset.uri as string).apply(async (uri) => {
    try {
      return new pulumi.asset.FileAsset(await fetched(uri));
    } catch (error) {
      const message = `${place} cannot be read: ${redact(reasonOf(error))}.`;
      throw new pulumi.RunError(withCode(message, "unreadable-asset"));
    }
  });
}

async function fetched(uri: string): Promise<string> {
  const [{ fetchInto, isRemote }, { openNetwork }, { connectionSettings }] = await Promise.all([
    import("../aws/remote-file.js"),
    import("../aws/network.js"),
    import("../aws/settings.js"),
  ]);
  if (/^file:/i.test(uri)) return fileURLToPath(uri);
  if (!isRemote(uri)) throw new Error("the URL must begin with http://, https:// or file://");
  const path = join(folder(), randomUUID());
  await fetchInto(path, uri, (await openNetwork(connectionSettings({}, getConfig))).anywhere);
  return path;
}

/** Writes the text to a file that the host process can read while this process runs. */
function spool(text: string): string {
  const path = join(folder(), createHash("sha256").update(text).digest("hex"));
  // A concurrent reader must see the complete file or none.
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, path);
  return path;
}

let made: string | undefined;

/** A folder of this process, which is deleted when the process exits. */
function folder(): string {
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), "pulumi-dataexchange-"));
  process.once("exit", () => rmSync(path, { recursive: true, force: true }));
  return (made = path);
}

/** Whether `pulumi.runtime.setMocks` is in use. Such a unit test must not access the network. */
export const usesMocks = (): boolean =>
  (getMonitor() as { mocks?: unknown } | undefined)?.mocks !== undefined;
