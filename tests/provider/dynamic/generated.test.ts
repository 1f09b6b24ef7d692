import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { generated } from "../../../scripts/generate/main";

describe("generated files", () => {
  it("are what `npm run generate` would write now", async () => {
    const files = await generated();
    expect(files.map(([path]) => path)).to.include("provider/dynamic/types.ts");
    for (const [path, text] of files) {
      expect(
        (await readFile(path, "utf8")) === text,
        `${path} is out of date; run \`npm run generate\``,
      ).to.equal(true);
    }
  });
});
