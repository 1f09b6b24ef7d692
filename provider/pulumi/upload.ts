import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

/**
 * The engine keeps the text of a text asset in state, in clear. Put into a file of its own, only the text's hash gets
 * there, as with any other file.
 */
export function withoutText(upload: unknown): unknown {
  if (pulumi.Output.isInstance(upload) || upload instanceof Promise) {
    return pulumi.output(upload as pulumi.Input<object>).apply((known: unknown) => withoutText(known));
  }
  if (!(upload instanceof Object) || !("text" in upload)) return upload;
  return pulumi
    .output(upload.text as pulumi.Input<string>)
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
