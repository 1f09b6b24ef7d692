import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { refusalOf, S3Rig } from "./support";

const Bucket = "copies";

describe("S3 server: copies", () => {
  let rig: S3Rig;
  before(async () => {
    rig = await S3Rig.start(Bucket, "elsewhere");
    await rig.client.putObject({
      Bucket,
      Key: "from",
      Body: "bytes",
      ContentType: "a/b",
      Metadata: { m: "1" },
      Tagging: "t=1",
    });
  });
  after(() => rig.stop());

  const copy = (Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
    rig.client.copyObject({ Bucket, Key, CopySource: `${Bucket}/from`, ...input });
  const head = (Key: string) => rig.client.headObject({ Bucket, Key });
  const tagsOf = async (Key: string) => (await rig.client.getObjectTagging({ Bucket, Key })).TagSet;

  it("copies or replaces metadata and tags", async () => {
    const { CopyObjectResult } = await copy("kept");
    expect(await head("kept")).to.deep.include({
      ContentType: "a/b",
      Metadata: { m: "1" },
      ETag: CopyObjectResult!.ETag,
    });
    expect(await tagsOf("kept")).to.deep.equal([{ Key: "t", Value: "1" }]);
    await copy("replaced", {
      MetadataDirective: "REPLACE",
      ContentType: "c/d",
      Metadata: { n: "2" },
      TaggingDirective: "REPLACE",
      Tagging: "u=2",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "key",
    });
    expect(await head("replaced")).to.deep.include({
      ContentType: "c/d",
      Metadata: { n: "2" },
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "key",
    });
    expect(await tagsOf("replaced")).to.deep.equal([{ Key: "u", Value: "2" }]);
    expect(await rig.textOf(Bucket, "replaced")).to.equal("bytes");
  });

  it("shares the file of its source and survives the source's deletion", async () => {
    const alone = await S3Rig.start("one", "two");
    await alone.put("one", "k", "bytes");
    for (let count = 0; count < 10; count += 1) {
      await alone.client.copyObject({ Bucket: "two", Key: `c${count}`, CopySource: "one/k" });
    }
    await alone.filesBecome(1);
    await alone.put("one", "k", "other");
    expect(await alone.textOf("two", "c9")).to.equal("bytes");
    await alone.filesBecome(2);
    await alone.stop();
  });

  it("checks conditions on source and destination", async () => {
    const { ETag, LastModified } = await head("from");
    const later = new Date(LastModified!.getTime() + 1000);
    const refused = "412 PreconditionFailed";
    expect(await refusalOf(copy("no", { CopySourceIfMatch: '"other"' }))).to.equal(refused);
    expect(await refusalOf(copy("no", { CopySourceIfNoneMatch: ETag }))).to.equal(refused);
    expect(await refusalOf(copy("no", { CopySourceIfModifiedSince: later }))).to.equal(refused);
    expect(await refusalOf(copy("no", { CopySourceIfUnmodifiedSince: new Date(0) }))).to.equal(refused);
    expect(await refusalOf(copy("from", { IfNoneMatch: "*", MetadataDirective: "REPLACE" }))).to.equal(
      refused,
    );
    expect(await refusalOf(head("no"))).to.equal("404 NotFound");
    await copy("yes", { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) });
  });

  it("copies an object to itself only if something changes", async () => {
    await rig.put(Bucket, "self", "bytes");
    const CopySource = `${Bucket}/self`;
    expect(await refusalOf(copy("self", { CopySource }))).to.equal("400 InvalidRequest");
    await copy("self", { CopySource, MetadataDirective: "REPLACE", Metadata: { m: "2" } });
    expect((await head("self")).Metadata).to.deep.equal({ m: "2" });
    expect(await rig.textOf(Bucket, "self")).to.equal("bytes");
  });

  it("decodes the source's key in every form that clients send", async () => {
    for (const key of ["a b+c%ü/d", "/lead", "a?b"]) {
      await rig.put(Bucket, key, `body of ${key}`);
      const encoded = key.split("/").map(encodeURIComponent).join("/");
      for (const CopySource of [
        `${Bucket}/${encoded}`,
        `/${Bucket}/${encoded}`,
        encodeURIComponent(`${Bucket}/${key}`),
      ]) {
        await copy("target", { CopySource });
        expect(await rig.textOf(Bucket, "target")).to.equal(`body of ${key}`);
      }
    }
  });

  it("rejects a missing or malformed source", async () => {
    expect(await refusalOf(copy("no", { CopySource: `${Bucket}/nothing` }))).to.equal("404 NoSuchKey");
    expect(await refusalOf(copy("no", { CopySource: "nowhere/from" }))).to.equal("404 NoSuchBucket");
    expect(await refusalOf(copy("no", { CopySource: "nothing" }))).to.equal("400 InvalidArgument");
    expect(await refusalOf(copy("no", { CopySource: `${Bucket}/%ZZ` }))).to.equal("400 InvalidArgument");
    expect(await refusalOf(copy("no", { CopySource: `${Bucket}/from?versionId=v` }))).to.equal(
      "404 NoSuchVersion",
    );
    expect(await refusalOf(copy("no", { MetadataDirective: "OTHER" as never }))).to.equal(
      "400 InvalidArgument",
    );
    expect(await refusalOf(copy("no", { Bucket: "nowhere" }))).to.equal("404 NoSuchBucket");
  });
});
