import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import type { GetObjectCommandInput, PutObjectCommandInput, S3ServiceException } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { expectRejections, S3Service } from "./support";

const Bucket = "objects";

describe("S3 server: objects", () => {
  let s3: S3Service;
  before(async () => (s3 = await S3Service.start(Bucket)));
  after(() => s3.stop());

  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    s3.client.putObject({ Bucket, Key, Body: "0123456789", ...input });
  const get = (Key: string, input: Partial<GetObjectCommandInput> = {}) =>
    s3.client.getObject({ Bucket, Key, ...input });
  const head = (Key: string) => s3.client.headObject({ Bucket, Key });

  it("stores headers, metadata and tags of an object", async () => {
    const described = {
      ContentType: "text/csv",
      CacheControl: "no-store",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      Expires: new Date("2030-01-01T00:00:00Z"),
      StorageClass: "STANDARD_IA",
      WebsiteRedirectLocation: "/a?b=c",
      Metadata: { one: "1", "two-words": "a b" },
    } as const;
    await put("described", { ...described, Tagging: "a=1&b=x%20y" });
    const ETag = '"781e5e245d69b566979b86e28d23f2c7"';
    for (const got of [await head("described"), await get("described")]) {
      expect(got).to.deep.include({ ...described, ContentLength: 10, TagCount: 2, ETag });
      expect(got.LastModified!.getTime()).to.be.closeTo(Date.now(), 60_000);
    }
    await s3.send("PUT", `/${Bucket}/plain`, { body: "x" });
    const defaults = { ContentType: "binary/octet-stream", ServerSideEncryption: "AES256" };
    expect(await head("plain")).to.include(defaults);
  });

  it("accepts only a path or a URL of at most 2 KB as website redirect location", async () => {
    const redirect = (WebsiteRedirectLocation: string) => put("redirect", { WebsiteRedirectLocation });
    const longest = `/${"x".repeat(2047)}`;
    const invalid = ["a", "ftp://a.example", "http:/a.example", "x/http://", `${longest}x`];
    for (const valid of ["http://a.example", "https://a.example", longest]) await redirect(valid);
    await expectRejections("400 InvalidRedirectLocation", ...invalid.map(redirect));
    expect((await head("redirect")).WebsiteRedirectLocation).to.equal(longest);
  });

  it("stores objects under keys of any characters", async () => {
    const paths = ["..", "../../etc/passwd", "a/../b", "a//b", "/lead", "//", "a%2Fb"];
    const keys = [...paths, "a b", "a+b", "ü€😀", "&<>\"'", "x\ny\r", "*!()~"];
    for (const key of keys) await put(key, { Body: `body of ${key}` });
    for (const key of keys) expect(await s3.read(Bucket, key)).to.equal(`body of ${key}`);
    const Delete = { Objects: keys.map((Key) => ({ Key })) };
    const { Deleted } = await s3.client.deleteObjects({ Bucket, Delete });
    expect(Deleted!.map(({ Key }) => Key)).to.deep.equal(keys);
    await expectRejections("404 NoSuchKey", ...keys.map((key) => get(key)));
  });

  it("limits keys to 1024 bytes, not characters", async () => {
    await put("k".repeat(1024));
    await expectRejections("400 KeyTooLongError", put("k".repeat(1023) + "ü"));
  });

  it("reads ranges of bytes", async () => {
    await put("ranged");
    for (const [Range, status, range, text] of [
      ["bytes=2-4", 206, "bytes 2-4/10", "234"],
      ["bytes=7-", 206, "bytes 7-9/10", "789"],
      ["bytes=-2", 206, "bytes 8-9/10", "89"],
      ["bytes=-99", 206, "bytes 0-9/10", "0123456789"],
      ["bytes=5-99", 206, "bytes 5-9/10", "56789"],
      ["bytes=4-2", 200, undefined, "0123456789"],
    ] as const) {
      const { $metadata, ContentRange, ContentLength, Body } = await get("ranged", { Range });
      expect([$metadata.httpStatusCode, ContentRange, ContentLength]).to.deep.equal([
        status,
        range,
        text.length,
      ]);
      expect(await Body!.transformToString()).to.equal(text);
    }
    const outside = ["bytes=10-", "bytes=-0"].map((Range) => get("ranged", { Range }));
    await expectRejections("416 InvalidRange", ...outside);
    const head = await s3.client.headObject({ Bucket, Key: "ranged", Range: "bytes=2-4" });
    expect([head.ContentLength, head.ContentRange]).to.deep.equal([3, "bytes 2-4/10"]);
  });

  it("checks conditions of reads", async () => {
    const { ETag } = await put("conditional");
    const { LastModified } = await head("conditional");
    const later = new Date(LastModified!.getTime() + 1000);
    const earlier = new Date(LastModified!.getTime() - 1000);
    for (const [conditions, status] of [
      [{ IfMatch: ETag }, 200],
      [{ IfMatch: '"other"' }, 412],
      [{ IfNoneMatch: ETag }, 304],
      [{ IfNoneMatch: '"other"' }, 200],
      [{ IfModifiedSince: LastModified }, 304],
      [{ IfModifiedSince: earlier }, 200],
      [{ IfUnmodifiedSince: earlier }, 412],
      [{ IfUnmodifiedSince: later }, 200],
      // The entity tag takes precedence over the date.
      [{ IfMatch: ETag, IfUnmodifiedSince: earlier }, 200],
      [{ IfNoneMatch: '"other"', IfModifiedSince: later }, 200],
    ] as [Partial<GetObjectCommandInput>, number][]) {
      const { $metadata } = await get("conditional", conditions).catch((error: S3ServiceException) => error);
      expect($metadata.httpStatusCode, JSON.stringify(conditions)).to.equal(status);
    }
  });

  it("checks conditions of writes and deletes", async () => {
    const { ETag } = await put("once", { IfNoneMatch: "*" });
    const unmet = [{ IfNoneMatch: "*" }, { IfMatch: '"other"' }].map((given) => put("once", given));
    await expectRejections("412 PreconditionFailed", ...unmet);
    await expectRejections("404 NoSuchKey", put("not-there", { IfMatch: ETag }));
    await put("once", { IfMatch: ETag, Body: "second" });
    const remove = (IfMatch?: string) => s3.client.deleteObject({ Bucket, Key: "once", IfMatch });
    await expectRejections("412 PreconditionFailed", remove(ETag));
    await remove();
    await remove();
    await expectRejections("404 NoSuchKey", get("once"));
  });

  it("accepts one of three concurrent writes with If-None-Match", async () => {
    const writes = await Promise.allSettled([1, 2, 3].map(() => put("contended", { IfNoneMatch: "*" })));
    expect(writes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected", "rejected"]);
  });

  it("replaces response headers by response-* parameters", async () => {
    await put("overridden", { ContentType: "a/b" });
    const ResponseContentDisposition = 'a; filename="u"';
    const got = await get("overridden", { ResponseContentType: "c/d", ResponseContentDisposition });
    expect([got.ContentType, got.ContentDisposition]).to.deep.equal(["c/d", ResponseContentDisposition]);
    for (const value of ["a%0d%0ab", "%E2%82%AC"]) {
      const { outcome } = await s3.send("GET", `/${Bucket}/overridden?response-content-type=${value}`);
      expect(outcome).to.equal("400 InvalidArgument");
    }
  });

  it("stores an object's encryption settings", async () => {
    const SSEKMSKeyId = "arn:aws:kms:us-east-1:123456789012:key/k";
    const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId, BucketKeyEnabled: true } as const;
    expect(await put("kms", kms)).to.include(kms);
    expect(await head("kms")).to.include(kms);
    const unknown = put("bad", { ServerSideEncryption: "ROT13" as never });
    await expectRejections(
      "400 InvalidArgument",
      unknown,
      put("bad", { ...kms, ServerSideEncryption: "AES256" }),
    );
    await expectRejections("400 InvalidStorageClass", put("bad", { StorageClass: "TAPE" as never }));
    const customer = { headers: { "x-amz-server-side-encryption-customer-algorithm": "AES256" } };
    expect((await s3.send("PUT", `/${Bucket}/bad`, customer)).outcome).to.equal("501 NotImplemented");
    await expectRejections("404 NoSuchKey", get("bad"));
  });

  it("returns no body for HEAD, also for errors", async () => {
    const missing = await s3.send("HEAD", `/${Bucket}/not-there`);
    expect([missing.status, missing.body]).to.deep.equal([404, ""]);
    await expectRejections("404 NotFound", head("not-there"));
  });

  it("stores an object's tags", async () => {
    await put("tagged", { Tagging: "a=1" });
    const tags = async () => (await s3.client.getObjectTagging({ Bucket, Key: "tagged" })).TagSet;
    const tag = (...TagSet: { Key: string; Value: string }[]) =>
      s3.client.putObjectTagging({ Bucket, Key: "tagged", Tagging: { TagSet } });
    expect(await tags()).to.deep.equal([{ Key: "a", Value: "1" }]);
    const odd = [
      { Key: "b <&>", Value: " 007 " },
      { Key: "c", Value: "" },
    ];
    await tag(...odd);
    expect(await tags()).to.deep.equal(odd);
    const twice = [1, 2].map((value) => ({ Key: "a", Value: String(value) }));
    await expectRejections("400 InvalidTag", tag(...twice), tag({ Key: "", Value: "1" }));
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: String(index), Value: "" }));
    await expectRejections("400 BadRequest", tag(...eleven));
    await s3.client.deleteObjectTagging({ Bucket, Key: "tagged" });
    expect(await tags()).to.deep.equal([]);
    expect(await s3.read(Bucket, "tagged")).to.equal("0123456789");
  });

  it("returns an ACL that grants only the owner full control", async () => {
    await put("owned");
    const { Owner, Grants } = await s3.client.getObjectAcl({ Bucket, Key: "owned" });
    expect(Grants).to.have.length(1);
    expect(Grants![0]).to.deep.include({ Permission: "FULL_CONTROL" });
    expect(Grants![0]!.Grantee!.ID).to.equal(Owner!.ID);
  });

  it("deletes a file with its last reference, and the directory when the server stops", async () => {
    const alone = await S3Service.start("files");
    await alone.put("files", "k", "first");
    await alone.put("files", "k", "second");
    await alone.waitForFiles(1);
    expect(await alone.read("files", "k")).to.equal("second");
    expect((await alone.send("HEAD", "/files/k")).status).to.equal(200);
    await alone.client.deleteObject({ Bucket: "files", Key: "k" });
    await alone.waitForFiles(0);
    await alone.stop();
    expect(existsSync(alone.directory)).to.equal(false);
  });

  it("completes a download of a deleted object, and deletes its file when the last client disconnects", async () => {
    const alone = await S3Service.start("reading");
    const Body = Buffer.alloc(32 * 1024 ** 2, "x");
    await alone.put("reading", "k", Body);
    const read = () => alone.client.getObject({ Bucket: "reading", Key: "k" });
    const [all, broken] = [await read(), await read()];
    await alone.client.deleteObject({ Bucket: "reading", Key: "k" });
    expect((await all.Body!.transformToByteArray()).length).to.equal(Body.length);
    (broken.Body as Readable).destroy();
    await alone.waitForFiles(0);
    await alone.stop();
  });

  it("rejects malformed documents, more than 1,000 keys, and versions", async () => {
    const remove = async (body: string) => (await s3.send("POST", `/${Bucket}?delete`, { body })).body;
    const many = (count: number, key: string) => `<Object><Key>${key}</Key></Object>`.repeat(count);
    const entity = '<!DOCTYPE d [<!ENTITY e "x">]><Delete/>';
    const tooMany = `<Delete>${many(1001, "k")}</Delete>`;
    for (const body of ["", "<Delete>", "<Other/>", "<Delete/>", entity, tooMany]) {
      expect(await remove(body), body.slice(0, 50)).to.include("<Code>MalformedXML</Code>");
    }
    const quiet = await remove(`<Delete><Quiet>true</Quiet>${many(1000, "&amp;&lt;&gt;&#65;")}</Delete>`);
    expect(quiet).to.match(/<DeleteResult[^>]*><\/DeleteResult>$/);
    const versioned = { Key: "versioned", VersionId: "v1" };
    await put("versioned");
    await expectRejections("404 NoSuchVersion", get("versioned", versioned));
    const { Errors } = await s3.client.deleteObjects({ Bucket, Delete: { Objects: [versioned] } });
    expect(Errors![0]).to.deep.include({ Key: "versioned", Code: "NoSuchVersion" });
  });
});
