import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { useServers } from "../../harness/http";
import { md5Of } from "../../simulation/host";
import { codeOf, failureOf } from "../../simulation/samples";
import { hash, size, text, useReceivers } from "./fixtures";

const nothing = () => {};
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("a remote upload body", () => {
  const serve = useServers();
  const receive = useReceivers();
  let bodies: StreamedUploadBodies;

  // Other processes of the test run have temporary files as well.
  const { TMPDIR } = process.env;
  let temporary: string;
  before(async () => (process.env.TMPDIR = temporary = await mkdtemp(join(tmpdir(), "remote-file-test-"))));
  after(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await rm(temporary, { recursive: true });
  });
  beforeEach(() => (bodies = new StreamedUploadBodies()));
  afterEach(async () => {
    bodies.close();
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  const whole = (_request: IncomingMessage, response: ServerResponse): unknown =>
    response.writeHead(200, { "content-length": size }).end(text);

  /** A server of one file, which records the methods of its requests. */
  async function remote(answer = whole) {
    const methods: string[] = [];
    const { url, close } = await serve((request, response) => {
      methods.push(request.method!);
      answer(request, response);
    });
    return { source: { hash, uri: `${url}/prices.csv?X-Amz-Signature=planted` }, methods, close };
  }

  /** The fetched files that this process holds open. */
  async function heldOpen(): Promise<string[]> {
    const names = await readdir("/proc/self/fd");
    const paths = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
    return paths.filter((path) => path.includes("/pulumi-dataexchange-"));
  }

  // Only Linux shows a process its open files as a folder.
  const onLinux = process.platform === "linux" ? it : () => undefined;
  onLinux("is closed after the last of several concurrent uploads", async () => {
    const { source, methods } = await remote();
    const others = await heldOpen();
    const md5 = await bodies.md5(source);
    const own = (await heldOpen()).find((path) => !others.includes(path));
    expect(own).to.be.a("string");
    const waiting: ServerResponse[] = [];
    const { url } = await receive((response) => waiting.push(response.setHeader("etag", '"any"')));
    const puts = [bodies.put(source, url, md5, nothing), bodies.put(source, url, md5, nothing)];
    while (waiting.length < 2) await pause();
    waiting[0]!.end();
    await Promise.race(puts);
    expect(await heldOpen()).to.include(own);
    waiting[1]!.end();
    await Promise.all(puts);
    while ((await heldOpen()).includes(own!)) await pause();
    expect(methods).to.deep.equal(["GET"]);
  });

  it("is measured by a HEAD request", async () => {
    const { source, methods } = await remote();
    expect(await bodies.size(source)).to.equal(size);
    expect(methods).to.deep.equal(["HEAD"]);
  });

  it("is fetched once for its MD5, its size and its upload, and has no name on disk", async () => {
    const { source, methods } = await remote();
    const md5 = md5Of(text);
    expect(await Promise.all([bodies.md5(source), bodies.md5(source)])).to.deep.equal([md5, md5]);
    expect(await readdir(temporary)).to.deep.equal([]);
    expect(await bodies.size(source)).to.equal(size);
    const { seen, url } = await receive();
    await bodies.put(source, url, md5, nothing);
    expect(seen).to.include({ bytes: size, md5 });
    expect(methods).to.deep.equal(["GET"]);
  });

  for (const refusal of [405, 200]) {
    it(`is fetched to be measured if the server answers HEAD with ${refusal} and no length`, async () => {
      const { source, methods } = await remote((request, response) =>
        request.method === "HEAD" ? response.writeHead(refusal).end() : response.end(text),
      );
      expect(await bodies.size(source)).to.equal(size);
      expect(methods).to.deep.equal(["HEAD", "GET"]);
    });
  }

  it("is decompressed", async () => {
    const { source } = await remote((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text)),
    );
    expect(await bodies.md5(source)).to.equal(md5Of(text));
    expect(await bodies.size(source)).to.equal(size);
  });

  it("is named without its signature if the server refuses it or cannot be reached", async () => {
    const refused = await remote((_request, response) => response.writeHead(403).end("no"));
    const unreachable = await remote();
    await unreachable.close();
    for (const [{ source }, code, reason] of [
      [refused, "download-refused", "403"],
      [unreachable, "download-failed", "ECONNREFUSED"],
    ] as const) {
      for (const work of [bodies.size(source), bodies.md5(source)]) {
        const error = await failureOf(work, CodedError);
        expect(error.code).to.equal(code);
        expect(error.text).to.match(/^http:\/\/127\.0\.0\.1:\d+\/prices\.csv\?\[secret\] /);
        expect(error.text).to.contain(reason).and.not.contain("planted");
      }
    }
  });

  it("is fetched again after a broken connection", async () => {
    let broken = 0;
    const { source } = await remote((request, response) => {
      if (broken++ > 0) return whole(request, response);
      response.writeHead(200, { "content-length": size });
      return response.write(text.slice(0, 5), () => response.destroy());
    });
    expect(await codeOf(bodies.md5(source))).to.equal("download-failed");
    expect(await readdir(temporary)).to.deep.equal([]);
    expect(await bodies.md5(source)).to.equal(md5Of(text));
  });
});
