import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
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
import type { InputError } from "../../lib/input-error";
import { useFolder } from "../harness/folder";
import { useServers } from "../harness/http";
import { failureOf } from "../simulation/samples";

describe("a downloaded file", function () {
  this.timeout(30_000);
  const serve = useServers();
  const at = useFolder();
  let path: string;
  beforeEach(() => void (path = at("sub/prices.csv")));

  const serving = (body: Buffer | string, headers: Record<string, string> = {}) =>
    serve((_, answer) => answer.writeHead(200, headers).end(body));

  it("is written with its record and without other files", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, `${url}/asset?X-Amz-Signature=planted`, "job", "token");
    expect(await readFile(path, "utf8")).to.equal("a,1\n");
    expect(await readdir(at("sub"))).to.deep.equal([".prices.csv.download.json", "prices.csv"]);
    expect(await readFile(recordPath(path), "utf8")).not.to.contain("planted");
    expect(await findDownloadedFile(path)).to.include({ jobId: "job", token: "token", size: 4 });
  });

  it("is recognized by its content after its time has changed", async () => {
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

  it("is not recognized without a readable record, and a folder is rejected", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, url, "job", "token");
    await writeFile(recordPath(path), "{");
    expect(await findDownloadedFile(path)).to.equal(undefined);
    await writeFile(recordPath(path), "{}");
    expect(await findDownloadedFile(path)).to.equal(undefined);
    expect((await failureOf<InputError>(findDownloadedFile(at()))).code).to.equal("not-a-file");
    const below = await failureOf<InputError>(findDownloadedFile(join(path, "below")));
    expect(below.code).to.equal("unreadable-file");
  });

  it("is not written if the download breaks off", async () => {
    const { url } = await serve((request, answer) => {
      answer.writeHead(200, { "Content-Length": "1000" });
      answer.write("half");
      setTimeout(() => request.destroy(), 20);
    });
    expect((await failureOf(downloadFile(path, url, "job", "token"))).message).to.contain(url);
    expect(await readdir(at("sub"))).to.deep.equal([]);
  });

  it("is kept if the next download fails, but is then downloaded again", async () => {
    const { url } = await serving("a,1\n");
    await downloadFile(path, url, "job", "token");
    const expired = await serve((_, answer) =>
      answer.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>"),
    );
    const failed = downloadFile(path, `${expired.url}/x?X-Amz-Signature=planted`, "next", "token");
    const { message } = await failureOf(failed);
    expect(message).to.contain("403 AccessDenied").and.not.to.contain("planted");
    expect(await readFile(path, "utf8")).to.equal("a,1\n");
    expect(await findDownloadedFile(path)).to.equal(undefined);
  });

  it("is retried if the connection breaks or the server answers 503", async () => {
    let calls = 0;
    const { url } = await serve((request, answer) => {
      calls++;
      if (calls === 1) return void request.destroy();
      if (calls === 2) return void answer.writeHead(503).end();
      answer.writeHead(200, { "Content-Length": "2" }).end("ok");
    });
    expect(await download(url, at("x"))).to.include({ size: 2 });
    expect(calls).to.equal(3);
  });

  it("holds the stored bytes, even with a Content-Encoding", async () => {
    const packed = gzipSync("a,1\n");
    const { url } = await serving(packed, { "Content-Encoding": "gzip" });
    await downloadFile(path, url, "job", "token");
    expect(packed.equals(await readFile(path))).to.equal(true);
  });

  it("is streamed, even if it has 256 MB", async () => {
    const size = 256;
    const piece = Buffer.alloc(1024 * 1024, 7);
    const pieces = function* () {
      for (let sent = 0; sent < size; sent++) yield piece;
    };
    const { url } = await serve((_, answer) => {
      answer.writeHead(200, { "Content-Length": String(size * piece.length) });
      Readable.from(pieces()).pipe(answer);
    });
    // Buffers are garbage once they are written, and collected from time to time.
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
    await downloadFile(path, url, "job", "token");
    clearInterval(watch);
    expect((await stat(path)).size).to.equal(size * piece.length);
    expect(most - before).to.be.below((size / 2) * piece.length);
  });
});
