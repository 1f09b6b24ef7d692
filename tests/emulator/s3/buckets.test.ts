import type { ListBucketsCommandInput, ServerSideEncryptionByDefault } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { expectRejections, S3Service } from "./support";

const Bucket = "settings";

describe("S3 server: buckets", () => {
  let s3: S3Service;
  before(async () => (s3 = await S3Service.start(Bucket)));
  after(() => s3.stop());

  const create = (name: string, LocationConstraint?: "eu-west-1") => {
    const CreateBucketConfiguration = LocationConstraint && { LocationConstraint };
    return s3.client.createBucket({ Bucket: name, CreateBucketConfiguration });
  };

  it("creates, finds, lists and deletes buckets", async () => {
    await create("made-b");
    await create("made-a", "eu-west-1");
    for (const [name, region] of [
      ["made-a", "eu-west-1"],
      ["made-b", "us-east-1"],
    ] as const) {
      expect((await s3.client.headBucket({ Bucket: name })).BucketRegion).to.equal(region);
      const { LocationConstraint } = await s3.client.getBucketLocation({ Bucket: name });
      expect(LocationConstraint ?? "us-east-1").to.equal(region);
    }
    const list = async (page: ListBucketsCommandInput) => {
      const { Buckets, ContinuationToken } = await s3.client.listBuckets(page);
      return { names: Buckets!.map(({ Name }) => Name), ContinuationToken };
    };
    expect((await list({})).names).to.deep.equal(["made-a", "made-b", Bucket]);
    const { names, ContinuationToken } = await list({ Prefix: "made-", MaxBuckets: 1 });
    expect(names).to.deep.equal(["made-a"]);
    const last = await list({ Prefix: "made-", MaxBuckets: 1, ContinuationToken });
    expect(last).to.deep.equal({ names: ["made-b"], ContinuationToken: undefined });
    for (const name of ["made-a", "made-b"]) await s3.client.deleteBucket({ Bucket: name });
    await expectRejections("404 NotFound", s3.client.headBucket({ Bucket: "made-a" }));
    await expectRejections("404 NoSuchBucket", s3.put("made-a", "k"));
    await expectRejections("400 InvalidArgument", create("no-header", "€" as never));
  });

  it("creates a bucket twice in us-east-1 only, and keeps its objects", async () => {
    await create("twice");
    await s3.put("twice", "k", "v");
    await create("twice");
    expect(await s3.read("twice", "k")).to.equal("v");
    await expectRejections("409 BucketAlreadyOwnedByYou", create("twice", "eu-west-1"));
  });

  it("accepts only bucket names whose labels are valid in host names", async () => {
    const malformed = ["ab", "a".repeat(64), "Upper", "under_score", "xn--a", "192.168.0.1"];
    const labels = ["-a-", ".foo", "foo-", "a..b", "foo.-bar", "foo-.bar"];
    for (const name of [...malformed, ...labels]) {
      expect((await s3.send("PUT", `/${name}`)).outcome, name).to.equal("400 InvalidBucketName");
    }
    for (const name of ["abc", "a.b-c", "f-o.b-r", "123", "a.b.c", "1".repeat(63)]) {
      expect((await s3.send("PUT", `/${name}`)).outcome, name).to.equal("200");
    }
  });

  it("deletes only empty buckets, together with their unfinished uploads", async () => {
    await create("full");
    await s3.put("full", "k");
    const remove = () => s3.client.deleteBucket({ Bucket: "full" });
    await expectRejections("409 BucketNotEmpty", remove());
    await s3.client.deleteObject({ Bucket: "full", Key: "k" });
    await s3.client.createMultipartUpload({ Bucket: "full", Key: "k" });
    await remove();
    await expectRejections("404 NoSuchBucket", remove());
  });

  it("stores a bucket's tags and policy", async () => {
    const tags = () => s3.client.getBucketTagging({ Bucket });
    await expectRejections("404 NoSuchTagSet", tags());
    const TagSet = [{ Key: "team", Value: "data" }];
    await s3.client.putBucketTagging({ Bucket, Tagging: { TagSet } });
    expect((await tags()).TagSet).to.deep.equal(TagSet);
    await s3.client.deleteBucketTagging({ Bucket });
    await expectRejections("404 NoSuchTagSet", tags());

    const policy = () => s3.client.getBucketPolicy({ Bucket });
    const putPolicy = (Policy: string) => s3.client.putBucketPolicy({ Bucket, Policy });
    await expectRejections("404 NoSuchBucketPolicy", policy());
    await putPolicy('{"Statement": []}');
    expect((await policy()).Policy).to.equal('{"Statement": []}');
    await expectRejections("400 MalformedPolicy", ...["{", "[]", "1", "no policy"].map(putPolicy));
    await s3.client.deleteBucketPolicy({ Bucket });
    await expectRejections("404 NoSuchBucketPolicy", policy());
  });

  it("applies the bucket's default encryption to new objects", async () => {
    const rules = async () =>
      (await s3.client.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration!.Rules!;
    const put = (ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault) => {
      const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }];
      return s3.client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
    };
    const initial = [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
    ];
    expect(await rules()).to.deep.equal(initial);
    const kms = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "key" } as const;
    await put(kms);
    expect(await rules()).to.deep.equal([
      { ApplyServerSideEncryptionByDefault: kms, BucketKeyEnabled: true },
    ]);
    await s3.put(Bucket, "k");
    const head = await s3.client.headObject({ Bucket, Key: "k" });
    expect(head).to.include({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key", BucketKeyEnabled: true });
    const invalid = [{ SSEAlgorithm: "AES256" }, { KMSMasterKeyID: "a\nb" }] as const;
    await expectRejections("400 InvalidArgument", ...invalid.map((given) => put({ ...kms, ...given })));
    await s3.client.deleteBucketEncryption({ Bucket });
    expect(await rules()).to.deep.equal(initial);
  });

  it("blocks public access by default", async () => {
    const block = async () =>
      (await s3.client.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration;
    const all = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    expect(await block()).to.deep.equal(all);
    const PublicAccessBlockConfiguration = { ...all, BlockPublicPolicy: false };
    await s3.client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
    expect(await block()).to.deep.equal(PublicAccessBlockConfiguration);
    await s3.client.deletePublicAccessBlock({ Bucket });
    await expectRejections("404 NoSuchPublicAccessBlockConfiguration", block());
  });

  it("returns S3's responses for unset settings, and names operations that it does not implement", async () => {
    expect((await s3.client.getBucketVersioning({ Bucket })).Status).to.equal(undefined);
    expect((await s3.client.getBucketAcl({ Bucket })).Grants).to.have.length(1);
    const VersioningConfiguration = { Status: "Enabled" } as const;
    const put = s3.client.putBucketVersioning({ Bucket, VersioningConfiguration });
    await expectRejections("501 NotImplemented", put);
    for (const [method, path, outcome] of [
      ["GET", `/${Bucket}?cors`, "404 NoSuchCORSConfiguration"],
      ["GET", `/${Bucket}?website`, "404 NoSuchWebsiteConfiguration"],
      ["GET", "/nowhere?acl", "404 NoSuchBucket"],
      ["GET", `/${Bucket}/k?torrent`, "501 NotImplemented"],
      ["POST", `/${Bucket}/k`, "405 MethodNotAllowed"],
      ["PATCH", `/${Bucket}`, "405 MethodNotAllowed"],
      ["PUT", "/", "405 MethodNotAllowed"],
      ["GET", `/${Bucket}/%ZZ`, "400 InvalidURI"],
    ] as const) {
      expect((await s3.send(method, path)).outcome, `${method} ${path}`).to.equal(outcome);
    }
    const { body } = await s3.send("GET", `/${Bucket}?inventory`);
    expect(body).to.include("the operation GET bucket?inventory");
  });

  it("reads the bucket from the host name", async () => {
    await s3.put(Bucket, "a/b", "v");
    for (const [host, path] of [
      [`${Bucket}.localhost:80`, "/a/b"],
      [`${Bucket}.s3.localhost`, "/a/b"],
      ["localhost:80", `/${Bucket}/a/b`],
    ] as const) {
      expect((await s3.send("GET", path, { headers: { host } })).body, host).to.equal("v");
    }
  });
});
