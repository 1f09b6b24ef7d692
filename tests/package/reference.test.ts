/** Every public symbol has a doc comment, and every link in one leads somewhere. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

const run = promisify(execFile);

describe("the API reference", function () {
  this.timeout("3m");

  it("is written by `npm run docs`, which fails where a public symbol has no doc comment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "reference-"));
    try {
      await run(process.execPath, [join("node_modules", "typedoc", "bin", "typedoc"), "--out", folder]);
      expect(await readdir(folder)).to.include("README.md");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
