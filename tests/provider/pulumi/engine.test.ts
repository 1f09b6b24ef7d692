import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { Engine } from "../../../provider/pulumi/engine";

describe("the engine", () => {
  let server: Server;
  let address: string;
  const messages: string[] = [];

  beforeEach(async () => {
    const log: IEngineServer["log"] = ({ request }, done) => {
      messages.push(request.getMessage());
      done(null, new Empty());
    };
    server = new Server();
    server.addService(EngineService, { log });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    address = `127.0.0.1:${port}`;
  });
  afterEach(() => server.forceShutdown());

  it("is gone when it took a message and cannot be reached any more", async () => {
    const engine = new Engine(address);
    await engine.log("INFO", "looking for a job");
    expect(messages).to.deep.equal(["looking for a job"]);
    expect(await engine.isThere()).to.equal(true);

    const orphaned = new Engine(address);
    await orphaned.log("INFO", "looking for a job");
    server.forceShutdown();
    expect(await orphaned.isThere()).to.equal(false);
  });

  it("is not taken for gone where there never was one", async () => {
    server.forceShutdown();
    const engine = new Engine(address);
    await engine.log("INFO", "nobody hears it");
    expect(await engine.isThere()).to.equal(true);
    expect(await new Engine(undefined).isThere()).to.equal(true);
  });

  it("takes its host with it, once the operation under way has ended", async () => {
    const engine = new Engine(address);
    expect(await engine.isThere()).to.equal(true);
    let exits = 0;
    const exited = new Promise<void>((resolve) =>
      engine.endHostWithIt(() => {
        exits++;
        resolve();
      }, 5),
    );
    await engine.during(async () => {
      server.forceShutdown();
      while (await engine.isThere());
      for (let look = 0; look < 20; look++) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(exits).to.equal(0);
    });
    // The look itself keeps no process alive.
    const alive = setInterval(() => undefined, 1_000);
    await exited;
    clearInterval(alive);
    expect(exits).to.equal(1);
  });

  it("leaves its host alone while it is there, and where there never was one", async () => {
    let exits = 0;
    for (const engine of [new Engine(address), new Engine("127.0.0.1:1"), new Engine(undefined)])
      engine.endHostWithIt(() => exits++, 5);
    for (let look = 0; look < 20; look++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(exits).to.equal(0);
  });
});
