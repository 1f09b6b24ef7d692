import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { type Declined, describeCli, launcherName, type Way } from "../../scripts/pulumi-cli/cli";
import { ensurePulumi } from "../../scripts/pulumi-cli/ensure";
import { countBuildLine, describeBuild } from "../../scripts/pulumi-cli/go-build";
import { onPath } from "../../scripts/pulumi-cli/on-path";
import { elapsed, progressOn, type Progress } from "../../scripts/report/progress";
import { sourceFolder } from "../../scripts/pulumi-cli/source-folder";
import { inVersionsFolder } from "../../scripts/pulumi-cli/versions-folder";

describe("tools: the Pulumi CLI", () => {
  const cli = describeCli("/opt/pulumi/bin/pulumi", "3.259.0", "versions");
  let notes: string[];
  let progress: Progress;
  let folder: string;

  beforeEach(() => {
    notes = [];
    progress = { note: (line) => notes.push(line), during: (_describe, work) => work };
    folder = mkdtempSync(join(tmpdir(), "pulumi-cli-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const way = (name: string, answer: () => Declined | typeof cli): Way => ({
    name,
    find: () => new Promise((resolve) => resolve(answer())),
  });
  const fails = (): never => {
    throw new Error("it is broken");
  };
  const executable = (path: string, script: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };

  describe("ensurePulumi", () => {
    it("takes the first way that works, and asks no further", async () => {
      const ways = [way("here", () => ({ because: "no" })), way("there", () => cli), way("nowhere", fails)];
      expect(await ensurePulumi({ ways, progress })).to.equal(cli);
    });

    it("notes why a way is left out, unless that is ordinary", async () => {
      const quiet = way("a", () => ({ because: "nothing there", ordinary: true }));
      await ensurePulumi({ ways: [quiet, way("b", fails), way("c", () => cli)], progress });
      expect(notes).to.deep.equal(["No Pulumi CLI from b: it is broken."]);
    });

    it("says in one sentence what was tried, why it failed and what to do", async () => {
      const ways = [way("the moon", () => ({ because: "too far" })), way("Mars", fails)];
      const error = await ensurePulumi({ ways, progress }).catch((error: Error) => error);
      expect(error)
        .to.be.an("error")
        .with.property("message")
        .that.equals(
          "There is no usable Pulumi CLI (from the moon: too far; from Mars: it is broken): install it as " +
            "https://www.pulumi.com/docs/install/ says, or put Go 1.25 or later on the PATH so that it can be built, " +
            "and run this again.",
        );
    });
  });

  describe("the PATH", () => {
    const find = (version: string) => {
      executable(join(folder, "bin", "pulumi"), `echo ${version}`);
      return onPath.find({ PATH: ["/nowhere", join(folder, "bin"), "/bin"].join(delimiter) }, progress);
    };

    for (const version of ["v3.225.9", "v2.300.0", "v4.0.0", "nonsense"]) {
      it(`leaves ${version} out`, async () => {
        executable(join(folder, "bin", launcherName), "");
        expect(await find(version))
          .to.have.property("because")
          .that.includes("3.226.0 or a later 3.x is needed");
      });
    }

    for (const version of ["v3.226.0", "v3.260.1-dev.0"]) {
      it(`takes ${version}`, async () => {
        executable(join(folder, "bin", launcherName), "");
        const [path, binDir] = [join(folder, "bin", "pulumi"), join(folder, "bin")];
        const found = { path, binDir, root: folder, version: version.slice(1), source: "path" };
        expect(await find(version)).to.deep.equal(found);
      });
    }

    it("leaves a CLI without the launcher out", async () => {
      expect(await find("v3.240.0"))
        .to.have.property("because")
        .that.includes(`has no ${launcherName}`);
    });
  });

  it("completes a CLI in the versions folder that lacks the launcher", async () => {
    const bin = join(folder, "versions", "3.259.0", "bin");
    executable(join(bin, "pulumi"), "");
    const found = await inVersionsFolder.find({ PULUMI_HOME: folder }, progress);
    expect(found).to.include({ binDir: bin, source: "versions" });

    const launched = spawnSync(join(bin, launcherName), ["127.0.0.1:1"], { cwd: folder, encoding: "utf8" });
    expect(launched.status).to.equal(1);
    expect(launched.stderr).to.match(
      /^Dynamic resources need @pulumi\/pulumi, which cannot be found from .+\.\n$/,
    );
  });

  it("knows a root only where the folder is called bin", () => {
    expect(cli.root).to.equal("/opt/pulumi");
    expect(describeCli("/opt/pulumi/pulumi", "3.259.0", "path").root).to.equal(undefined);
  });

  it("finds its sources from where it was compiled to", () => {
    expect(sourceFolder())
      .to.match(/scripts.pulumi-cli$/)
      .and.not.match(/dist/);
  });

  it("tells how far a build is", () => {
    const counts = { downloaded: 0, compiled: 0, linking: false };
    expect(describeBuild(counts)).to.include("some minutes");
    const lines = ["go: downloading cel.dev/expr v0.25.2", "internal/abi", "cel.dev/expr", "go: no network"];
    expect(lines.map((line) => countBuildLine(counts, line))).to.deep.equal([true, true, true, false]);
    expect(describeBuild(counts)).to.match(/: 1 module downloaded, 2 packages compiled$/);
  });

  it("rewrites one line on a terminal, and writes plain lines elsewhere", async () => {
    const written = async (isTTY: boolean) => {
      let text = "";
      await progressOn({ isTTY, write: (more) => (text += more) }).during(() => "working", Promise.resolve());
      return text;
    };
    expect(await written(true)).to.equal("\r\u001b[2Kworking, 0s\r\u001b[2K");
    expect(await written(false)).to.equal("working, 0s\n");
    expect([0, 59_999, 80_000, 3_600_000].map(elapsed)).to.deep.equal(["0s", "59s", "1m20s", "60m00s"]);
  });
});
