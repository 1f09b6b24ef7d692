import { createHash } from "node:crypto";
import { appendFileSync, truncateSync } from "node:fs";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { describeFailure } from "../../../provider/core/error-messages";
import { ServiceError } from "../../../provider/core/errors";
import type { BodySource } from "../../../provider/core/ports";
import { useServers } from "../../harness/http";
import { body, md5Of } from "../support/host";
import { failureOf } from "../support/samples";

const megabyte = 1024 ** 2;
const text = "date,price\n2026-01-05,1.2 €\n";
const size = Buffer.byteLength(text);
const { hash } = body(text);
const nothing = () => {};
const sha256Of = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

const failedPut = (source: BodySource, url: string) =>
  failureOf(new StreamedUploadBodies().put(source, url, md5Of(text), nothing), ServiceError);

describe("a body put to a signed URL", () => {
  let folder: string;
  let path: string;
  const serve = useServers();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bodies-test-"));
    path = join(folder, "prices.csv");
    await writeFile(path, text);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A receiver that reads everything and counts it. */
  async function receiver(
    answer: (response: ServerResponse) => void = (response) => {
      response.setHeader("etag", '"of-what-was-put"').end();
    },
  ) {
    const seen: { request?: IncomingMessage; bytes: number; md5: string } = { bytes: 0, md5: "" };
    const { url } = await serve((request, response) => {
      seen.request = request;
      const md5 = createHash("md5");
      request
        .on("data", (chunk: Buffer) => {
          seen.bytes += chunk.length;
          md5.update(chunk);
        })
        .on("end", () => {
          seen.md5 = md5.digest("base64");
          answer(response);
        });
    });
    return { seen, url: `${url}/key?X-Amz-Signature=planted` };
  }

  it("arrive whole, in one request that says length and MD5", async () => {
    for (const source of [{ hash, path }, body(text)]) {
      const { seen, url } = await receiver();
      await new StreamedUploadBodies().put(source, url, md5Of(text), nothing);
      const { method, url: asked, headers } = seen.request!;
      expect([method, asked]).to.deep.equal(["PUT", "/key?X-Amz-Signature=planted"]);
      expect(headers).to.include({ "content-length": `${size}`, "content-md5": md5Of(text) });
      // S3 refuses a body in chunks, and a signature knows of no other headers.
      expect(headers).not.to.have.any.keys("transfer-encoding", "content-type", "expect");
      expect(seen).to.include({ bytes: size, md5: md5Of(text) });
    }
  });

  it("may be empty", async () => {
    const { seen, url } = await receiver();
    await new StreamedUploadBodies().put(body(""), url, md5Of(""), nothing);
    expect(seen.request!.headers).to.include({ "content-length": "0" });
    expect(seen.bytes).to.equal(0);
  });

  const xml = (code: string, message: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R</RequestId></Error>`;
  const refusals = [
    { status: 403, code: "AccessDenied", message: "Request has expired", kind: "expired" },
    { status: 400, code: "BadDigest", message: "The Content-MD5 did not match.", kind: "invalid" },
    { status: 503, code: "SlowDown", message: "Please reduce your request rate.", kind: "unavailable" },
    { status: 500, code: "InternalError", message: "We encountered an error.", kind: "unavailable" },
  ];
  for (const { status, code, message, kind } of refusals) {
    it(`fail with S3's own words: ${status} ${code} is ${kind}`, async () => {
      const { url } = await receiver((response) => void response.writeHead(status).end(xml(code, message)));
      const failure = await failedPut(body(text), url);
      expect(failure.facts).to.include({ operation: "the upload", kind, name: code, message, status });
    });
  }

  it("fail as unavailable where S3 gave up reading: 400 RequestTimeout", async () => {
    const { url } = await receiver(
      (response) => void response.writeHead(400).end(xml("RequestTimeout", "Not read within the timeout.")),
    );
    const { facts } = await failedPut(body(text), url);
    expect(facts).to.include({ kind: "unavailable", name: "RequestTimeout", status: 400 });
  });

  it("fail with words that are no longer XML", async () => {
    const { url } = await receiver(
      (response) => void response.writeHead(403).end(xml("AccessDenied", "&quot;a&quot; &amp;lt; &lt;b&gt;")),
    );
    const { facts } = await failedPut(body(text), url);
    expect(facts.message).to.equal('"a" &lt; <b>');
  });

  it("are not sent on when they have been refused", async () => {
    const large = join(folder, "refused.bin");
    const bytes = 64 * megabyte;
    await writeFile(large, "");
    await truncate(large, bytes);
    let received = 0;
    let over: Promise<unknown> | undefined;
    // Refuses by the head of the request, reads on, and would keep the connection.
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

  it("fail with the status where there are no words", async () => {
    const { url } = await receiver((response) => void response.writeHead(403).end());
    const { facts } = await failedPut(body(text), url);
    expect(facts).to.include({ name: "HTTP 403", message: "the signed URL refused the body", status: 403 });
  });

  it("fail as unavailable when the connection breaks, before, within and after the body", async () => {
    const breaking: ((request: IncomingMessage) => void)[] = [
      (request) => request.socket.destroy(),
      (request) => request.once("data", () => request.socket.destroy()),
      (request) => request.resume().on("end", () => request.socket.destroy()),
    ];
    const large = join(folder, "breaking.bin");
    await writeFile(large, "");
    await truncate(large, 8 * megabyte);
    for (const breakOff of breaking) {
      const { url } = await serve((request) => breakOff(request));
      const { kind, message } = await failedPut({ hash, path: large }, `${url}/?sig=planted`);
      expect(kind).to.equal("unavailable");
      expect(message).not.to.contain("planted");
    }
  });

  it("fail as unavailable when nobody listens", async () => {
    const { url, close } = await serve(nothing);
    await close();
    const { kind } = await failedPut(body(text), url);
    expect(kind).to.equal("unavailable");
  });

  it("fail as unavailable, and at once, when they are broken off", async () => {
    const stalled = join(folder, "stalled.bin");
    await writeFile(stalled, "");
    await truncate(stalled, 64 * megabyte);
    for (const at of ["before", "within"] as const) {
      const { url } = await serve((request) => void request.once("data", () => request.pause()));
      const late = new AbortController();
      if (at === "before") late.abort();
      const put = new StreamedUploadBodies().put(
        { hash, path: stalled },
        url,
        md5Of(text),
        () => late.abort(),
        late.signal,
      );
      expect((await failureOf(put, ServiceError)).kind).to.equal("unavailable");
    }
  });

  for (const [what, later] of [
    ["longer", `${text}more`],
    ["shorter", text.slice(0, 5)],
    ["another of the same length", text.replace("1.2", "2.1")],
  ] as const) {
    it(`fail when the file is ${what} by then, at a server that looks at no MD5`, async () => {
      const { url } = await receiver();
      const changed = { hash, path: join(folder, "changed.csv") };
      await writeFile(changed.path, later);
      const failure = await failedPut(changed, url);
      expect(failure.facts).to.include({ kind: "invalid", name: "BodyChanged" });
      expect(describeFailure(failure, "Job j").text)
        .to.contain(`${changed.path} has changed since its job was made.`)
        .and.contain("Nothing was started; run `pulumi up` again");
    });
  }

  for (const [what, change] of [
    ["grows", (file: string) => appendFileSync(file, "more")],
    ["shrinks", (file: string) => truncateSync(file, megabyte)],
  ] as const) {
    it(`fail at once when the file ${what} while it is sent`, async () => {
      const { seen, url } = await receiver();
      const changing = { hash, path: join(folder, "sent.bin") };
      const bytes = 32 * megabyte;
      await writeFile(changing.path, Buffer.alloc(bytes));
      const md5 = await new StreamedUploadBodies().md5({ ...changing, hash: "h" });
      let first: number | undefined;
      // The change is made before the call returns, while all but the first bytes of the file are still unread.
      const put = new StreamedUploadBodies().put(changing, url, md5, (sent) => {
        if (first === undefined) change(changing.path);
        first ??= sent;
      });
      expect((await failureOf(put, ServiceError)).facts).to.include({
        kind: "invalid",
        name: "BodyChanged",
      });
      expect(first).to.be.lessThan(megabyte);
      // A server that had all the bytes it was told of would take the body for whole.
      expect(seen.bytes).to.be.lessThan(bytes);
    });
  }

  for (const [what, answer] of [
    ["204", (response: ServerResponse) => void response.writeHead(204).end()],
    ["200 without a body", (response: ServerResponse) => void response.end()],
    ["200 with a page to log in", (response: ServerResponse) => void response.end("<html>Log in</html>")],
  ] as const) {
    it(`are not stored by what answers ${what} in the place of S3, and are put again`, async () => {
      const { url } = await receiver(answer);
      const failure = await failedPut({ hash, text }, url);
      expect(failure.facts).to.include({ kind: "unavailable", name: "UnexpectedAnswer" });
      expect(failure.message).to.contain("without an ETag is not an answer of S3");
    });
  }

  it("fail when the file has gone, and say so", async () => {
    const { url } = await receiver();
    const missing = join(folder, "missing.csv");
    const failure = await failedPut({ hash, path: missing }, url);
    expect(failure.message).to.contain("ENOENT").and.to.contain(missing);
  });

  it("are streamed: a large one is never in memory, and its progress is told to the end", async () => {
    const large = join(folder, "large.bin");
    const bytes = 256 * megabyte;
    await writeFile(large, "");
    await truncate(large, bytes);
    const { seen, url } = await receiver();
    const bodies = new StreamedUploadBodies();
    const source = { hash: sha256Of(await readFile(large)), path: large };
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
