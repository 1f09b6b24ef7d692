import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { GlobFilter } from "../../lib/globs";
import type { FileCriteria } from "../../components/support/select-files";
import {
  listFiles,
  maxUploadBytes,
  selectFiles,
  validateUploads,
} from "../../components/support/select-files";
import type { InputError } from "../../lib/input-error";
import { useFolder, writeText } from "../harness/folder";
import { failureOf } from "../simulation/samples";

describe("selectFiles", () => {
  const at = useFolder();
  let folder: string;

  beforeEach(async () => {
    folder = at("data");
    const files = {
      "a.csv": "1",
      "sub/b.csv": "22",
      "sub/deep/c.txt": "333",
      ".env": "s",
      ".git/config": "h",
    };
    for (const [name, text] of Object.entries(files)) await writeText(join(folder, name), text);
    await writeText(at("outside/x.csv"), "x");
  });

  const list = (path = folder, patterns = {}) => listFiles(path, new GlobFilter(patterns));
  const names = async (patterns = {}) => (await list(folder, patterns)).map(({ name }) => name);
  const codeOf = async (run: Promise<unknown>) => (await failureOf<InputError>(run)).code;

  it("lists the files of a folder that are not hidden, by their relative paths", async () => {
    expect(await list()).to.deep.equal([
      { name: "a.csv", path: join(folder, "a.csv"), size: 1 },
      { name: "sub/b.csv", path: join(folder, "sub", "b.csv"), size: 2 },
      { name: "sub/deep/c.txt", path: join(folder, "sub", "deep", "c.txt"), size: 3 },
    ]);
  });

  it("applies patterns to the files of a folder", async () => {
    expect(await names({ include: ["**/*.csv"] })).to.deep.equal(["a.csv", "sub/b.csv"]);
    expect(await names({ exclude: ["sub/**"] })).to.deep.equal(["a.csv"]);
    expect(await names({ include: [".env", ".git/*"] })).to.deep.equal([".env", ".git/config"]);
  });

  it("selects a file given by itself, even a hidden one", async () => {
    expect((await list(join(folder, "a.csv"), { include: ["*.txt"] }))[0]!.name).to.equal("a.csv");
    expect((await list(join(folder, ".env")))[0]!.name).to.equal(".env");
  });

  it("follows links within the folder", async () => {
    await symlink("a.csv", join(folder, "link.csv"));
    await symlink("sub/deep", join(folder, "short"));
    expect(await names()).to.deep.equal(["a.csv", "link.csv", "short/c.txt", "sub/b.csv", "sub/deep/c.txt"]);
  });

  it("rejects links that lead out, have no target or form a cycle, unless they are excluded", async () => {
    const links = [
      ["file", "../outside/x.csv", "link-out-of-folder"],
      ["folder", "../outside", "link-out-of-folder"],
      ["gone", "nothing", "broken-link"],
      ["round", "../data", "link-cycle"],
    ] as const;
    for (const [name, target, code] of links) {
      await symlink(target, join(folder, name));
      const error = await failureOf<InputError>(list());
      expect(error.code).to.equal(code);
      expect(error.message).to.match(new RegExp(`^"${name}" in ".*data" `));
      expect(await names({ exclude: [name] })).to.have.length(3);
      await rm(join(folder, name));
    }
    // A folder beside it whose name begins with the same letters is outside as well.
    await writeText(at("data-more/y.csv"), "y");
    await symlink("../data-more/y.csv", join(folder, "y.csv"));
    expect(await codeOf(list())).to.equal("link-out-of-folder");
  });

  it("rejects criteria that select nothing", async () => {
    const criteria: [string, FileCriteria][] = [
      ["no-such-file", { path: at("none") }],
      ["missing-path", {}],
      ["missing-path", { paths: [] }],
      ["conflicting-arguments", { path: folder, paths: [folder] }],
      ["nothing-selected", { path: folder, include: ["*.xml"] }],
      ["invalid-pattern", { path: folder, include: [""] }],
    ];
    for (const [code, given] of criteria) expect(await codeOf(selectFiles(given))).to.equal(code);
  });

  it("names assets by assetName", async () => {
    const { files } = await selectFiles({
      paths: [folder, at("outside")],
      include: ["*.csv"],
      assetName: (path) => `2026/${path}`,
    });
    expect(files.map(({ assetName }) => assetName)).to.deep.equal(["2026/a.csv", "2026/x.csv"]);
  });
});

describe("validateUploads", () => {
  const file = (assetName: string, size = 1) => ({ name: assetName, path: `/${assetName}`, assetName, size });

  it("accepts files of at most 5 GB with different names", () =>
    expect(validateUploads([file("a"), file("b", maxUploadBytes)])).to.equal(undefined));

  it("rejects no file, a file that is too large, and names that are missing or equal", () => {
    const rejected: [string, ReturnType<typeof file>[]][] = [
      ["nothing-selected", []],
      ["file-too-large", [file("big", maxUploadBytes + 1)]],
      ["invalid-asset-name", [{ ...file("a"), assetName: "" }]],
      ["duplicate-asset-name", [file("a"), { ...file("b"), assetName: "a" }]],
    ];
    for (const [code, files] of rejected) expect(validateUploads(files)?.code).to.equal(code);
  });
});
