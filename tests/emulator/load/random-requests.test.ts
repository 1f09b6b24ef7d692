import { Agent, request } from "node:http";
import { connect } from "node:net";
import { expect } from "chai";
import { EmulatorClients } from "../support";
import type { RandomRequest } from "./random-requests";
import { RandomRequests } from "./random-requests";
import { canMeasure, Served } from "./served";

const total = 100_000;
const lanes = 16;
const seed = Number(process.env["SEED"] ?? 20261123);

describe("emulator: 100,000 random and mutated requests", function () {
  this.timeout(600_000);
  let served: Served;
  let clients: EmulatorClients;
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });

  before(async function () {
    if (!canMeasure) return this.skip();
    // What is stored is no leak, so that little can be.
    const limits = ["Data sets per account=20", "Revisions per data set=20", "Event actions per account=20"];
    const grants = ["Active and pending data grants=20"];
    served = await Served.start(...[...limits, ...grants].flatMap((limit) => ["--limit", limit]));
    clients = new EmulatorClients(served.endpoint);
  });
  after(async () => {
    agent.destroy();
    clients?.close();
    await served?.stop();
  });

  /** The status, or that the connection was ended instead of an answer. */
  function ask({ method, path, headers, body }: RandomRequest): Promise<number | "ended"> {
    const { port } = new URL(served.endpoint);
    return new Promise((resolve) => {
      const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
      const call = request({ port, agent, method, path, headers: { ...headers, ...length } });
      call.once("error", () => resolve("ended"));
      call.once("response", (answer) => {
        answer
          .resume()
          .once("end", () => resolve(answer.statusCode ?? 0))
          .once("error", () => resolve("ended"));
      });
      call.end(body);
    });
  }

  /** Bytes that are no HTTP at all. */
  function shout(bytes: string): Promise<void> {
    const { port } = new URL(served.endpoint);
    return new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.end(bytes));
      socket
        .on("error", () => resolve())
        .on("close", () => resolve())
        .resume();
    });
  }

  it("are answered, never by a 500 of its own, and leave memory as it was", async function () {
    const { assets, ...ids } = await clients.createFilledRevision({ a: "1", b: "2" });
    const known = [ids.DataSetId, ids.RevisionId, assets[0]!.Id!, assets[1]!.Id!, "0".repeat(32)];
    const requests = new RandomRequests(seed, known);
    const answers = new Map<number | "ended", number>();
    const failures: string[] = [];
    const memory: number[] = [];
    let made = 0;
    const lane = async () => {
      while (made < total) {
        made += 1;
        if (made % (total / 10) === 0) memory.push(served.memory);
        if (made % 500 === 0) await shout(`GARBAGE ${made}\r\nContent-Length: -1\r\n\r\n\0\0`);
        const next = requests.next();
        const status = await ask(next);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        // 501 is S3's word for what an S3 server does not do.
        if (typeof status === "number" && status >= 500 && status !== 501) {
          failures.push(`${status}: ${next.method} ${next.path.slice(0, 200)} ${next.body?.slice(0, 300)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const counts = [...answers].map(([status, count]) => `${status}: ${count}`).sort();
    this.test!.title += ` (seed ${seed}; ${counts.join(", ")}; memory ${memory.map(Math.round).join(" ")} MB)`;

    expect(failures).to.deep.equal([]);
    expect(served.alive).to.equal(true);
    // All kinds of answers occurred, or the requests would be of one kind only.
    expect([...answers.keys()]).to.include.members([200, 201, 204, 400, 403, 404, 409]);
    // The first tenth loads code and fills logs that are bounded.
    expect(memory.at(-1)!).to.be.below(memory[2]! + 60);
    // It still serves.
    expect(await clients.listAssets(ids).catch((error: Error) => error.name)).to.satisfy(
      (found: unknown) => Array.isArray(found) || found === "ResourceNotFoundException",
    );
  });
});
