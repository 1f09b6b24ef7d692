import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { findBoto3 } from "../../scripts/find-aws-cli";
import { environmentOf } from "./aws-cli-client";
import { need } from "./programs";

/** Where the script stands; the first block of Python in it is the script. */
const page = join(__dirname, "../../../docs/emulator.md");

describe("clients: boto3", () => {
  it("runs the script of the documentation as it is printed", async function () {
    const python = await need.call(this, findBoto3);
    const [, script = ""] = /^```python\n([^]*?)^```$/m.exec(await readFile(page, "utf8")) ?? [];
    const local = await LocalDataExchange.start();
    try {
      const env = environmentOf(local.endpoint, { accessKeyId: "any", secretAccessKey: "any" });
      const printed = await promisify(execFile)(python.command, ["-c", script], { env });
      expect(printed.stdout).to.equal("new/2026/june.csv 15 bytes\nnew/2026/may.csv 15 bytes\n");
      const states = local.jobs().map(({ type, state }) => `${type} ${state}`);
      expect(states).to.deep.equal(["IMPORT_ASSETS_FROM_S3 COMPLETED", "EXPORT_REVISIONS_TO_S3 COMPLETED"]);
    } finally {
      await local.stop();
    }
  });
});
