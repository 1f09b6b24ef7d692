import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { generateSdks } from "../../scripts/sdk-generator/main";

describe("generateSdks", () => {
  let out = "";
  beforeEach(async () => (out = await mkdtemp(join(tmpdir(), "sdk-"))));
  afterEach(() => rm(out, { recursive: true }));

  const messageOf = (env: NodeJS.ProcessEnv) =>
    generateSdks({ out, languages: ["go"], env }).then(
      () => "generated",
      (error: Error) => error.message,
    );

  it("writes into no folder that has files, because those of an earlier SDK would remain", async () => {
    await mkdir(join(out, "go"));
    await writeFile(join(out, "go", "old.go"), "");
    expect(await messageOf({})).to.equal(
      `${join(out, "go")} is not empty. Delete it, or choose another --out.`,
    );
    expect(await readdir(join(out, "go"))).to.deep.equal(["old.go"]);
  });

  it("says that it needs Go", async () => {
    expect(await messageOf({ PATH: out })).to.match(/^The SDK generator cannot be built: there is no go /);
    expect(await readdir(out)).to.deep.equal([]);
  });
});
