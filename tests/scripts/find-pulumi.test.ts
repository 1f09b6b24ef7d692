import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { expect } from "chai";

import { countBuildLine, describeBuild } from "../../scripts/go-build";
import type { PulumiCli, Source } from "../../scripts/find-pulumi";
import {
  cliAt,
  cliVersion,
  downloadFrom,
  findPulumi,
  inVersionsFolder,
  launcherName,
  onPath,
} from "../../scripts/find-pulumi";
import type { Progress } from "../../scripts/progress";
import { progressOn } from "../../scripts/progress";

describe("findPulumi", () => {
  const cli = cliAt("/opt/pulumi/bin/pulumi", cliVersion, "versions");
  let notes: string[];
  let progress: Progress;
  let folder: string;

  beforeEach(() => {
    notes = [];
    progress = { note: (line) => notes.push(line), during: (_describe, work) => work };
    folder = mkdtempSync(join(tmpdir(), "pulumi-cli-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const source = (name: string, answer: () => PulumiCli | undefined): Source => ({
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

  it("returns the CLI of the first source that has one, and reports why an earlier source fails", async () => {
    const sources = [
      source("a", () => undefined),
      source("b", fails),
      source("c", () => cli),
      source("d", fails),
    ];
    expect(await findPulumi({ sources, progress })).to.equal(cli);
    expect(notes).to.deep.equal(["No Pulumi CLI from b: it is broken."]);
  });

  it("reports every source and a remedy if no source has a CLI", async () => {
    const sources = [source("the moon", () => undefined), source("Mars", fails)];
    const error = await findPulumi({ sources, progress }).catch((error: Error) => error);
    expect(error)
      .to.be.an("error")
      .with.property("message")
      .that.matches(/\(the moon: not found; Mars: it is broken\).*pulumi\.com\/docs\/install.*Go 1\.25/);
  });

  describe("on the PATH", () => {
    const find = (version: string) => {
      executable(join(folder, "bin", "pulumi"), `echo ${version}`);
      return onPath.find({ PATH: ["/nowhere", join(folder, "bin"), "/bin"].join(delimiter) }, progress);
    };
    const reason = (version: string) =>
      find(version).then(
        () => "accepted",
        (error: Error) => error.message,
      );

    for (const version of ["v3.225.9", "v2.300.0", "v4.0.0", "nonsense"]) {
      it(`rejects version ${version}`, async () => {
        executable(join(folder, "bin", launcherName), "");
        expect(await reason(version)).to.contain("3.226.0 or a later 3.x is needed");
      });
    }

    for (const version of ["v3.226.0", "v3.260.1-dev.0"]) {
      it(`accepts version ${version}`, async () => {
        executable(join(folder, "bin", launcherName), "");
        const [path, binDir] = [join(folder, "bin", "pulumi"), join(folder, "bin")];
        const found = { path, binDir, root: folder, version: version.slice(1), source: "path" };
        expect(await find(version)).to.deep.equal(found);
      });
    }

    it("rejects a CLI without the plugin launcher", async () => {
      expect(await reason("v3.240.0")).to.contain(`has no ${launcherName}`);
    });
  });

  it("adds the plugin launcher to a CLI in the versions folder that has none", async () => {
    const bin = join(folder, "versions", cliVersion, "bin");
    executable(join(bin, "pulumi"), "");
    const found = await inVersionsFolder.find({ PULUMI_HOME: folder }, progress);
    expect(found).to.include({ binDir: bin, source: "versions" });

    const launched = spawnSync(join(bin, launcherName), ["127.0.0.1:1"], { cwd: folder, encoding: "utf8" });
    expect(launched.status).to.equal(1);
    expect(launched.stderr).to.match(
      /^Dynamic resources need @pulumi\/pulumi, which cannot be found from .+\.\n$/,
    );
  });

  it("replaces an earlier launcher of this package in the versions folder, and no other", async () => {
    const bin = join(folder, "versions", cliVersion, "bin");
    executable(join(bin, "pulumi"), "");
    const launcher = join(bin, launcherName);
    const current = readFileSync(join("scripts", launcherName), "utf8");
    for (const [existing, expected] of [
      [`${current}# An earlier line\n`, current],
      ["#!/bin/sh\n# Of Pulumi\n", "#!/bin/sh\n# Of Pulumi\n"],
    ] as const) {
      writeFileSync(launcher, existing);
      await inVersionsFolder.find({ PULUMI_HOME: folder }, progress);
      expect(readFileSync(launcher, "utf8")).to.equal(expected);
    }
  });

  it("installs by the official script, and reports a host that does not serve the script", async () => {
    const script = `
      [ "$1 $2 $4 $5" = "--no-edit-path --install-root --version ${cliVersion}" ] || exit 9
      mkdir "$3/bin"; echo '#!/bin/sh' > "$3/bin/pulumi"; chmod +x "$3/bin/pulumi"`;
    const server = createServer(({ url }, response) => {
      response.statusCode = url === "/install.sh" ? 200 : 404;
      response.end(script);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { PATH: process.env.PATH, PULUMI_HOME: folder };
    try {
      const found = await downloadFrom(origin).find(env, progress);
      expect(found).to.include({ source: "download", root: join(folder, "versions", cliVersion) });
    } finally {
      server.close();
    }
    const error = await downloadFrom("http://127.0.0.1:1")
      .find(env, progress)
      .catch((error: Error) => error);
    expect(error).to.have.property("message").that.contains("cannot be reached");
  });

  it("returns a root only if the folder of the CLI is called bin", () => {
    expect(cli.root).to.equal("/opt/pulumi");
    expect(cliAt("/opt/pulumi/pulumi", cliVersion, "path").root).to.equal(undefined);
  });

  it("shows the progress of a build", () => {
    const counts = { downloaded: 0, compiled: 0, linking: false };
    expect(describeBuild("it", counts)).to.equal("building it: this takes some minutes, once");
    const lines = ["go: downloading cel.dev/expr v0.25.2", "internal/abi", "cel.dev/expr", "go: no network"];
    const count = (line: string) => countBuildLine(counts, line, "cmd/pulumi");
    expect(lines.map(count)).to.deep.equal([true, true, true, false]);
    expect(describeBuild("it", counts)).to.match(/: 1 module downloaded, 2 packages compiled$/);
    count("cmd/pulumi");
    expect(describeBuild("it", counts)).to.match(/, 3 packages compiled, linking$/);
  });

  it("rewrites one line of progress on a terminal, and writes plain lines elsewhere", async () => {
    const written = async (isTTY: boolean) => {
      let text = "";
      await progressOn({ isTTY, write: (more) => (text += more) }).during(() => "working", Promise.resolve());
      return text;
    };
    expect(await written(true)).to.equal("\r\u001b[2Kworking, 0s\r\u001b[2K");
    expect(await written(false)).to.equal("working, 0s\n");
  });
});
