/** The process in which download.ts installs the official release: `node install-official.js <root>`. */
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { cliVersion } from "./cli";

const [root] = process.argv.slice(2);
PulumiCommand.install({ root, version: new SemVer(cliVersion) }).catch((error: unknown) => {
  // The Automation API appends the whole command, with its output once more, to what the script has said.
  const [said] = String(error instanceof Error ? error.message : error).split("\n err?:");
  console.error(said?.trim().split("\n").pop());
  process.exitCode = 1;
});
