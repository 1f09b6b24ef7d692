import { once } from "node:events";
import { buffer } from "node:stream/consumers";

import { expect } from "chai";

import { systemClock } from "../../../lib/clock";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { createJob } from "../../../provider/core/create";
import { JobOwnership } from "../../../provider/core/job-ownership";
import { openSession, stoppableSession } from "../../../provider/core/session";
import { StoppedError, describeCancellation } from "../../../provider/core/stop";
import { useFolder } from "../../harness/folder";
import { forwardRequest, useServers } from "../../harness/http";
import { TestService } from "../../harness/service";
import { MemoryRecords } from "../../simulation/memory-records";
import { codeOf } from "../../simulation/samples";
import { open, writeZeros } from "./fixtures";

const size = 8 * 1024 ** 2;
const nothing = () => {};
const kindOf = (url: string): string | undefined =>
  /(assets|jobs)(?=\?|$)/.exec(url)?.[0] ?? /(upload|job)s\//.exec(url)?.[1];
const cancelled = () => new StoppedError(describeCancellation);

describe("a run that is stopped in a request to the local Data Exchange", () => {
  const path = useFolder();
  const serve = useServers();
  let service: TestService;
  before(async () => (service = await TestService.start({ jobDuration: "200ms" })));
  after(() => service.stop());

  /** An upload in a revision of its own, by a client of this address. */
  async function upload(url: string, signal: AbortSignal): Promise<unknown> {
    const ids = await service.createEmptyRevision();
    const details = { importAssetFromSignedUrl: { ...ids, assetName: "prices.bin" } };
    const body = { hash: "any", path: await writeZeros(path("prices.bin"), size) };
    return createJob(
      { type: "IMPORT_ASSET_FROM_SIGNED_URL", details, upload: body },
      {
        session: stoppableSession(openSession(open(url), systemClock), signal),
        records: new MemoryRecords({}, () => true),
        bodies: new StreamedUploadBodies(),
        ownership: new JobOwnership(),
        urn: "urn:job",
        reporter: { status: nothing, note: nothing, warn: nothing },
        assertEngineAlive: () => Promise.resolve(),
      },
    );
  }

  /** Stops an upload in its n-th request, and returns that request. Undefined if the upload completes before. */
  async function stopIn(nth: number): Promise<string | undefined> {
    const stop = new AbortController();
    const requests: string[] = [];
    let received = 0;
    let isClosed: Promise<unknown> | undefined;
    const { url } = await serve((request, response) => {
      requests.push(`${request.method} ${kindOf(request.url!)}`);
      if (requests.length !== nth) {
        const forward = async () => {
          const body = await buffer(request);
          const answer = await forwardRequest(service.endpoint, request, body);
          response.writeHead(answer.status, answer.headers).end(answer.body);
        };
        return void forward();
      }
      isClosed = once(response, "close");
      request.on("data", (part: Buffer) => (received += part.length));
      request.once(request.method === "PUT" ? "data" : "end", () => stop.abort(cancelled()));
      request.resume();
    });
    const [end] = await Promise.allSettled([upload(url, stop.signal)]);
    if (end.status === "fulfilled") return undefined;
    expect(await codeOf(Promise.reject(end.reason as Error))).to.equal("run-cancelled");
    await isClosed;
    expect(received).to.be.below(size);
    expect(requests).to.have.length(nth);
    return requests.at(-1);
  }

  it("closes the connection of the request, and sends no other", async () => {
    const stopped = new Set<string>();
    for (let nth = 1; ; nth++) {
      const request = await stopIn(nth);
      if (request === undefined) break;
      stopped.add(request);
    }
    expect([...stopped]).to.deep.equal(["POST jobs", "PUT upload", "GET jobs", "PATCH job", "GET assets"]);
  });
});
