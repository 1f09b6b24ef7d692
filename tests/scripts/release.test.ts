/** The files of a release: their names, their checksums, and that two builds write the same bytes. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";

import { expect } from "chai";

import { buildPlugin } from "../../scripts/build/plugin";
import { readFolder, tarGz } from "../../scripts/release/archive";
import { platforms, readVersion, writeChecksums, writePlugin } from "../../scripts/release/main";
import { useFolder } from "../harness/folder";
import { hasSdkOfPlugin } from "../harness/sdk-of-plugin";

describe("the files of a release", function () {
  this.timeout("30s");
  const path = useFolder();

  it("are named by the version and by each platform of Pulumi", async () => {
    await writePlugin(path());
    const version = await readVersion();
    const names = platforms.map((platform) => `pulumi-resource-dataexchange-v${version}-${platform}.tar.gz`);
    expect(platforms).to.include.members(["linux-amd64", "darwin-arm64", "windows-amd64"]);
    expect(await readdir(path())).to.have.members(names);
  });

  it("have checksums that sha256sum verifies", async () => {
    await writeFile(path("b"), "2");
    await writeFile(path("a"), "1");
    await writeChecksums(path());
    await writeChecksums(path());
    const sums = (await readFile(path("SHA256SUMS"), "utf8")).split("\n");
    expect(sums.map((line) => line.split("  ")[1])).to.deep.equal(["a", "b", undefined]);
    if (process.platform === "linux")
      execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: path() });
  });
});

describe("an archive", () => {
  const path = useFolder();
  const fill = async (folder: string, names: readonly string[]): Promise<void> => {
    await mkdir(path(`${folder}/bundle`), { recursive: true });
    for (const name of names) await writeFile(path(`${folder}/${name}`), name.repeat(100));
    await chmod(path(`${folder}/run`), 0o755);
  };

  it("has the files of a folder, and which of them are programs", async () => {
    await fill("in", ["run", "empty", "bundle/main.cjs"]);
    await writeFile(path("in/empty"), "");
    await writeFile(path("archive"), tarGz(await readFolder(path("in"), "plugin/")));
    await mkdir(path("out"));
    execFileSync("tar", ["-xzf", path("archive"), "-C", path("out")]);
    expect(await readFolder(path("out/plugin"))).to.have.deep.members(await readFolder(path("in")));
  });

  it("has the same bytes for the same files, in whatever order and at whatever time they were written", async () => {
    await fill("one", ["run", "start.cjs", "bundle/main.cjs"]);
    await fill("two", ["bundle/main.cjs", "start.cjs", "run"]);
    await utimes(path("two/run"), 1, 1);
    const [one, two] = [
      tarGz(await readFolder(path("one"))),
      tarGz((await readFolder(path("two"))).reverse()),
    ];
    expect(one.equals(two)).to.equal(true);
  });

  it("refuses a path that its format cannot hold", () => {
    const file = { name: "a".repeat(101), bytes: Buffer.alloc(0), executable: false };
    expect(() => tarGz([file])).to.throw("too long");
  });
});

describe("the bundle of the plugin", function () {
  this.timeout("30s");
  const path = useFolder();
  const archive = async (name: string) => tarGz(await readFolder(path(name)));

  it("has the same bytes in every build, and the schema and the licenses of its packages beside it", async function () {
    if (!hasSdkOfPlugin) return this.skip();
    await buildPlugin(path("bundle"));
    await buildPlugin(path("again"));
    expect((await archive("bundle")).equals(await archive("again"))).to.equal(true);
    expect(await readFile(path("bundle/schema.json"), "utf8")).to.equal(
      await readFile("schema.json", "utf8"),
    );
    const licenses = await readFile(path("bundle/LICENSES.txt"), "utf8");
    for (const name of ["@grpc/grpc-js", "google-protobuf", "@pulumi/pulumi", "@aws-sdk/core", "bowser"])
      expect(licenses).to.match(new RegExp(`^${name} \\d+\\.`, "m"));
    expect(licenses).to.contain("Permission is hereby granted").and.contain("Apache License");
  });
});
