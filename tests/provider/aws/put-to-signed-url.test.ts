import { appendFileSync, truncateSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import { expect } from "chai";

import { writeXml } from "../../../emulator/s3/xml";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { describeFailure } from "../../../provider/core/error-messages";
import { ServiceError } from "../../../provider/core/errors";
import type { BodySource } from "../../../provider/core/ports";
import { useFolder } from "../../harness/folder";
import { useServers } from "../../harness/http";
import { body, md5Of } from "../../simulation/host";
import { failureOf } from "../../simulation/samples";
import { hash, size, text, useReceivers, writeZeros } from "./fixtures";

const megabyte = 1024 ** 2;
const nothing = () => {};

const failedPut = (source: BodySource, url: string) =>
  failureOf(new StreamedUploadBodies().put(source, url, md5Of(text), nothing), ServiceError);

const xml = (code: string, message: string) => writeXml({ Error: { Code: code, Message: message } });

describe("an upload to a signed URL", () => {
  const path = useFolder();
  const serve = useServers();
  const receive = useReceivers();

  it("is one request with the length and the MD5 of the body, even of an empty one", async () => {
    await writeFile(path("prices.csv"), text);
    for (const source of [{ hash, path: path("prices.csv") }, body(text), body("")]) {
      const { seen, url } = await receive();
      const md5 = md5Of(source.text ?? text);
      const bytes = source.text === "" ? 0 : size;
      await new StreamedUploadBodies().put(source, url, md5, nothing);
      const { method, url: asked, headers } = seen.request!;
      expect([method, asked]).to.deep.equal(["PUT", "/key?X-Amz-Signature=planted"]);
      expect(headers).to.include({ "content-length": `${bytes}`, "content-md5": md5 });
      // S3 refuses a body in chunks, and the signature covers no other headers.
      expect(headers).not.to.have.any.keys("transfer-encoding", "content-type", "expect");
      expect(seen).to.include({ bytes, md5 });
    }
  });

  for (const [status, name, message, kind] of [
    [403, "AccessDenied", "Request has expired", "expired"],
    [403, "AccessDenied", '"a" &lt; <b>', "other"],
    [400, "BadDigest", "The Content-MD5 did not match.", "invalid"],
    [400, "RequestTimeout", "Not read within the timeout.", "unavailable"],
    [503, "SlowDown", "Please reduce your request rate.", "unavailable"],
    [500, "InternalError", "We encountered an error.", "unavailable"],
  ] as const) {
    it(`fails as ${kind} with S3's message if S3 answers ${status} ${name}: ${message}`, async () => {
      const { url } = await receive((response) => response.writeHead(status).end(xml(name, message)));
      const { facts } = await failedPut(body(text), url);
      expect(facts).to.include({ operation: "the upload", kind, name, message, status });
    });
  }

  it("fails with the status if the answer has no message", async () => {
    const { url } = await receive((response) => response.writeHead(403).end());
    const { facts } = await failedPut(body(text), url);
    expect(facts).to.include({ name: "HTTP 403", message: "the signed URL refused the body", status: 403 });
  });

  it("stops when it is refused before all of the body is sent", async () => {
    const bytes = 64 * megabyte;
    const large = await writeZeros(path("refused.bin"), bytes);
    let received = 0;
    let over: Promise<unknown> | undefined;
    // Refuses after the head of the request, reads on, and would keep the connection.
    const server = createServer((socket) => {
      const answer = xml("AccessDenied", "Request has expired");
      socket.once("data", () =>
        socket.write(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`),
      );
      over = new Promise((resolve) => {
        socket.on("close", resolve).on("error", resolve);
        socket.on("data", (chunk) => (received += chunk.length) > bytes && resolve(undefined));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const { facts } = await failedPut({ hash, path: large }, url);
      expect(facts).to.include({ kind: "expired", name: "AccessDenied", status: 403 });
      await over;
      expect(received).to.be.lessThan(bytes);
    } finally {
      server.close();
    }
  });

  for (const [when, breakOff] of [
    ["before", (request: IncomingMessage) => request.socket.destroy()],
    ["within", (request: IncomingMessage) => request.once("data", () => request.socket.destroy())],
    ["after", (request: IncomingMessage) => request.resume().on("end", () => request.socket.destroy())],
  ] as const) {
    it(`fails as unavailable if the connection breaks ${when} the body`, async () => {
      const large = await writeZeros(path("large.bin"), 8 * megabyte);
      const { url } = await serve((request) => void breakOff(request));
      const { kind, message } = await failedPut({ hash, path: large }, `${url}/?sig=planted`);
      expect(kind).to.equal("unavailable");
      expect(message).not.to.contain("planted");
    });
  }

  for (const when of ["before", "within"]) {
    it(`fails immediately as unavailable if it is aborted ${when} the body`, async () => {
      const stalled = await writeZeros(path("stalled.bin"), 64 * megabyte);
      const { url } = await serve((request) => void request.once("data", () => request.pause()));
      const late = new AbortController();
      if (when === "before") late.abort();
      const source = { hash, path: stalled };
      const abort = () => late.abort();
      const put = new StreamedUploadBodies().put(source, url, md5Of(text), abort, late.signal);
      expect((await failureOf(put, ServiceError)).kind).to.equal("unavailable");
    });
  }

  for (const [what, later] of [
    ["longer", `${text}more`],
    ["shorter", text.slice(0, 5)],
    ["of the same length", text.replace("1.2", "2.1")],
  ] as const) {
    it(`fails if the file has other content that is ${what}, even if the server checks no MD5`, async () => {
      const { url } = await receive();
      await writeFile(path("changed.csv"), later);
      const failure = await failedPut({ hash, path: path("changed.csv") }, url);
      expect(failure.facts).to.include({ kind: "invalid", name: "BodyChangedError" });
      expect(describeFailure(failure, "Job j").text)
        .to.contain(`${path("changed.csv")} has changed`)
        .and.contain("Nothing was started");
    });
  }

  for (const [what, change] of [
    ["grows", (file: string) => appendFileSync(file, "more")],
    ["shrinks", (file: string) => truncateSync(file, megabyte)],
  ] as const) {
    it(`fails immediately if the file ${what} while it is sent`, async () => {
      const { seen, url } = await receive();
      const bytes = 32 * megabyte;
      const changing = { hash: "h", path: await writeZeros(path("sent.bin"), bytes) };
      const md5 = await new StreamedUploadBodies().md5(changing);
      let first: number | undefined;
      // The file changes before the callback returns, while all but its first bytes are unread.
      const put = new StreamedUploadBodies().put(changing, url, md5, (sent) => {
        if (first === undefined) change(changing.path);
        first ??= sent;
      });
      const { facts } = await failureOf(put, ServiceError);
      expect(facts).to.include({ kind: "invalid", name: "BodyChangedError" });
      expect(first).to.be.lessThan(megabyte);
      // A server that gets the announced length considers the body complete.
      expect(seen.bytes).to.be.lessThan(bytes);
    });
  }

  for (const [what, answer] of [
    ["204", (response: ServerResponse) => response.writeHead(204).end()],
    ["200 without a body", (response: ServerResponse) => response.end()],
    ["200 with a login page", (response: ServerResponse) => response.end("<html>Log in</html>")],
  ] as const) {
    it(`fails as unavailable if the answer has no ETag: ${what}`, async () => {
      const { url } = await receive(answer);
      const { facts } = await failedPut({ hash, text }, url);
      expect(facts).to.include({ kind: "unavailable", name: "UnexpectedAnswerError" });
    });
  }

  it("streams a large file without holding it in memory, and reports its progress", async () => {
    const bytes = 256 * megabyte;
    const source = { hash: "h", path: await writeZeros(path("large.bin"), bytes) };
    const { seen, url } = await receive();
    const bodies = new StreamedUploadBodies();
    const md5 = await bodies.md5(source);
    const base = process.memoryUsage.rss();
    let peak = base;
    const progress: number[] = [];
    await bodies.put(source, url, md5, (sent) => {
      progress.push(sent);
      peak = Math.max(peak, process.memoryUsage.rss());
    });
    expect(seen).to.include({ bytes, md5 });
    expect(progress.at(-1)).to.equal(bytes);
    expect(progress.every((sent, i) => sent > (progress[i - 1] ?? 0))).to.equal(true);
    expect(peak - base).to.be.lessThan(bytes / 2);
  });
});
