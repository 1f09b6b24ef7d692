import { Agent } from "node:http";
import { connect } from "node:net";
import { expect } from "chai";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { sendPlain } from "../../harness/http";
import { EmulatorClients } from "../../harness/emulator-service";
import { RandomRequests } from "./random-requests";
import { canMeasure, Served } from "./served";

const total = 50_000;
const concurrency = 16;
const seed = process.env["SEED"] ?? "20261123";

describe("emulator: random requests", function () {
  this.timeout(600_000);
  let served: Served;
  let clients: EmulatorClients;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });

  before(async function () {
    if (!canMeasure) return this.skip();
    // Low limits keep the stored resources few, because they would look like a leak.
    const names = ["Data sets per account", "Revisions per data set", "Event actions per account"];
    const limits = [...names, "Active and pending data grants"];
    served = await Served.start(...limits.flatMap((name) => ["--limit", `${name}=20`]));
    clients = new EmulatorClients(served.endpoint);
  });
  after(async () => {
    agent.destroy();
    clients?.close();
    await served?.stop();
  });

  /** Sends bytes that are not HTTP. */
  const sendGarbage = (bytes: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(served.endpoint).port), "127.0.0.1", () => socket.end(bytes));
      socket.on("error", () => resolve()).on("close", () => resolve());
      socket.resume();
    });

  it("handles 50,000 random requests without an internal error or a memory leak", async function () {
    const { assets, ...ids } = await clients.createFilledRevision({ a: "1", b: "2" });
    // A data set with a grant cannot be deleted, so that requests for it stay valid.
    await clients.shareDataSet(ids.DataSetId, "222222222222");
    const known = [ids.DataSetId, ids.RevisionId, assets[0]!.Id!, assets[1]!.Id!, "0".repeat(32)];
    const requests = new RandomRequests(seed, known);
    const responses = new Map<number | "ended", number>();
    const failures: string[] = [];
    const memory: number[] = [];
    await mapConcurrently([...Array(total).keys()], concurrency, async (index) => {
      if (index % (total / 10) === 0) memory.push(await served.liveMemory());
      if (index % 500 === 0) await sendGarbage(`GARBAGE ${index}\r\nContent-Length: -1\r\n\r\n\0\0`);
      const { method, path, headers, body } = requests.next();
      const sent = sendPlain(served.endpoint, method, path, { headers, body, agent });
      const status = await sent.then(
        ({ status }) => status,
        () => "ended" as const,
      );
      responses.set(status, (responses.get(status) ?? 0) + 1);
      // S3 returns 501 for operations that it does not implement.
      if (typeof status === "number" && status >= 500 && status !== 501) {
        failures.push(`${status}: ${method} ${path.slice(0, 200)} ${body?.slice(0, 300)}`);
      }
    });
    memory.push(await served.liveMemory());
    const counts = [...responses].map(([status, count]) => `${status}: ${count}`).sort();
    this.test!.title += ` (seed ${seed}; ${counts.join(", ")}; live memory ${memory.map(Math.round).join(" ")} MB)`;

    expect(failures).to.deep.equal([]);
    expect(served.alive).to.equal(true);
    // The requests are of many kinds.
    expect([...responses.keys()]).to.include.members([200, 201, 204, 400, 403, 404, 409]);
    // The first requests load code and fill the bounded logs. Without a leak, less than 2 MB are added after them, so a leak of
    // 150 bytes for each later request would be found.
    expect(memory.at(-1)!).to.be.below(memory[3]! + 5);
    const found = await clients.listAssets(ids).catch((error: Error) => error.name);
    if (!Array.isArray(found)) expect(found).to.equal("ResourceNotFoundException");
  });
});
