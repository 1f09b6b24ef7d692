/**
 * Loaded before all tests. Rejects test files that are not compiled. Job records go to a folder of this run, because
 * local services reuse ports: a record of an earlier run could match a job of this run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const source = process.argv.slice(2).find((argument) => /^(\.\/)?tests\/.*\.ts$/.test(argument));
if (source !== undefined) {
  const compiled = source.replace(/^(\.\/)?(.*)\.ts$/, "dist/$2.js");
  throw new Error(`Mocha runs compiled tests: run \`npm run build\`, then \`npx mocha ${compiled}\`.`);
}

const variable = "PULUMI_DATAEXCHANGE_RECORDS";

// Mocha's worker processes inherit the variable.
if (process.env[variable] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "job-records-"));
  process.env[variable] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
