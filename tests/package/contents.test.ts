/** The files of the package, and whether tools find its entries and their types. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, posix } from "node:path";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { expect } from "chai";
import { publint } from "publint";

import type { Packed } from "./consumer";
import { pack } from "./consumer";

describe("the packed package", function () {
  this.timeout("2m");
  let packed: Packed;
  let paths: readonly string[];

  before(async () => {
    packed = await pack();
    paths = packed.paths;
  });
  after(() => packed?.remove());

  it("has README, license, changelog and the emulator's documentation", () => {
    expect(paths).to.include.members([
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "package.json",
      "docs/emulator.md",
    ]);
  });

  it("has the plugin with its launchers, and none of its modules beside the bundle", () => {
    expect(paths.filter((path) => /\bplugin\//.test(path))).to.have.members([
      "plugin/pulumi-resource-dataexchange",
      "plugin/pulumi-resource-dataexchange.cmd",
      "plugin/start.cjs",
      "plugin/bundle/main.cjs",
      "plugin/bundle/schema.json",
      "plugin/bundle/LICENSES.txt",
    ]);
  });

  it("has only documents, the plugin and the compiled sources of shipped folders", () => {
    const documents =
      /^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$|^docs\/((components|how-to-guides)\/)?[a-z0-9_-]+\.md$/;
    const compiled =
      /^dist\/((?:lib|service-model|provider|components|emulator|review|cli)\/.*|index)(\.js|\.js\.map|\.d\.ts)$/;
    const others = paths.filter((path) => {
      const source = compiled.exec(path)?.[1];
      if (path.startsWith("plugin/")) return false;
      return source === undefined ? !documents.test(path) : !existsSync(`${source}.ts`);
    });
    expect(others).to.deep.equal([]);
  });

  it("has every module that one of its modules requires", async () => {
    for (const path of modules()) {
      for (const [, loaded] of (await text(path)).matchAll(/\brequire\("(\.[^"]*)"\)/g)) {
        const module = posix.join(dirname(path), loaded!);
        expect(paths, path).to.include.oneOf([`${module}.js`, `${module}/index.js`]);
      }
    }
  });

  it("has a source map with its source for every module", async () => {
    for (const path of modules()) {
      const map = /^\/\/# sourceMappingURL=(.*)$/m.exec(await text(path))![1]!;
      expect(paths).to.include(posix.join(dirname(path), map));
      const { sourcesContent } = JSON.parse(await text(`${path}.map`)) as { sourcesContent?: string[] };
      expect(sourcesContent, path).to.have.length(1);
    }
    for (const path of paths.filter((name) => name.endsWith(".d.ts"))) {
      expect(await text(path), path).not.to.contain("sourceMappingURL");
    }
  });

  it("passes publint", async () => {
    const { buffer, byteOffset, length } = packed.bytes;
    const tarball = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + length);
    expect((await publint({ pack: { tarball }, strict: true })).messages).to.deep.equal([]);
  });

  it("has correct types for every way of module resolution", async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(packed.bytes)));
    expect(checked).to.have.property("problems").that.deep.equals([]);
    expect(checked)
      .to.have.property("entrypoints")
      .that.has.all.keys(".", "./emulator", "./provider", "./package.json");
  });

  const modules = () => paths.filter((path) => path.endsWith(".js"));
  const text = (path: string) => readFile(path, "utf8");
});
