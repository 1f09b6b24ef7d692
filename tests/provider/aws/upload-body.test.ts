import { stat, utimes, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import type { BodySource } from "../../../provider/core/ports";
import { useFolder } from "../../harness/folder";
import { body, md5Of } from "../../simulation/host";
import { codeOf, failureOf } from "../../simulation/samples";
import { hash, size, text } from "./fixtures";

describe("StreamedUploadBodies", () => {
  const path = useFolder();
  const file = () => path("prices.csv");
  beforeEach(() => writeFile(file(), text));

  const sources: [what: string, source: () => BodySource, content?: string][] = [
    ["a file", () => ({ hash, path: file() })],
    ["the URI of a file", () => ({ hash, uri: pathToFileURL(file()).href })],
    ["a file without a declared SHA-256", () => ({ hash: "h", path: file() })],
    ["a text", () => body(text)],
    ["an empty text", () => body(""), ""],
  ];
  for (const [what, source, content = text] of sources) {
    it(`measures and hashes ${what}`, async () => {
      const bodies = new StreamedUploadBodies();
      expect(await bodies.size(source())).to.equal(Buffer.byteLength(content));
      expect(await bodies.md5(source())).to.equal(md5Of(content));
    });
  }

  it("names a missing file, and hashes it once it exists", async () => {
    const late = { hash, path: path("late.csv") };
    const bodies = new StreamedUploadBodies();
    for (const work of [() => bodies.size(late), () => bodies.md5(late)]) {
      const error = await failureOf(work(), CodedError);
      expect(error.code).to.equal("unreadable-file");
      expect(error.text).to.contain("ENOENT").and.contain(late.path);
    }
    const put = await failureOf(bodies.put(late, "http://127.0.0.1:1", md5Of(text), () => undefined));
    expect(put.message).to.contain("ENOENT").and.contain(late.path);
    await writeFile(late.path, text);
    expect(await bodies.md5(late)).to.equal(md5Of(text));
  });

  it("refuses a file that changes after it was hashed, even if its size and time stay the same", async () => {
    const bodies = new StreamedUploadBodies();
    const source = { hash, path: file() };
    expect(await bodies.md5(source)).to.equal(md5Of(text));
    const { mtime, atime } = await stat(file());
    await writeFile(file(), text.replace("1.2", "2.1"));
    await utimes(file(), atime, mtime);
    expect(await bodies.size(source)).to.equal(size);
    const error = await failureOf(bodies.md5(source), CodedError);
    expect(error.code).to.equal("body-changed");
    expect(error.text).to.contain(file());
  });

  it("refuses a folder and an asset without a body", async () => {
    const bodies = new StreamedUploadBodies();
    expect(await codeOf(bodies.size({ hash, path: path() }))).to.equal("not-a-file");
    expect(await codeOf(bodies.size({ hash }))).to.equal("asset-without-body");
  });
});
