import { LocalDataExchange } from "../../emulator/index";
import { javaScriptClient } from "./javascript-client";
import type { Walkers } from "./full-scenario";
import { forTheWalk, walksThrough } from "./full-scenario";

describe("clients: the official JavaScript client", () => {
  let walkers: Walkers;
  before(async () => {
    const local = await LocalDataExchange.start(forTheWalk);
    const clientOf = (accessKeyId: string) =>
      javaScriptClient(local.endpoint, { accessKeyId, secretAccessKey: "any" });
    walkers = { local, owner: clientOf("111111111111"), subscriber: clientOf("222222222222") };
  });
  after(async () => {
    await Promise.all([walkers.owner.close(), walkers.subscriber.close()]);
    await walkers.local.stop();
  });

  walksThrough(() => walkers);
});
