/** The committed package schema, read by the Pulumi CLI. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { expect } from "chai";

import { findPulumi } from "../../scripts/find-pulumi";

const run = promisify(execFile);

describe("the Pulumi CLI", function () {
  this.timeout("2m");
  let pulumi = "";
  before(async () => (pulumi = (await findPulumi()).path));

  it("finds neither errors nor warnings in the package schema", async () => {
    const { stdout, stderr } = await run(pulumi, ["schema", "check", "schema.json"]);
    expect(stdout + stderr).to.equal("");
  });

  it("returns the schema as it is committed", async () => {
    const { stdout } = await run(pulumi, ["package", "get-schema", "./schema.json"], { maxBuffer: 1e8 });
    expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(await readFile("schema.json", "utf8")));
  });
});
