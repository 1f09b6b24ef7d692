import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { Engine } from "../../../provider/engine/engine-client";

describe("Engine", () => {
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

  it("is alive until it can no longer be reached", async () => {
    for (const isReachable of [true, false]) {
      const engine = new Engine(address);
      await engine.log("INFO", "looking for a job");
      if (!isReachable) server.forceShutdown();
      expect(await engine.isAlive()).to.equal(isReachable);
    }
    expect(messages).to.deep.equal(["looking for a job", "looking for a job"]);
  });

  it("is alive if it could never be reached", async () => {
    server.forceShutdown();
    for (const engine of [new Engine(address), new Engine(undefined)]) {
      await engine.log("INFO", "looking for a job");
      expect(await engine.isAlive()).to.equal(true);
    }
  });

  it("is not alive if it listened before and could never be reached", async () => {
    server.forceShutdown();
    expect(await new Engine(address, undefined, true).isAlive()).to.equal(false);
  });

  const looks = async (count: number) => {
    for (let look = 0; look < count; look++) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Watches an engine that was reached. `exits` counts how often the host was ended since. */
  async function watched(
    grace: number,
    onExit?: () => void,
  ): Promise<{ engine: Engine; exits: () => number }> {
    const engine = new Engine(address);
    expect(await engine.isAlive()).to.equal(true);
    let exits = 0;
    engine.exitAfterEngine({ exit: () => exits++, every: 5, grace, onExit });
    return { engine, exits: () => exits };
  }

  it("ends its host after the operation in progress", async () => {
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

  it("ends its host after the grace period although an operation is in progress", async () => {
    const { engine, exits } = await watched(50);
    void engine.track(() => new Promise(() => undefined));
    server.forceShutdown();
    while (exits() === 0) await looks(1);
  });

  it("reports the exit once, before the operation in progress ends", async () => {
    let reports = 0;
    const { engine, exits } = await watched(60_000, () => reports++);
    await engine.track(async () => {
      server.forceShutdown();
      while (reports === 0) await looks(1);
      expect(exits()).to.equal(0);
    });
    while (exits() === 0) await looks(1);
    expect(reports).to.equal(1);
  });

  it("does not end its host while it is alive or if it could never be reached", async () => {
    let exits = 0;
    for (const engine of [new Engine(address), new Engine("127.0.0.1:1"), new Engine(undefined)])
      engine.exitAfterEngine({ exit: () => exits++, every: 5 });
    await looks(20);
    expect(exits).to.equal(0);
  });
});
