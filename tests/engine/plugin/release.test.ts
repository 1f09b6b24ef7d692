/** The archives of the plugin, as the engine and the CLI install them. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { findPulumi } from "../../../scripts/find-pulumi";
import { readVersion, writePlugin } from "../../../scripts/release/main";
import { downloadsOff } from "../../../scripts/temporary-workspace";
import { PluginJob } from "../../harness/attached-plugin";
import { importArgs } from "../../harness/programs";
import { expectSuccess } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";

const run = promisify(execFile);

describe("the plugin of a release", function () {
  this.timeout("5m");
  if (process.platform === "win32") return;
  const shared = useStack();
  const served: string[] = [];
  let out = "";
  let server: Server;
  let url = "";
  let version = "";

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "release-"));
    version = await readVersion();
    await writePlugin(out);
    server = createServer((request, response) => {
      const name = basename(request.url!);
      served.push(name);
      readFile(join(out, name)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server?.close();
    await rm(out, { recursive: true, force: true });
  });

  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const archive = () => `pulumi-resource-dataexchange-v${version}-${platform}.tar.gz`;
  const pulumi = async (home: string, ...args: string[]) => {
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    return run((await findPulumi()).path, args, { env, cwd: home, maxBuffer: 1e8 });
  };

  it("is downloaded by the engine, runs a job, keeps it and deletes it", async () => {
    const { stack, service } = shared;
    stack.stack.workspace.envVars[downloadsOff] = "false";
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    const program = () => {
      const args = importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" });
      new PluginJob("prices", args, { version, pluginDownloadURL: url });
      return Promise.resolve();
    };
    expectSuccess(await stack.up(program));
    expect(served).to.deep.equal([archive()]);
    expect((await stack.job()).outputs.state).to.equal("COMPLETED");
    expect(expectSuccess(await stack.up(program)).changes).to.deep.equal({ same: 2 });
    expectSuccess(await stack.destroy());
    expect(await service.listAssetNames(revision)).to.deep.equal([]);
  });

  for (const [source, options] of [
    ["its file", () => ["--file", join(out, archive())]],
    ["a server", () => ["--server", url]],
  ] as const) {
    it(`is installed from ${source} by the CLI, and returns the schema of this package`, async () => {
      const home = await mkdtemp(join(out, "home-"));
      await pulumi(home, "plugin", "install", "resource", "dataexchange", version, ...options());
      const { stdout } = await pulumi(home, "package", "get-schema", `dataexchange@${version}`);
      expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(await readFile("schema.json", "utf8")));
    });
  }
});
