import { expect } from "chai";
import { refusalOf, S3Rig } from "./support";

const Bucket = "settings";

describe("S3 server: buckets", () => {
  let rig: S3Rig;
  before(async () => {
    rig = await S3Rig.start(Bucket);
  });
  after(() => rig.stop());

  const create = (name: string, LocationConstraint?: "eu-west-1") =>
    rig.client.createBucket({
      Bucket: name,
      CreateBucketConfiguration: LocationConstraint && { LocationConstraint },
    });

  it("creates, finds, lists and deletes buckets", async () => {
    await create("made-b");
    await create("made-a", "eu-west-1");
    expect((await rig.client.headBucket({ Bucket: "made-a" })).BucketRegion).to.equal("eu-west-1");
    expect((await rig.client.headBucket({ Bucket: "made-b" })).BucketRegion).to.equal("us-east-1");
    const locationOf = async (name: string) =>
      (await rig.client.getBucketLocation({ Bucket: name })).LocationConstraint;
    expect([await locationOf("made-a"), await locationOf("made-b")]).to.deep.equal(["eu-west-1", undefined]);
    const all = await rig.client.listBuckets({});
    expect(all.Buckets!.map(({ Name }) => Name)).to.deep.equal(["made-a", "made-b", Bucket]);
    const one = await rig.client.listBuckets({ Prefix: "made-", MaxBuckets: 1 });
    expect(one.Buckets!.map(({ Name }) => Name)).to.deep.equal(["made-a"]);
    const { ContinuationToken } = one;
    const two = await rig.client.listBuckets({ Prefix: "made-", MaxBuckets: 1, ContinuationToken });
    expect(two.Buckets!.map(({ Name }) => Name)).to.deep.equal(["made-b"]);
    expect(two.ContinuationToken).to.equal(undefined);
    for (const name of ["made-a", "made-b"]) await rig.client.deleteBucket({ Bucket: name });
    expect(await refusalOf(rig.client.headBucket({ Bucket: "made-a" }))).to.equal("404 NotFound");
    expect(await refusalOf(rig.put("made-a", "k"))).to.equal("404 NoSuchBucket");
  });

  it("creates a bucket twice in us-east-1 only, and keeps its objects", async () => {
    await create("twice");
    await rig.put("twice", "k", "v");
    await create("twice");
    expect(await rig.textOf("twice", "k")).to.equal("v");
    expect(await refusalOf(create("twice", "eu-west-1"))).to.equal("409 BucketAlreadyOwnedByYou");
  });

  it("rejects names that S3 does not allow", async () => {
    for (const name of ["ab", "a".repeat(64), "Upper", "under_score", "-a-", "a..b", "192.168.0.1"]) {
      const refused = await rig.send("PUT", `/${name}`);
      expect([refused.status, refused.code], name).to.deep.equal([400, "InvalidBucketName"]);
    }
    for (const name of ["abc", "a.b-c", "1".repeat(63)])
      expect((await rig.send("PUT", `/${name}`)).status).to.equal(200);
  });

  it("deletes empty buckets only, and their unfinished uploads with them", async () => {
    await create("full");
    await rig.put("full", "k");
    const remove = () => rig.client.deleteBucket({ Bucket: "full" });
    expect(await refusalOf(remove())).to.equal("409 BucketNotEmpty");
    await rig.client.deleteObject({ Bucket: "full", Key: "k" });
    await rig.client.createMultipartUpload({ Bucket: "full", Key: "k" });
    await remove();
    expect(await refusalOf(remove())).to.equal("404 NoSuchBucket");
  });

  it("stores a bucket's tags and policy", async () => {
    const tags = () => rig.client.getBucketTagging({ Bucket });
    expect(await refusalOf(tags())).to.equal("404 NoSuchTagSet");
    const TagSet = [{ Key: "team", Value: "data" }];
    await rig.client.putBucketTagging({ Bucket, Tagging: { TagSet } });
    expect((await tags()).TagSet).to.deep.equal(TagSet);
    await rig.client.deleteBucketTagging({ Bucket });
    expect(await refusalOf(tags())).to.equal("404 NoSuchTagSet");

    const policy = () => rig.client.getBucketPolicy({ Bucket });
    const putPolicy = (Policy: string) => rig.client.putBucketPolicy({ Bucket, Policy });
    expect(await refusalOf(policy())).to.equal("404 NoSuchBucketPolicy");
    await putPolicy('{"Statement": []}');
    expect((await policy()).Policy).to.equal('{"Statement": []}');
    for (const text of ["{", "[]", "1", "no policy"])
      expect(await refusalOf(putPolicy(text)), text).to.equal("400 MalformedPolicy");
    await rig.client.deleteBucketPolicy({ Bucket });
    expect(await refusalOf(policy())).to.equal("404 NoSuchBucketPolicy");
  });

  it("encrypts objects as the bucket says unless the request says otherwise", async () => {
    const rules = async () =>
      (await rig.client.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration!.Rules;
    const put = (rule: { SSEAlgorithm: "AES256" | "aws:kms"; KMSMasterKeyID?: string }) =>
      rig.client.putBucketEncryption({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: rule, BucketKeyEnabled: true }],
        },
      });
    const byDefault = { SSEAlgorithm: "AES256" };
    expect(await rules()).to.deep.equal([
      { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: false },
    ]);
    const kms = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "key" } as const;
    await put(kms);
    expect(await rules()).to.deep.equal([
      { ApplyServerSideEncryptionByDefault: kms, BucketKeyEnabled: true },
    ]);
    await rig.put(Bucket, "k");
    expect(await rig.client.headObject({ Bucket, Key: "k" })).to.include({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "key",
      BucketKeyEnabled: true,
    });
    expect(await refusalOf(put({ SSEAlgorithm: "AES256", KMSMasterKeyID: "key" }))).to.equal(
      "400 InvalidArgument",
    );
    await rig.client.deleteBucketEncryption({ Bucket });
    expect((await rules())![0]!.ApplyServerSideEncryptionByDefault).to.deep.equal(byDefault);
  });

  it("blocks public access by default", async () => {
    const block = () => rig.client.getPublicAccessBlock({ Bucket });
    const all = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    expect((await block()).PublicAccessBlockConfiguration).to.deep.equal(all);
    const PublicAccessBlockConfiguration = { ...all, BlockPublicPolicy: false };
    await rig.client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });
    expect((await block()).PublicAccessBlockConfiguration).to.deep.equal(PublicAccessBlockConfiguration);
    await rig.client.deletePublicAccessBlock({ Bucket });
    expect(await refusalOf(block())).to.equal("404 NoSuchPublicAccessBlockConfiguration");
  });

  it("answers for unset settings and names operations that are not implemented", async () => {
    const versioning = await rig.client.getBucketVersioning({ Bucket });
    expect(versioning.Status).to.equal(undefined);
    expect((await rig.client.getBucketAcl({ Bucket })).Grants).to.have.length(1);
    expect(await refusalOf(rig.client.getBucketCors({ Bucket }))).to.equal("404 NoSuchCORSConfiguration");
    expect(await refusalOf(rig.client.getBucketWebsite({ Bucket }))).to.equal(
      "404 NoSuchWebsiteConfiguration",
    );
    const VersioningConfiguration = { Status: "Enabled" } as const;
    const put = rig.client.putBucketVersioning({ Bucket, VersioningConfiguration });
    expect(await refusalOf(put)).to.equal("501 NotImplemented");
    expect((await rig.send("GET", "/nowhere?acl")).code).to.equal("NoSuchBucket");
    expect((await rig.send("GET", `/${Bucket}?inventory`)).text).to.include(
      "the operation GET bucket?inventory",
    );
    expect((await rig.send("GET", `/${Bucket}/k?torrent`)).code).to.equal("NotImplemented");
    for (const [method, path] of [
      ["POST", `/${Bucket}/k`],
      ["PATCH", `/${Bucket}`],
      ["PUT", "/"],
    ] as const) {
      const refused = await rig.send(method, path);
      expect([refused.status, refused.code]).to.deep.equal([405, "MethodNotAllowed"]);
    }
    expect((await rig.send("GET", `/${Bucket}/%ZZ`)).code).to.equal("InvalidURI");
  });

  it("reads the bucket from the host name", async () => {
    await rig.put(Bucket, "a/b", "v");
    for (const host of [`${Bucket}.localhost:80`, `${Bucket}.s3.localhost`]) {
      expect((await rig.send("GET", "/a/b", { headers: { host } })).text).to.equal("v");
    }
    expect((await rig.send("GET", `/${Bucket}/a/b`, { headers: { host: "localhost:80" } })).text).to.equal(
      "v",
    );
  });
});
