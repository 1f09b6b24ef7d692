import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { Engine } from "../../../provider/dynamic/engine-client";

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
    expect(await engine.isAlive()).to.equal(true);

    const orphaned = new Engine(address);
    await orphaned.log("INFO", "looking for a job");
    server.forceShutdown();
    expect(await orphaned.isAlive()).to.equal(false);
  });

  it("is not taken for gone where there never was one", async () => {
    server.forceShutdown();
    const engine = new Engine(address);
    await engine.log("INFO", "nobody hears it");
    expect(await engine.isAlive()).to.equal(true);
    expect(await new Engine(undefined).isAlive()).to.equal(true);
  });

  const looks = async (count: number) => {
    for (let look = 0; look < count; look++) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Watches an engine that was there; answers how often the host was ended since. */
  async function watched(grace: number): Promise<{ engine: Engine; exits: () => number }> {
    const engine = new Engine(address);
    expect(await engine.isAlive()).to.equal(true);
    let exits = 0;
    engine.exitAfterEngine({ exit: () => exits++, every: 5, grace });
    return { engine, exits: () => exits };
  }

  it("takes its host with it, once the operation under way has ended", async () => {
    const { engine, exits } = await watched(60_000);
    await engine.track(async () => {
      server.forceShutdown();
      while (await engine.isAlive());
      await looks(20);
      expect(exits()).to.equal(0);
    });
    while (exits() === 0) await looks(1);
    await looks(20);
    expect(exits()).to.equal(1);
  });

  it("takes its host with it after a while, though an operation goes on", async () => {
    const { engine, exits } = await watched(50);
    void engine.track(() => new Promise(() => undefined));
    server.forceShutdown();
    while (exits() === 0) await looks(1);
  });

  it("leaves its host alone while it is there, and where there never was one", async () => {
    let exits = 0;
    for (const engine of [new Engine(address), new Engine("127.0.0.1:1"), new Engine(undefined)])
      engine.exitAfterEngine({ exit: () => exits++, every: 5 });
    await looks(20);
    expect(exits).to.equal(0);
  });
});
