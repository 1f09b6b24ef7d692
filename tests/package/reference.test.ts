/** The API reference is what the doc comments say now, and every public symbol has one. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

const run = promisify(execFile);

describe("the API reference", function () {
  this.timeout("3m");

  it("is what `npm run docs` would write now, with nothing undocumented", async () => {
    const folder = await mkdtemp(join(tmpdir(), "reference-"));
    try {
      await run(process.execPath, [join("node_modules", "typedoc", "bin", "typedoc"), "--out", folder]);
      const [written, committed] = await Promise.all([pages(folder), pages(join("docs", "api"))]);
      expect([...written.keys()]).to.include("README.md");
      expect([...committed.keys()], "pages of docs/api; run `npm run docs`").to.deep.equal([
        ...written.keys(),
      ]);
      for (const [path, text] of written) {
        expect(
          committed.get(path) === text,
          `docs/api/${path} is out of date; run \`npm run docs\``,
        ).to.equal(true);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** The text of every page, by its path in the folder. */
async function pages(folder: string): Promise<Map<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".md")).sort();
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
  );
}
