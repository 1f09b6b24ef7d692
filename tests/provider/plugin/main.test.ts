import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { credentials } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  ConfigureRequest,
  ConstructRequest,
  ProviderHandshakeRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { bundlePlugin } from "../../../scripts/build/plugin";

const launcher = join(process.cwd(), "plugin", "pulumi-resource-dataexchange");

interface Listener {
  address: string;
  /** Resolves at the first connection. */
  connected: Promise<unknown>;
  close(): void;
}

/** Listens like an engine, and never answers. */
async function listen(): Promise<Listener> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.resume().on("error", () => undefined));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: once(server, "connection"),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Starts the plugin as the engine at the address does. */
async function start(engine: string) {
  const plugin = spawn(launcher, ["--logtostderr", engine], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(plugin, "exit").then(([code]) => code as number | null);
  const [port] = (await once(createInterface(plugin.stdout), "line")) as [string];
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return { client, exited };
}

/** The plugin connects to the engine, which it watches from then on. */
async function beginRun(client: ResourceProviderClient, { address, connected }: Listener): Promise<void> {
  await new Promise((resolve) =>
    client.handshake(new ProviderHandshakeRequest().setEngineAddress(address), resolve),
  );
  await new Promise((resolve) => client.configure(new ConfigureRequest(), resolve));
  await connected;
}

describe("pulumi-resource-dataexchange", function () {
  this.timeout("60s");
  if (process.platform === "win32") return;

  it("prints its port, serves its version, and exits after its engine", async () => {
    const engine = await listen();
    const { client, exited } = await start(engine.address);
    const info = await new Promise<PluginInfo>((resolve, reject) =>
      client.getPluginInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer))),
    );
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(info.getVersion()).to.equal(version);
    await beginRun(client, engine);
    engine.close();
    expect(await exited).to.equal(0);
    client.close();
  });

  it("exits after its engine although a component waits for an answer of the engine", async () => {
    const [engine, monitor] = [await listen(), await listen()];
    const { client, exited } = await start(engine.address);
    await beginRun(client, engine);
    const request = new ConstructRequest().setType("dataexchange:index:S3Import").setName("prices");
    client.construct(request.setMonitorendpoint(monitor.address), () => undefined);
    await monitor.connected;
    engine.close();
    expect(await exited).to.equal(0);
    monitor.close();
    client.close();
  });

  it("exits if its engine has ended before it is reached", async () => {
    const engine = await listen();
    engine.close();
    const { client, exited } = await start(engine.address);
    expect(await exited).to.equal(0);
    client.close();
  });

  it("starts without the SDKs of Pulumi and AWS", async () => {
    const { inputs } = (await bundlePlugin()).metafile;
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const { path, kind } of inputs[file]!.imports)
        if (kind !== "dynamic-import" && inputs[path]) load(path);
    };
    load("provider/plugin/main.ts");
    const packages = [...loaded];
    expect(packages.some((file) => file.includes("node_modules/@pulumi/pulumi/proto/"))).to.equal(true);
    const sdks = packages.filter((file) => /@aws-sdk|@smithy|@pulumi\/pulumi\/(?!proto\/)/.test(file));
    expect(sdks).to.deep.equal([]);
  });

  it("prints its version and ends", async () => {
    const { status, stdout } = spawnSync(launcher, ["--version"], { encoding: "utf8", timeout: 30_000 });
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: `${version}\n` });
  });

  it("says so if there is no Node.js", () => {
    const { status, stdout, stderr } = spawnSync(launcher, { env: { PATH: "/nowhere" }, encoding: "utf8" });
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.contain("20.19").and.contain("[node-missing]");
  });

  for (const [version, status] of [
    ["20.18.9", 1],
    ["18.20.0", 1],
    ["20.19.0", 0],
    ["24.0.0", 0],
  ] as const) {
    it(`${status ? "says that it cannot run" : "runs"} on Node.js ${version}`, () => {
      const script = `
        Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });
        console.log = (port) => process.exit(port > 0 ? 0 : 2);
        require("./plugin/start.cjs");`;
      const run = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
      expect(run.status, run.stderr).to.equal(status);
      if (status)
        expect(run.stderr).to.contain("20.19").and.contain(version).and.contain("[unsupported-node]");
    });
  }
});
