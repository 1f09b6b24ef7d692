/**
 * Loaded before all tests. Job records go to a folder of this run, because local services reuse ports: a record of an
 * earlier run could match a job of this run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const variable = "PULUMI_DATAEXCHANGE_RECORDS";

// Mocha's worker processes inherit the variable.
if (process.env[variable] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "job-records-"));
  process.env[variable] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
