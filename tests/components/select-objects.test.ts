import { PutObjectCommand } from "@aws-sdk/client-s3";
import { runtime } from "@pulumi/pulumi";
import { expect } from "chai";

import { unknownOutput } from "../../components/support/resolve-input";
import type { ObjectCriteria } from "../../components/support/select-objects";
import { relativeKey, selectObjects } from "../../components/support/select-objects";
import type { InputError } from "../../lib/input-error";
import { useServers } from "../harness/http";
import { credentials, region, TestService } from "../harness/service";
import { useAwsEnvironment } from "../harness/environment";
import { failureOf } from "../simulation/samples";

/** Runs as in a preview. The SDK has no public way to do this. */
async function inPreview<T>(run: () => Promise<T>): Promise<T> {
  const sdk = runtime as unknown as { _setIsDryRun(on: boolean): void };
  sdk._setIsDryRun(true);
  try {
    return await run();
  } finally {
    sdk._setIsDryRun(false);
  }
}

describe("selectObjects", () => {
  let service: TestService;
  const env = useAwsEnvironment();
  const serve = useServers();
  before(async () => {
    service = await TestService.start();
    const keys = ["a.csv", "b.csv", "deep/c.csv", "notes.txt", ".hidden.csv"].map((key) => `in/${key}`);
    const objects = Object.fromEntries([...keys, "out/d.csv"].map((key) => [key, key]));
    await service.createBucket("tables", { ...objects, "in/empty/": "" });
  });
  after(() => service.stop());
  beforeEach(() => {
    Object.assign(env, {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: service.local.endpoint,
    });
  });
  afterEach(() => runtime.setAllConfig({}));

  const select = (args: Partial<ObjectCriteria>, isReady = true) =>
    selectObjects({ bucket: "tables", ...args }, { isReady });
  const keysOf = async (args: Partial<ObjectCriteria>) => (await select(args)).objects?.map(({ key }) => key);
  const errorOf = (args: Partial<ObjectCriteria>) => failureOf<InputError>(select(args));

  it("selects all objects with their ETags, without those that stand for folders", async () => {
    const { objects = [] } = await select({});
    expect(objects).to.have.length(5);
    expect(objects.every(({ etag }) => /^"[0-9a-f]{32}"$/.test(etag!))).to.equal(true);
  });

  it("selects objects below a prefix by patterns", async () => {
    const csv = (include: string[], exclude?: string[]) => keysOf({ prefix: "in/", include, exclude });
    expect(await csv(["*.csv"])).to.have.members(["in/a.csv", "in/b.csv"]);
    expect(await csv(["*.csv", "!b.csv"])).to.deep.equal(["in/a.csv"]);
    expect(await csv(["*.csv", ".*.csv"])).to.have.members(["in/.hidden.csv", "in/a.csv", "in/b.csv"]);
    expect(await csv(["**/*.csv"], ["b.csv"])).to.have.members(["in/a.csv", "in/deep/c.csv"]);
    expect(await csv(["**"], ["deep/", "/b.csv"])).to.have.members(["in/a.csv", "in/notes.txt"]);
    expect(await keysOf({ prefix: "in", include: ["a.csv"] })).to.deep.equal(["in/a.csv"]);
    expect(await keysOf({ prefix: "out/d.csv" })).to.deep.equal(["out/d.csv"]);
  });

  it("accepts given keys without listing the bucket", async () => {
    const { objects } = await select({ bucket: "nowhere", keys: ["a", "b"] });
    expect(objects).to.deep.equal([{ key: "a" }, { key: "b" }]);
  });

  it("defers objects of an unknown bucket, and unknown keys, in a preview", () =>
    inPreview(async () => {
      const bucket = unknownOutput<string>();
      const unknown = { keys: ["a", unknownOutput<string>()] };
      expect((await select({ bucket })).deferred?.code).to.equal("objects-not-known-yet");
      expect((await select(unknown)).deferred?.code).to.equal("objects-not-known-yet");
      expect(await keysOf({ bucket, keys: ["a"] })).to.deep.equal(["a"]);
    }));

  it("defers a bucket that does not exist in a preview, and rejects it otherwise", async () => {
    const { deferred } = await inPreview(() => select({ bucket: "nowhere" }));
    expect(deferred?.code).to.equal("no-such-bucket-yet");
    expect(deferred?.text).to.match(
      /^bucket "nowhere" does not exist\. If the program creates it, .* correct the name/,
    );
    const { code, text } = await errorOf({ bucket: "nowhere" });
    expect(code).to.equal("no-such-bucket");
    expect(text).to.match(/^bucket "nowhere" does not exist\. Correct the name\. /);
  });

  it("returns the present objects with a note if dependencies will change", async () => {
    const present = await select({ prefix: "out/" }, false);
    expect(present.objects).to.have.length(1);
    expect(present.deferred?.code).to.equal("objects-may-differ");
    const none = await select({ prefix: "none/" }, false);
    expect(none.objects).to.equal(undefined);
    expect(none.deferred?.code).to.equal("objects-may-differ");
  });

  it("rejects criteria that are invalid or select nothing", async () => {
    const rejected: [string, Partial<ObjectCriteria>][] = [
      ["conflicting-arguments", { keys: ["a"], prefix: "in/" }],
      ["invalid-pattern", { include: [""] }],
      ["nothing-selected", { keys: [] }],
    ];
    for (const [code, criteria] of rejected) expect((await errorOf(criteria)).code).to.equal(code);
    expect((await errorOf({ bucket: "" })).message).to.match(/^bucket /);
    expect((await errorOf({ keys: ["a", ""] })).message).to.match(/^keys\[1\] /);
  });

  it("names the source, the patterns and the remedy if nothing is selected", async () => {
    const { code, text } = await errorOf({ prefix: "in/", include: ["*.xml"] });
    expect(code).to.equal("nothing-selected");
    expect(text).to.match(/s3:\/\/tables\/in\/.*include\[0\] \("\*\.xml"\).*dependsOn\.$/);
  });

  it("warns of unused patterns, hidden names and archived objects", async () => {
    const codesOf = async (args: Partial<ObjectCriteria>) =>
      (await select(args)).warnings?.map(({ code }) => code);
    expect(await codesOf({ prefix: "out/" })).to.deep.equal([]);
    expect(await codesOf({ prefix: "in/", include: ["*.csv", "*.parquet"] })).to.deep.equal([
      "unused-pattern",
    ]);
    expect(await codesOf({ prefix: "in/" })).to.deep.equal(["hidden-objects-left-out"]);
    expect(await codesOf({ prefix: "in/", exclude: [".hidden.csv"] })).to.deep.equal([]);
    await service.createBucket("archive", { "hot.csv": "1" });
    for (const StorageClass of ["DEEP_ARCHIVE", "GLACIER_IR"] as const) {
      const object = { Bucket: "archive", Key: `${StorageClass}.csv`, Body: Buffer.from("2") };
      await service.s3.send(new PutObjectCommand({ ...object, StorageClass }));
    }
    const { warnings } = await select({ bucket: "archive" });
    expect(warnings!.map(({ code }) => code)).to.deep.equal(["archived-objects"]);
    expect(warnings![0]!.text).to.match(/^"DEEP_ARCHIVE\.csv" is in an archive/);
  });

  it("rejects an answer that is not a complete listing", async () => {
    const page = (inside: string) => `<ListBucketResult><Name>tables</Name>${inside}</ListBucketResult>`;
    for (const [body, reason] of [
      ["", ""],
      ["<html></html>", "IncompleteListingError"],
      [page("<KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>"), "KeyCount is 2"],
      [page("<IsTruncated>true</IsTruncated>"), "NextContinuationToken"],
    ] as const) {
      env.AWS_ENDPOINT_URL_S3 = (await serve((_, answer) => answer.writeHead(200).end(body))).url;
      const { code, message } = await errorOf({});
      expect(code, body).to.equal("bucket-not-listable");
      expect(message).to.contain(reason);
    }
  });

  it("names the permission that a failed listing needs", async () => {
    env.AWS_ENDPOINT_URL_S3 = "http://127.0.0.1:1";
    const { code, message } = await errorOf({});
    expect(code).to.equal("bucket-not-listable");
    expect(message).to.contain("s3:ListBucket");
  });

  it("uses the endpoint of S3 in the stack's config", async () => {
    delete env.AWS_ENDPOINT_URL_S3;
    runtime.setAllConfig({
      "aws:endpoints": JSON.stringify([{ s3: service.local.endpoint }]),
      "aws:s3UsePathStyle": "true",
    });
    expect(await keysOf({ prefix: "out/" })).to.deep.equal(["out/d.csv"]);
  });
});

describe("relativeKey", () => {
  it("returns the key without the prefix, or its name if the prefix is the key", () => {
    expect(relativeKey("a/b/c", "a/")).to.equal("b/c");
    expect(relativeKey("a/b/c", "")).to.equal("a/b/c");
    expect(relativeKey("a/b/c", "a")).to.equal("b/c");
    expect(relativeKey("a/b.csv", "a/b.csv")).to.equal("b.csv");
  });
});
