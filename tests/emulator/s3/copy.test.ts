import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { expectRejections, S3Service } from "./support";

const Bucket = "copies";

describe("S3 server: copies", () => {
  let s3: S3Service;
  before(async () => {
    s3 = await S3Service.start(Bucket, "elsewhere");
    const described = { ContentType: "a/b", Metadata: { m: "1" }, Tagging: "t=1" };
    const redirect = { WebsiteRedirectLocation: "/a" };
    await s3.client.putObject({ Bucket, Key: "from", Body: "bytes", ...described, ...redirect });
  });
  after(() => s3.stop());

  const copy = (Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
    s3.client.copyObject({ Bucket, Key, CopySource: `${Bucket}/from`, ...input });
  const head = (Key: string) => s3.client.headObject({ Bucket, Key });
  const tagsOf = async (Key: string) => (await s3.client.getObjectTagging({ Bucket, Key })).TagSet;

  it("copies or replaces metadata and tags, but not the website redirect location", async () => {
    const { CopyObjectResult } = await copy("kept");
    const { ETag } = CopyObjectResult!;
    const kept = await head("kept");
    expect(kept).to.deep.include({ ContentType: "a/b", Metadata: { m: "1" }, ETag });
    expect(kept.WebsiteRedirectLocation).to.equal(undefined);
    expect(await tagsOf("kept")).to.deep.equal([{ Key: "t", Value: "1" }]);
    const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key" } as const;
    const replaced = { ContentType: "c/d", Metadata: { n: "2" }, WebsiteRedirectLocation: "/b", ...kms };
    const directives = { MetadataDirective: "REPLACE", TaggingDirective: "REPLACE" } as const;
    await copy("replaced", { ...replaced, ...directives, Tagging: "u=2" });
    expect(await head("replaced")).to.deep.include(replaced);
    expect(await tagsOf("replaced")).to.deep.equal([{ Key: "u", Value: "2" }]);
    expect(await s3.read(Bucket, "replaced")).to.equal("bytes");
  });

  it("shares the file of the source, which survives the replacement of the source", async () => {
    const alone = await S3Service.start("one", "two");
    await alone.put("one", "k", "bytes");
    for (let count = 0; count < 10; count += 1) {
      await alone.client.copyObject({ Bucket: "two", Key: `c${count}`, CopySource: "one/k" });
    }
    await alone.waitForFiles(1);
    await alone.put("one", "k", "other");
    expect(await alone.read("two", "c9")).to.equal("bytes");
    await alone.waitForFiles(2);
    await alone.stop();
  });

  it("checks conditions on source and destination", async () => {
    const { ETag, LastModified } = await head("from");
    const later = new Date(LastModified!.getTime() + 1000);
    await expectRejections(
      "412 PreconditionFailed",
      copy("no", { CopySourceIfMatch: '"other"' }),
      copy("no", { CopySourceIfNoneMatch: ETag }),
      copy("no", { CopySourceIfModifiedSince: later }),
      copy("no", { CopySourceIfUnmodifiedSince: new Date(0) }),
      copy("from", { IfNoneMatch: "*", MetadataDirective: "REPLACE" }),
    );
    await expectRejections("404 NotFound", head("no"));
    await copy("yes", { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) });
  });

  it("copies an object to itself only if something changes", async () => {
    await s3.put(Bucket, "self", "bytes");
    const CopySource = `${Bucket}/self`;
    await expectRejections("400 InvalidRequest", copy("self", { CopySource }));
    await copy("self", { CopySource, WebsiteRedirectLocation: "/c" });
    expect(await head("self")).to.include({ WebsiteRedirectLocation: "/c" });
    await copy("self", { CopySource, MetadataDirective: "REPLACE", Metadata: { m: "2" } });
    const { Metadata, WebsiteRedirectLocation } = await head("self");
    expect([Metadata, WebsiteRedirectLocation]).to.deep.equal([{ m: "2" }, undefined]);
    expect(await s3.read(Bucket, "self")).to.equal("bytes");
  });

  it("decodes the key of the source in every encoding that clients send", async () => {
    for (const key of ["a b+c%ü/d", "/lead", "a?b"]) {
      await s3.put(Bucket, key, `body of ${key}`);
      const encoded = key.split("/").map(encodeURIComponent).join("/");
      const whole = encodeURIComponent(`${Bucket}/${key}`);
      for (const CopySource of [`${Bucket}/${encoded}`, `/${Bucket}/${encoded}`, whole]) {
        await copy("target", { CopySource });
        expect(await s3.read(Bucket, "target")).to.equal(`body of ${key}`);
      }
    }
  });

  it("rejects a missing or malformed source", async () => {
    const from = (CopySource: string) => copy("no", { CopySource });
    await expectRejections("404 NoSuchKey", from(`${Bucket}/nothing`));
    await expectRejections("404 NoSuchBucket", from("nowhere/from"), copy("no", { Bucket: "nowhere" }));
    await expectRejections("404 NoSuchVersion", from(`${Bucket}/from?versionId=v`));
    const directive = copy("no", { MetadataDirective: "OTHER" as never });
    await expectRejections("400 InvalidArgument", from("nothing"), from(`${Bucket}/%ZZ`), directive);
  });
});
