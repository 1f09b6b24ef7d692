import { createHash } from "node:crypto";
import { mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import type { BodySource } from "../../../provider/core/ports";
import { body, md5Of } from "../support/host";
import { failureOf } from "../support/samples";

const text = "date,price\n2026-01-05,1.2 €\n";
const size = Buffer.byteLength(text);
const { hash } = body(text);
const sha256Of = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

describe("upload bodies of this machine", () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bodies-test-"));
    path = join(folder, "prices.csv");
    await writeFile(path, text);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const sources: [what: string, source: () => BodySource][] = [
    ["a file", () => ({ hash, path })],
    ["a file's URI", () => ({ hash, uri: pathToFileURL(path).href })],
    ["a text", () => body(text)],
  ];
  for (const [what, source] of sources) {
    it(`are measured and hashed: ${what}`, async () => {
      const bodies = new StreamedUploadBodies();
      expect(await bodies.size(source())).to.equal(size);
      expect(await bodies.md5(source())).to.equal(md5Of(text));
    });
  }

  it("may be empty", async () => {
    expect(await new StreamedUploadBodies().size(body(""))).to.equal(0);
    expect(await new StreamedUploadBodies().md5(body(""))).to.equal(md5Of(""));
  });

  it("are named when they are missing", async () => {
    const missing = { hash, path: join(folder, "missing.csv") };
    for (const failure of [
      await failureOf(new StreamedUploadBodies().size(missing)),
      await failureOf(new StreamedUploadBodies().md5(missing)),
    ]) {
      expect(failure.message).to.contain("ENOENT").and.to.contain(missing.path);
    }
  });

  it("are hashed again when the first time failed", async () => {
    const late = { hash, path: join(folder, "late.csv") };
    const bodies = new StreamedUploadBodies();
    await failureOf(bodies.md5(late));
    await writeFile(late.path, text);
    expect(await bodies.md5(late)).to.equal(md5Of(text));
  });

  it("are refused once they have changed, by name, whatever has been asked of them before", async () => {
    const changing = { hash, path: join(folder, "changing.csv") };
    await writeFile(changing.path, text);
    const bodies = new StreamedUploadBodies();
    expect(await bodies.md5(changing)).to.equal(md5Of(text));
    const { mtime, atime } = await stat(changing.path);
    const other = text.replace("1.2", "2.1");
    await writeFile(changing.path, other);
    await utimes(changing.path, atime, mtime);
    const { message } = await failureOf(bodies.md5(changing));
    expect(message).to.equal(
      `${changing.path} has changed since this run read it: declared ${hash.slice(0, 8)}, ` +
        `now ${sha256Of(other).slice(0, 8)}; nothing was started; run \`pulumi up\` again`,
    );
  });

  it("are taken as they are where no SHA-256 is declared", async () => {
    expect(await new StreamedUploadBodies().md5({ hash: "h", path })).to.equal(md5Of(text));
  });

  it("are no folders", async () => {
    const { message } = await failureOf(new StreamedUploadBodies().size({ hash, path: folder }));
    expect(message).to.equal(`${folder} is not a file`);
  });

  it("are something", async () => {
    const { message } = await failureOf(new StreamedUploadBodies().size({ hash }));
    expect(message).to.equal("the asset has neither a path nor a text nor a URI");
  });
});
