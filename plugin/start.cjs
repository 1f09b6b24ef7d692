/** Starts the plugin, unless this version of Node.js is too old. Old versions can parse this file. */
"use strict";
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 20 || (major === 20 && minor >= 19)) {
  // An import would first search the file for the names of its exports, which takes longer than all else.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require("./bundle/main.cjs");
} else {
  console.error(
    "The Pulumi plugin dataexchange needs Node.js 20.19 or later. The node on the PATH (" +
      process.execPath +
      ") is version " +
      process.versions.node +
      ". Install a later one, or put it first on the PATH. [unsupported-node]",
  );
  process.exitCode = 1;
}
