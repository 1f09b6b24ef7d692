/**
 * Loaded before all tests: the records of jobs go to a folder of this run. Ports of local services are used again, so a
 * record of an earlier run could be mistaken for one of this run.
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
