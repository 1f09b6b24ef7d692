import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import type { FileUploadArgs } from "../../components/file-upload";
import { contentOf } from "../../components/file-upload";
import {
  selectFiles,
  maxUploadBytes,
  listFiles,
  validateUploads,
} from "../../components/support/select-files";
import { GlobFilter } from "../../components/support/globs";

describe("local files", () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "files-"));
    folder = join(root, "data");
    await put("data/a.csv", "1");
    await put("data/sub/b.csv", "22");
    await put("data/sub/deep/c.txt", "333");
    await put("data/.env", "secret");
    await put("data/.git/config", "hidden");
    await put("outside/x.csv", "x");
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const names = async (patterns = {}) =>
    (await listFiles(folder, new GlobFilter(patterns))).map(({ name }) => name);
  const refused = (run: Promise<unknown>) =>
    run.then(
      () => "nothing was refused",
      (error: Error) => error.message,
    );

  it("of a folder are all that are not hidden, by their paths below it", async () => {
    expect(await listFiles(folder, new GlobFilter({}))).to.deep.equal([
      { name: "a.csv", path: join(folder, "a.csv"), size: 1 },
      { name: "sub/b.csv", path: join(folder, "sub", "b.csv"), size: 2 },
      { name: "sub/deep/c.txt", path: join(folder, "sub", "deep", "c.txt"), size: 3 },
    ]);
  });

  it("are chosen by patterns", async () => {
    expect(await names({ include: ["**/*.csv"] })).to.deep.equal(["a.csv", "sub/b.csv"]);
    expect(await names({ exclude: ["sub/**"] })).to.deep.equal(["a.csv"]);
    expect(await names({ include: [".env", ".git/*"] })).to.deep.equal([".env", ".git/config"]);
  });

  it("may be one file, given by itself, even a hidden one", async () => {
    expect(
      (await listFiles(join(folder, "a.csv"), new GlobFilter({ include: ["*.txt"] })))[0]!.name,
    ).to.equal("a.csv");
    expect((await listFiles(join(folder, ".env"), new GlobFilter({})))[0]!.name).to.equal(".env");
  });

  it("may be links that stay within the folder", async () => {
    await symlink("a.csv", join(folder, "link.csv"));
    await symlink("sub/deep", join(folder, "short"));
    expect(await names()).to.deep.equal(["a.csv", "link.csv", "short/c.txt", "sub/b.csv", "sub/deep/c.txt"]);
  });

  it("are no links that lead out, nowhere or round in a circle, unless excluded", async () => {
    const links = { file: "../outside/x.csv", folder: "../outside", gone: "nothing", round: "../data" };
    for (const [name, target] of Object.entries(links)) {
      await symlink(target, join(folder, name));
      expect(await refused(listFiles(folder, new GlobFilter({})))).to.match(
        new RegExp(`^"${name}" in ".*data" is a symbolic link .*exclude the name\\.$`),
      );
      expect(await names({ exclude: [name] })).to.have.length(3);
      await rm(join(folder, name));
    }
    // A folder beside it whose name begins alike lies outside, too.
    await put("data-more/y.csv", "y");
    await symlink("../data-more/y.csv", join(folder, "y.csv"));
    expect(await refused(listFiles(folder, new GlobFilter({})))).to.contain("leads out of the folder");
  });

  it("that are not there are named", async () => {
    expect(await refused(listFiles(join(root, "none"), new GlobFilter({})))).to.match(
      /none" does not exist\.$/,
    );
    expect(await refused(selectFiles({}))).to.contain("needs path");
    expect(await refused(selectFiles({ paths: [] }))).to.contain("needs path");
    expect(await refused(selectFiles({ path: folder, paths: [folder] }))).to.contain("not both");
    expect(await refused(selectFiles({ path: folder, include: ["*.xml"] }))).to.contain("no file is meant");
    expect(await refused(selectFiles({ path: folder, include: [""] }))).to.contain("no pattern");
  });

  it("of several folders are called as the program says", async () => {
    const { files } = await selectFiles({
      paths: [folder, join(root, "outside")],
      include: ["*.csv"],
      assetName: (path) => `2026/${path}`,
    });
    expect(files.map(({ assetName }) => assetName)).to.deep.equal(["2026/a.csv", "2026/x.csv"]);
  });

  it("have a digest that changes with their names and bytes alone", async () => {
    const digest = async (more: Partial<FileUploadArgs> = {}) => {
      const { files } = await selectFiles({ path: folder, ...more });
      const found = await contentOf(more, files);
      return found.known ? found.value : "unknown";
    };
    const first = await digest();
    expect(await digest())
      .to.equal(first)
      .and.to.match(/^[0-9a-f]{64}$/);
    expect(await digest({ onDelete: "retain" })).to.equal(first);
    expect(await digest({ tags: { a: "b" } })).not.to.equal(first);
    expect(await digest({ assetName: (path: string) => `x/${path}` })).not.to.equal(first);
    await put("data/a.csv", "2");
    expect(await digest()).not.to.equal(first);
    await put("data/a.csv", "1");
    expect(await digest()).to.equal(first);
  });
});

describe("a choice of uploads", () => {
  const file = (assetName: string, size = 1) => ({ name: assetName, path: `/${assetName}`, assetName, size });

  it("is right when its names can be told apart", () => {
    expect(validateUploads([file("a"), file("b", maxUploadBytes)])).to.equal(undefined);
  });

  it("is refused when it is nothing, too much, too large or without a name", () => {
    expect(validateUploads([])).to.contain("nothing to upload");
    const many = Array.from({ length: 10_001 }, (_, i) => file(`f${i}`));
    expect(validateUploads(many)).to.equal("10001 files are meant; a revision takes at most 10000 assets.");
    expect(validateUploads(many.slice(1))).to.equal(undefined);
    expect(validateUploads([file("big", maxUploadBytes + 1)])).to.contain("5 GB");
    expect(validateUploads([{ ...file("a"), assetName: "" }])).to.equal('assetName gives "a" no name.');
  });

  it("is refused when two names are the same or look alike", () => {
    expect(validateUploads([file("a"), { ...file("b"), assetName: "a" }])).to.contain(
      'both become the asset "a"',
    );
    for (const [one, other] of [
      ["a b", "a  b"],
      ["caf\u00e9", "cafe\u0301"],
      ["a/b", "a//b"],
      ["a", "a\u200b"],
    ]) {
      expect(validateUploads([file(one!), file(other!)]), `${one} ${other}`).to.contain("look alike");
    }
  });

  it("never lets two assets of one name through", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "a ", "a/", "/a", "b\u200d"), { minLength: 1 }),
        (given) => {
          if (validateUploads(given.map((name) => file(name))) === undefined) {
            expect(new Set(given).size).to.equal(given.length);
          }
        },
      ),
    );
  });
});
