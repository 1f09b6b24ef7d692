import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";

import { expect } from "chai";

import {
  download,
  downloadFile,
  findDownloadedFile,
  recordPath,
} from "../../components/support/downloaded-file";
import { useServers } from "../harness/http";

describe("a local copy", function () {
  this.timeout(30_000);
  const serve = useServers();
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "copy-"));
    path = join(folder, "sub", "prices.csv");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const serving = (body: Buffer | string, headers: Record<string, string> = {}) =>
    serve((_, answer) => answer.writeHead(200, headers).end(body));
  const failure = (run: Promise<unknown>) =>
    run.then(
      () => "nothing failed",
      (error: Error) => error.message,
    );

  it("comes with a note, and nothing else is left beside it", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, `${url}/asset?X-Amz-Signature=planted`, "job", "token");
    expect(await readFile(path, "utf8")).to.equal("a,1\n");
    expect(await readdir(join(folder, "sub"))).to.deep.equal([".prices.csv.download.json", "prices.csv"]);
    expect(await readFile(recordPath(path), "utf8")).not.to.contain("planted");
    expect(await findDownloadedFile(path)).to.include({ jobId: "job", token: "token", size: 4 });
  });

  it("is known by its content, not by its time", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, url, "job", "token");
    await utimes(path, 1, 1);
    expect(await findDownloadedFile(path)).to.include({ jobId: "job" });
    await writeFile(path, "b,2\n");
    expect(await findDownloadedFile(path)).to.equal(undefined);
    await writeFile(path, "a,1\n");
    expect(await findDownloadedFile(path)).to.include({ jobId: "job" });
    await rm(path);
    expect(await findDownloadedFile(path)).to.equal(undefined);
  });

  it("is none without a note that can be read, and never a folder", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, url, "job", "token");
    await writeFile(recordPath(path), "{");
    expect(await findDownloadedFile(path)).to.equal(undefined);
    await writeFile(recordPath(path), "{}");
    expect(await findDownloadedFile(path)).to.equal(undefined);
    expect(await failure(findDownloadedFile(folder))).to.contain("is a folder");
    expect(await failure(findDownloadedFile(join(path, "below")))).to.contain("cannot be looked at");
  });

  it("is complete or not there at all", async () => {
    const { url } = await serve((request, answer) => {
      answer.writeHead(200, { "Content-Length": "1000" });
      answer.write("half");
      setTimeout(() => request.destroy(), 20);
    });
    expect(await failure(downloadFile(path, url, "job", "token"))).to.contain(url);
    expect(await readdir(join(folder, "sub"))).to.deep.equal([]);
  });

  it("leaves the former file when its download fails, which is then no copy any more", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, url, "job", "token");
    const expired = await serve((_, answer) =>
      answer.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>"),
    );
    const message = await failure(
      downloadFile(path, `${expired.url}/x?X-Amz-Signature=planted`, "next", "token"),
    );
    expect(message).to.contain("403 AccessDenied").and.not.to.contain("planted");
    expect(await readFile(path, "utf8")).to.equal("a,1\n");
    expect(await findDownloadedFile(path)).to.equal(undefined);
  });

  it("is begun again when the connection breaks or the server stumbles", async () => {
    let calls = 0;
    const { url } = await serve((request, answer) => {
      calls++;
      if (calls === 1) return void request.destroy();
      if (calls === 2) return void answer.writeHead(503).end();
      answer.writeHead(200, { "Content-Length": "2" }).end("ok");
    });
    expect(await download(url, join(folder, "x"))).to.include({ size: 2 });
    expect(calls).to.equal(3);
  });

  it("has the bytes as they are stored, packed or not", async () => {
    const packed = gzipSync("a,1\n");
    const { url } = await serving(packed, { "Content-Encoding": "gzip" });
    await downloadFile(path, url, "job", "token");
    expect(packed.equals(await readFile(path))).to.equal(true);
  });

  it("of 256 MB is streamed", async () => {
    const size = 256;
    const piece = Buffer.alloc(1024 * 1024, 7);
    const pieces = function* () {
      for (let sent = 0; sent < size; sent++) yield piece;
    };
    const { url } = await serve((_, answer) => {
      answer.writeHead(200, { "Content-Length": String(size * piece.length) });
      Readable.from(pieces()).pipe(answer);
    });
    // What is read is garbage at once, and collected when some of it has gathered.
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
    await downloadFile(path, url, "job", "token");
    clearInterval(watch);
    expect((await stat(path)).size).to.equal(size * piece.length);
    expect(most - before).to.be.below((size / 2) * piece.length);
  });
});
