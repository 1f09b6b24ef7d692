import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { credentials } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, ProviderHandshakeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { readVersion } from "../../../provider/plugin/package-files";

const launcher = join(process.cwd(), "plugin", "pulumi-resource-dataexchange");

describe("pulumi-resource-dataexchange", function () {
  this.timeout("60s");
  if (process.platform === "win32") return;

  it("prints its port, serves its version, and exits after its engine", async () => {
    const engine = createServer((socket) => socket.resume().on("error", () => undefined)).listen(
      0,
      "127.0.0.1",
    );
    await once(engine, "listening");
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const plugin = spawn(launcher, ["--logtostderr", address], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface(plugin.stdout), "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const info = await new Promise<PluginInfo>((resolve, reject) =>
      client.getPluginInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer))),
    );
    expect(info.getVersion()).to.equal(await readVersion());
    await new Promise((resolve) =>
      client.handshake(new ProviderHandshakeRequest().setEngineAddress(address), resolve),
    );
    const connected = once(engine, "connection");
    await new Promise((resolve) => client.configure(new ConfigureRequest(), resolve));
    await connected;
    const exited = once(plugin, "exit");
    engine.close();
    expect((await exited)[0]).to.equal(0);
    client.close();
  });

  it("loads the messages of the protocol, and neither the SDK nor the AWS SDK", async () => {
    const main = join(process.cwd(), "dist/provider/plugin/main.js");
    const script = `
      require(${JSON.stringify(main)});
      setTimeout(() => {
        process.stderr.write(JSON.stringify(Object.keys(require.cache)));
        process.exit();
      }, 100);`;
    const started = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "ignore", "pipe"] });
    let text = "";
    started.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await once(started, "close");
    const loaded = (JSON.parse(text) as string[]).filter((file) => /@pulumi|@aws-sdk|@smithy/.test(file));
    expect(loaded.filter((file) => !/@pulumi\/pulumi\/proto\//.test(file))).to.deep.equal([]);
    expect(loaded).to.not.deep.equal([]);
  });
});
