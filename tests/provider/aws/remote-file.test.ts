import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import { expect } from "chai";

import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import type { BodySource } from "../../../provider/core/ports";
import { useServers } from "../../harness/http";
import { body, md5Of } from "../support/host";
import { failureOf } from "../support/samples";

const text = "date,price\n2026-01-05,1.2 €\n";
const size = Buffer.byteLength(text);
const { hash } = body(text);
const nothing = () => {};

describe("remote upload bodies", () => {
  const serve = useServers();
  const opened: StreamedUploadBodies[] = [];
  const openBodies = () => {
    const bodies = new StreamedUploadBodies();
    opened.push(bodies);
    return bodies;
  };

  // Other processes of the test run have temporary files, too.
  const { TMPDIR } = process.env;
  let temporary: string;
  before(async () => (process.env.TMPDIR = temporary = await mkdtemp(join(tmpdir(), "remote-file-test-"))));
  after(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await rm(temporary, { recursive: true });
  });
  const leftovers = (): Promise<string[]> => readdir(temporary);

  /** A server of one file, which notes how it was asked. */
  async function remote(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<{ source: BodySource; methods: string[] }> {
    const methods: string[] = [];
    const { url } = await serve((request, response) => {
      methods.push(request.method!);
      answer(request, response);
    });
    return { source: { hash, uri: `${url}/prices.csv?X-Amz-Signature=planted` }, methods };
  }
  const whole = (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, { "content-length": size }).end(text);

  afterEach(async () => {
    opened.splice(0).forEach((bodies) => bodies.close());
    expect(await leftovers()).to.deep.equal([]);
  });

  /** The fetched files that this process holds open. */
  async function heldOpen(): Promise<string[]> {
    const names = await readdir("/proc/self/fd");
    const places = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
    return places.filter((place) => place.includes("/pulumi-dataexchange-"));
  }

  // Only Linux shows a process its open files as a folder.
  const onLinux = process.platform === "linux" ? it : () => undefined;
  onLinux("are closed once they have been put, when the last who reads them is done", async () => {
    const { source, methods } = await remote(whole);
    const bodies = openBodies();
    const others = await heldOpen();
    const md5 = await bodies.md5(source);
    const own = (await heldOpen()).find((place) => !others.includes(place));
    expect(own).to.be.a("string");
    const waiting: ServerResponse[] = [];
    const { url } = await serve(
      (request, response) =>
        void readText(request).then(() => waiting.push(response.setHeader("etag", '"of-what-was-put"'))),
    );
    const puts = [bodies.put(source, url, md5, nothing), bodies.put(source, url, md5, nothing)];
    while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting[0]!.end();
    await Promise.race(puts);
    expect(await heldOpen()).to.include(own);
    waiting[1]!.end();
    await Promise.all(puts);
    while ((await heldOpen()).includes(own!)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(methods).to.deep.equal(["GET"]);
  });

  it("are measured without being fetched", async () => {
    const { source, methods } = await remote(whole);
    expect(await openBodies().size(source)).to.equal(size);
    expect(methods).to.deep.equal(["HEAD"]);
  });

  it("are fetched once, whatever is asked of them", async () => {
    const { source, methods } = await remote(whole);
    const bodies = openBodies();
    expect(await Promise.all([bodies.md5(source), bodies.md5(source)])).to.deep.equal([
      md5Of(text),
      md5Of(text),
    ]);
    expect(await leftovers()).to.deep.equal([]);
    expect(await bodies.size(source)).to.equal(size);
    let received = "";
    const { url } = await serve((request, response) => {
      void readText(request).then((all) => {
        received = all;
        response.setHeader("etag", '"of-what-was-put"').end();
      });
    });
    await bodies.put(source, url, md5Of(text), nothing);
    expect(received).to.equal(text);
    expect(methods).to.deep.equal(["GET"]);
  });

  it("are fetched to be measured where the server does not say their size", async () => {
    for (const refusal of [405, 200]) {
      const { source, methods } = await remote((request, response) => {
        if (request.method === "HEAD") response.writeHead(refusal).end();
        else response.end(text);
      });
      expect(await openBodies().size(source)).to.equal(size);
      expect(methods).to.deep.equal(["HEAD", "GET"]);
    }
  });

  it("are what they unpack to", async () => {
    const { source } = await remote((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text));
    });
    const bodies = openBodies();
    expect(await bodies.md5(source)).to.equal(md5Of(text));
    expect(await bodies.size(source)).to.equal(size);
  });

  it("are named without their signature when they are refused", async () => {
    const { source } = await remote((_request, response) => void response.writeHead(403).end("no"));
    for (const failure of [
      await failureOf(openBodies().size(source)),
      await failureOf(openBodies().md5(source)),
    ]) {
      expect(failure.message).to.match(/^http:\/\/127\.0\.0\.1:\d+\/prices\.csv\?\[secret\] answered 403$/);
    }
  });

  it("are named with what went wrong when nobody answers", async () => {
    const { url, close } = await serve(nothing);
    await close();
    const source = { hash, uri: `${url}/prices.csv?X-Amz-Signature=planted` };
    for (const failure of [
      await failureOf(openBodies().size(source)),
      await failureOf(openBodies().md5(source)),
    ]) {
      expect(failure.message).to.match(
        /^http:\/\/127\.0\.0\.1:\d+\/prices\.csv\?\[secret\] cannot be fetched: .*ECONNREFUSED/,
      );
    }
  });

  it("are fetched again when the connection broke", async () => {
    let broken = 0;
    const { source } = await remote((request, response) => {
      if (broken++ > 0) return whole(request, response);
      response.writeHead(200, { "content-length": size });
      response.write(text.slice(0, 5), () => response.destroy());
    });
    const bodies = openBodies();
    await failureOf(bodies.md5(source));
    expect(await leftovers()).to.deep.equal([]);
    expect(await bodies.md5(source)).to.equal(md5Of(text));
  });
});
