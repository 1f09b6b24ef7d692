/**
 * Loaded before all tests: the records of jobs go to a folder of this run. Services of tests have ports that come again,
 * so a record of an earlier run could pass for one of this run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const variable = "PULUMI_DATAEXCHANGE_RECORDS";

// The processes that run test files in parallel have it from the one that starts them.
if (process.env[variable] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "job-records-"));
  process.env[variable] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
