import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

/**
 * An asset of which nothing stands in state in clear. The engine keeps the text of a text asset there: put into a file of
 * its own, only the text's hash gets there, as with any other file. It keeps the URL of a remote asset, which may be a
 * presigned one or hold a password: as a secret, it is encrypted.
 */
export function sealed(asset: unknown): unknown {
  if (pulumi.Output.isInstance(asset) || asset instanceof Promise) {
    return pulumi.output(asset as pulumi.Input<object>).apply((known: unknown) => sealed(known));
  }
  if (!pulumi.asset.Asset.isInstance(asset)) return asset;
  if ("uri" in asset) return pulumi.secret(asset);
  if (!("text" in asset)) return asset;
  return pulumi
    .output(asset.text as pulumi.Input<string>)
    .apply((text) => new pulumi.asset.FileAsset(spool(text)));
}

let folder: string | undefined;

/** Writes the text where the host process finds it while this process lives. */
function spool(text: string): string {
  if (!folder) {
    const made = mkdtempSync(join(tmpdir(), "pulumi-dataexchange-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const path = join(folder, createHash("sha256").update(text).digest("hex"));
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
