import type { Readable } from "node:stream";
import type { GetObjectCommandInput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { refusalOf, S3Rig } from "./support";

const Bucket = "objects";

describe("S3 server: objects", () => {
  let rig: S3Rig;
  before(async () => {
    rig = await S3Rig.start(Bucket);
  });
  after(() => rig.stop());

  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    rig.client.putObject({ Bucket, Key, Body: "0123456789", ...input });
  const get = (Key: string, input: Partial<GetObjectCommandInput> = {}) =>
    rig.client.getObject({ Bucket, Key, ...input });
  const head = (Key: string) => rig.client.headObject({ Bucket, Key });

  it("stores headers, metadata and tags of an object", async () => {
    const said = {
      ContentType: "text/csv",
      CacheControl: "no-store",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      Expires: new Date("2030-01-01T00:00:00Z"),
      StorageClass: "STANDARD_IA",
      Metadata: { one: "1", "two-words": "a b" },
    } as const;
    await put("described", { ...said, Tagging: "a=1&b=x%20y" });
    for (const got of [await head("described"), await get("described")]) {
      expect(got).to.deep.include({
        ...said,
        ContentLength: 10,
        TagCount: 2,
        ETag: '"781e5e245d69b566979b86e28d23f2c7"',
      });
      expect(got.LastModified!.getTime()).to.be.closeTo(Date.now(), 60_000);
    }
    await rig.send("PUT", `/${Bucket}/plain`, { body: "x" });
    expect(await head("plain")).to.include({
      ContentType: "binary/octet-stream",
      ServerSideEncryption: "AES256",
    });
  });

  it("stores keys of any characters and never uses them as file names", async () => {
    const keys = [
      "a b",
      "a+b",
      "a%2Fb",
      "..",
      "../../etc/passwd",
      "a/../b",
      "a//b",
      "/lead",
      "//",
      "ü€😀",
      "&<>\"'",
      "x\ny\r",
      "*!()~",
    ];
    for (const key of keys) await put(key, { Body: `body of ${key}` });
    for (const key of keys) expect(await rig.textOf(Bucket, key)).to.equal(`body of ${key}`);
    const { Deleted } = await rig.client.deleteObjects({
      Bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })) },
    });
    expect(Deleted!.map(({ Key }) => Key)).to.deep.equal(keys);
    for (const key of keys) expect(await refusalOf(get(key))).to.equal("404 NoSuchKey");
  });

  it("limits keys to 1024 bytes, not characters", async () => {
    await put("k".repeat(1024));
    expect(await refusalOf(put("k".repeat(1023) + "ü"))).to.equal("400 KeyTooLongError");
  });

  it("reads ranges of bytes", async () => {
    await put("ranged");
    const ranged = async (Range: string) => {
      const got = await get("ranged", { Range });
      return [
        got.$metadata.httpStatusCode,
        got.ContentRange,
        got.ContentLength,
        await got.Body!.transformToString(),
      ];
    };
    expect(await ranged("bytes=2-4")).to.deep.equal([206, "bytes 2-4/10", 3, "234"]);
    expect(await ranged("bytes=7-")).to.deep.equal([206, "bytes 7-9/10", 3, "789"]);
    expect(await ranged("bytes=-2")).to.deep.equal([206, "bytes 8-9/10", 2, "89"]);
    expect(await ranged("bytes=-99")).to.deep.equal([206, "bytes 0-9/10", 10, "0123456789"]);
    expect(await ranged("bytes=5-99")).to.deep.equal([206, "bytes 5-9/10", 5, "56789"]);
    expect(await ranged("bytes=4-2")).to.deep.equal([200, undefined, 10, "0123456789"]);
    expect(await refusalOf(get("ranged", { Range: "bytes=10-" }))).to.equal("416 InvalidRange");
    expect(await refusalOf(get("ranged", { Range: "bytes=-0" }))).to.equal("416 InvalidRange");
    const head = await rig.client.headObject({ Bucket, Key: "ranged", Range: "bytes=2-4" });
    expect([head.ContentLength, head.ContentRange]).to.deep.equal([3, "bytes 2-4/10"]);
  });

  it("checks conditions of reads", async () => {
    const { ETag } = await put("conditional");
    const { LastModified } = await head("conditional");
    const later = new Date(LastModified!.getTime() + 1000);
    const earlier = new Date(LastModified!.getTime() - 1000);
    const outcome = (input: Partial<GetObjectCommandInput>) =>
      get("conditional", input).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
      );
    expect(await outcome({ IfMatch: ETag })).to.equal(200);
    expect(await outcome({ IfMatch: '"other"' })).to.equal(412);
    expect(await outcome({ IfNoneMatch: ETag })).to.equal(304);
    expect(await outcome({ IfNoneMatch: '"other"' })).to.equal(200);
    expect(await outcome({ IfModifiedSince: LastModified })).to.equal(304);
    expect(await outcome({ IfModifiedSince: earlier })).to.equal(200);
    expect(await outcome({ IfUnmodifiedSince: earlier })).to.equal(412);
    expect(await outcome({ IfUnmodifiedSince: later })).to.equal(200);
    // Of a pair, the entity tag decides.
    expect(await outcome({ IfMatch: ETag, IfUnmodifiedSince: earlier })).to.equal(200);
    expect(await outcome({ IfNoneMatch: '"other"', IfModifiedSince: later })).to.equal(200);
  });

  it("checks conditions of writes and deletes", async () => {
    const { ETag } = await put("once", { IfNoneMatch: "*" });
    expect(await refusalOf(put("once", { IfNoneMatch: "*" }))).to.equal("412 PreconditionFailed");
    expect(await refusalOf(put("once", { IfMatch: '"other"' }))).to.equal("412 PreconditionFailed");
    expect(await refusalOf(put("not-there", { IfMatch: ETag }))).to.equal("404 NoSuchKey");
    await put("once", { IfMatch: ETag, Body: "second" });
    const remove = (IfMatch?: string) => rig.client.deleteObject({ Bucket, Key: "once", IfMatch });
    expect(await refusalOf(remove(ETag))).to.equal("412 PreconditionFailed");
    await remove();
    await remove();
    expect(await refusalOf(get("once"))).to.equal("404 NoSuchKey");
  });

  it("lets one of several conditional writers succeed", async () => {
    const writes = await Promise.allSettled([1, 2, 3].map(() => put("contended", { IfNoneMatch: "*" })));
    expect(writes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected", "rejected"]);
  });

  it("replaces response headers by response-* parameters", async () => {
    await put("overridden", { ContentType: "a/b" });
    const got = await get("overridden", {
      ResponseContentType: "c/d",
      ResponseContentDisposition: 'a; filename="ü"'.replace("ü", "u"),
    });
    expect([got.ContentType, got.ContentDisposition]).to.deep.equal(["c/d", 'a; filename="u"']);
    const refused = await rig.send("GET", `/${Bucket}/overridden?response-content-type=a%0d%0ab`);
    expect([refused.status, refused.code]).to.deep.equal([400, "InvalidArgument"]);
  });

  it("stores an object's encryption settings", async () => {
    const SSEKMSKeyId = "arn:aws:kms:us-east-1:123456789012:key/k";
    const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId, BucketKeyEnabled: true } as const;
    expect(await put("kms", kms)).to.include(kms);
    expect(await head("kms")).to.include(kms);
    expect(await refusalOf(put("bad", { ServerSideEncryption: "ROT13" as never }))).to.equal(
      "400 InvalidArgument",
    );
    expect(await refusalOf(put("bad", { ServerSideEncryption: "AES256", SSEKMSKeyId }))).to.equal(
      "400 InvalidArgument",
    );
    expect(await refusalOf(put("bad", { StorageClass: "TAPE" as never }))).to.equal(
      "400 InvalidStorageClass",
    );
    const customer = { headers: { "x-amz-server-side-encryption-customer-algorithm": "AES256" } };
    expect((await rig.send("PUT", `/${Bucket}/bad`, customer)).code).to.equal("NotImplemented");
    expect(await refusalOf(get("bad"))).to.equal("404 NoSuchKey");
  });

  it("answers HEAD without a body, also for errors", async () => {
    const refused = await rig.send("HEAD", `/${Bucket}/not-there`);
    expect([refused.status, refused.text]).to.deep.equal([404, ""]);
    expect(await refusalOf(head("not-there"))).to.equal("404 NotFound");
  });

  it("stores an object's tags", async () => {
    await put("tagged", { Tagging: "a=1" });
    const tags = async () => (await rig.client.getObjectTagging({ Bucket, Key: "tagged" })).TagSet;
    const tag = (...TagSet: { Key: string; Value: string }[]) =>
      rig.client.putObjectTagging({ Bucket, Key: "tagged", Tagging: { TagSet } });
    expect(await tags()).to.deep.equal([{ Key: "a", Value: "1" }]);
    await tag({ Key: "b <&>", Value: " 007 " }, { Key: "c", Value: "" });
    expect(await tags()).to.deep.equal([
      { Key: "b <&>", Value: " 007 " },
      { Key: "c", Value: "" },
    ]);
    expect(await refusalOf(tag({ Key: "a", Value: "1" }, { Key: "a", Value: "2" }))).to.equal(
      "400 InvalidTag",
    );
    expect(await refusalOf(tag({ Key: "", Value: "1" }))).to.equal("400 InvalidTag");
    const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: String(index), Value: "" }));
    expect(await refusalOf(tag(...eleven))).to.equal("400 BadRequest");
    await rig.client.deleteObjectTagging({ Bucket, Key: "tagged" });
    expect(await tags()).to.deep.equal([]);
    expect(await rig.textOf(Bucket, "tagged")).to.equal("0123456789");
  });

  it("returns one owner with full control", async () => {
    await put("owned");
    const { Owner, Grants } = await rig.client.getObjectAcl({ Bucket, Key: "owned" });
    expect(Grants).to.have.length(1);
    expect(Grants![0]).to.deep.include({ Permission: "FULL_CONTROL" });
    expect(Grants![0]!.Grantee!.ID).to.equal(Owner!.ID);
  });

  it("deletes a file after its last use", async () => {
    const alone = await S3Rig.start("files");
    await alone.put("files", "k", "first");
    await alone.put("files", "k", "second");
    await alone.filesBecome(1);
    expect(await alone.textOf("files", "k")).to.equal("second");
    expect((await alone.send("HEAD", "/files/k")).status).to.equal(200);
    await alone.client.deleteObject({ Bucket: "files", Key: "k" });
    await alone.filesBecome(0);
    await alone.stop();
  });

  it("finishes reading a deleted object, and frees its file when a reader disconnects", async () => {
    const alone = await S3Rig.start("reading");
    const Body = Buffer.alloc(32 * 1024 ** 2, "x");
    await alone.put("reading", "k", Body);
    const read = () => alone.client.getObject({ Bucket: "reading", Key: "k" });
    const [all, broken] = [await read(), await read()];
    await alone.client.deleteObject({ Bucket: "reading", Key: "k" });
    expect((await all.Body!.transformToByteArray()).length).to.equal(Body.length);
    (broken.Body as Readable).destroy();
    await alone.filesBecome(0);
    await alone.stop();
  });

  it("rejects malformed documents, more than 1000 keys, and versions", async () => {
    const remove = (body: string) => rig.send("POST", `/${Bucket}?delete`, { body });
    for (const body of ["", "<Delete>", "<Other/>", "<Delete/>", '<!DOCTYPE d [<!ENTITY e "x">]><Delete/>']) {
      expect((await remove(body)).code, body).to.equal("MalformedXML");
    }
    expect((await remove(`<Delete>${"<Object><Key>k</Key></Object>".repeat(1001)}</Delete>`)).code).to.equal(
      "MalformedXML",
    );
    const many = "<Object><Key>&amp;&lt;&gt;&#65;</Key></Object>".repeat(1000);
    expect((await remove(`<Delete><Quiet>true</Quiet>${many}</Delete>`)).text).to.match(
      /<DeleteResult[^>]*><\/DeleteResult>$/,
    );
    await put("versioned");
    expect(await refusalOf(get("versioned", { VersionId: "v1" }))).to.equal("404 NoSuchVersion");
    const { Errors } = await rig.client.deleteObjects({
      Bucket,
      Delete: { Objects: [{ Key: "versioned", VersionId: "v1" }] },
    });
    expect(Errors![0]).to.deep.include({ Key: "versioned", Code: "NoSuchVersion" });
  });
});
