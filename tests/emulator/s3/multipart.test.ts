import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { CompletedPart, CreateMultipartUploadCommandInput, ObjectAttributes } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { expectRejections, S3Service } from "./support";

const Bucket = "multipart";
const mebibyte = 1024 ** 2;
const first = Buffer.alloc(5 * mebibyte, "0123456789abc");
const second = Buffer.from("the end");
const md5 = (...bytes: Buffer[]): Buffer => createHash("md5").update(Buffer.concat(bytes)).digest();

describe("S3 server: multipart uploads", () => {
  let s3: S3Service;
  beforeEach(async () => (s3 = await S3Service.start(Bucket)));
  afterEach(() => s3.stop());

  const begin = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
    (await s3.client.createMultipartUpload({ Bucket, Key, ...input })).UploadId!;
  const part = async (Key: string, UploadId: string, PartNumber: number, Body: Buffer) => {
    const { ETag } = await s3.client.uploadPart({ Bucket, Key, UploadId, PartNumber, Body });
    return { PartNumber, ETag };
  };
  const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more = {}) =>
    s3.client.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more });

  /** Uploads an object of two parts. */
  const uploadBoth = async (Key: string) => {
    const UploadId = await begin(Key);
    const parts = [await part(Key, UploadId, 1, first), await part(Key, UploadId, 2, second)];
    const { ETag } = await complete(Key, UploadId, parts);
    return { UploadId, parts, ETag };
  };

  it("joins parts in the order of their numbers", async () => {
    const described = { ContentType: "a/b", Metadata: { m: "1" }, WebsiteRedirectLocation: "/a" };
    const UploadId = await begin("k", { ...described, Tagging: "t=1" });
    const last = await part("k", UploadId, 7, second);
    const parts = [await part("k", UploadId, 2, first), last];
    await expectRejections("404 NoSuchKey", s3.read(Bucket, "k"));
    const { ETag } = await complete("k", UploadId, parts);
    expect(ETag).to.equal(`"${md5(md5(first), md5(second)).toString("hex")}-2"`);
    const got = await s3.client.getObject({ Bucket, Key: "k" });
    expect(got).to.deep.include({ ...described, TagCount: 1, ETag });
    const body = Buffer.from(await got.Body!.transformToByteArray());
    expect(body.equals(Buffer.concat([first, second]))).to.equal(true);
    await s3.client.deleteObject({ Bucket, Key: "k" });
    await s3.waitForFiles(0);
  });

  it("repeats the response of CompleteMultipartUpload to a repeated request", async () => {
    const { UploadId, parts, ETag } = await uploadBoth("k");
    expect((await complete("k", UploadId, parts)).ETag).to.equal(ETag);
    await expectRejections("404 NoSuchUpload", complete("k", UploadId, [parts[0]!]));
  });

  it("reads ranges across parts and single parts", async () => {
    await uploadBoth("k");
    const Range = `bytes=${first.length - 3}-${first.length + 2}`;
    const across = await s3.client.getObject({ Bucket, Key: "k", Range });
    expect(await across.Body!.transformToString()).to.equal(`${first.subarray(-3).toString()}the`);
    const one = await s3.client.getObject({ Bucket, Key: "k", PartNumber: 2 });
    expect([one.PartsCount, await one.Body!.transformToString()]).to.deep.equal([2, "the end"]);
    const none = s3.client.getObject({ Bucket, Key: "k", PartNumber: 3 });
    await expectRejections("416 InvalidPartNumber", none);
  });

  it("returns object attributes, with parts page by page", async () => {
    await uploadBoth("k");
    const { ChecksumCRC32 } = await s3.put(Bucket, "whole", "0123456789");
    const attributes = (Key: string, ObjectAttributes: ObjectAttributes[], more = {}) =>
      s3.client.getObjectAttributes({ Bucket, Key, ObjectAttributes, ...more });

    const all = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;
    const whole = await attributes("whole", [...all]);
    expect(whole).to.deep.include({
      ETag: md5(Buffer.from("0123456789")).toString("hex"),
      Checksum: { ChecksumCRC32, ChecksumType: "FULL_OBJECT" },
      StorageClass: "STANDARD",
      ObjectSize: 10,
    });
    expect(whole.LastModified).to.be.instanceOf(Date);
    expect(whole.ObjectParts).to.equal(undefined);
    expect((await attributes("whole", ["ObjectSize"])).ETag).to.equal(undefined);

    const { ObjectParts: one } = await attributes("k", ["ObjectParts"], { MaxParts: 1 });
    expect(one).to.deep.include({ TotalPartsCount: 2, IsTruncated: true, NextPartNumberMarker: "1" });
    expect(one!.Parts).to.deep.equal([{ PartNumber: 1, Size: first.length }]);
    const { ObjectParts: rest } = await attributes("k", ["ObjectParts"], { PartNumberMarker: "1" });
    expect(rest).to.deep.include({ IsTruncated: false, Parts: [{ PartNumber: 2, Size: second.length }] });
    const unknown = attributes("k", ["ETag", "Colour" as ObjectAttributes]);
    await expectRejections("400 InvalidArgument", unknown);
    await expectRejections("404 NoSuchKey", attributes("nothing", ["ETag"]));
  });

  it("accepts streams of @aws-sdk/lib-storage with checksums", async () => {
    const Body = () => Readable.from([first, first, second]);
    await new Upload({ client: s3.client, params: { Bucket, Key: "composite", Body: Body() } }).done();
    const ChecksumMode = "ENABLED";
    const composite = await s3.client.headObject({ Bucket, Key: "composite", ChecksumMode });
    expect(composite.ChecksumType).to.equal("COMPOSITE");
    expect(composite.ChecksumCRC32).to.match(/^.{6}==-3$/);
    const UploadId = await begin("full", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const parts = [await part("full", UploadId, 1, first), await part("full", UploadId, 2, first)];
    parts.push(await part("full", UploadId, 3, second));
    await expectRejections("400 BadDigest", complete("full", UploadId, parts, { ChecksumCRC32: "AAAAAA==" }));
    const { ChecksumCRC32 } = await complete("full", UploadId, parts);
    const whole = Buffer.concat([first, first, second]);
    expect((await s3.put(Bucket, "whole", whole)).ChecksumCRC32).to.equal(ChecksumCRC32);
    // The client verifies the checksum.
    const got = await s3.client.getObject({ Bucket, Key: "full", ChecksumMode });
    expect((await got.Body!.transformToByteArray()).length).to.equal(whole.length);
  });

  it("rejects invalid lists of parts and keeps the upload", async () => {
    const UploadId = await begin("k");
    const one = await part("k", UploadId, 1, first);
    const [two, three] = [await part("k", UploadId, 2, second), await part("k", UploadId, 3, second)];
    for (const [outcome, parts, key = "k", more = {}] of [
      ["400 EntityTooSmall", [one, two, three]],
      ["400 InvalidPartOrder", [two, one]],
      ["400 InvalidPartOrder", [one, one]],
      ["400 InvalidPart", [{ ...one, ETag: two.ETag }]],
      ["400 InvalidPart", [{ ...one, PartNumber: 9 }]],
      ["400 MalformedXML", []],
      ["404 NoSuchUpload", [one], "other"],
      ["400 InvalidRequest", [one], "k", { MpuObjectSize: 1 }],
    ] as [string, CompletedPart[], string?, object?][]) {
      await expectRejections(outcome, complete(key, UploadId, parts, more));
    }
    await expectRejections("400 InvalidArgument", part("k", UploadId, 10_001, second));
    await expectRejections("404 NoSuchUpload", part("k", "unknown", 1, second));
    await complete("k", UploadId, [one, three]);
    await s3.waitForFiles(2);
  });

  it("replaces a part that is uploaded again, and deletes all parts on abort", async () => {
    const UploadId = await begin("k");
    await part("k", UploadId, 1, Buffer.from("wrong"));
    await part("k", UploadId, 1, second);
    await s3.waitForFiles(1);
    const abort = () => s3.client.abortMultipartUpload({ Bucket, Key: "k", UploadId });
    await abort();
    await s3.waitForFiles(0);
    await expectRejections("404 NoSuchUpload", abort());
  });

  it("copies whole objects and ranges as parts without new files", async () => {
    await s3.put(Bucket, "from", Buffer.concat([first, second]));
    const UploadId = await begin("k", { ChecksumAlgorithm: "SHA256" });
    const source = { CopySource: `${Bucket}/from`, Bucket, Key: "k", UploadId };
    const copy = async (PartNumber: number, CopySourceRange?: string): Promise<CompletedPart> => {
      const { CopyPartResult } = await s3.client.uploadPartCopy({ ...source, PartNumber, CopySourceRange });
      expect(CopyPartResult!.ChecksumSHA256).to.have.length(44);
      return { PartNumber, ETag: CopyPartResult!.ETag };
    };
    const parts = [await copy(1), await copy(2, `bytes=${first.length + 4}-${first.length + 6}`)];
    expect(parts[1]!.ETag).to.equal(`"${md5(Buffer.from("end")).toString("hex")}"`);
    await expectRejections("400 InvalidArgument", copy(3, "bytes=0-"));
    await expectRejections("400 InvalidArgument", copy(3, `bytes=0-${first.length + 7}`));
    await complete("k", UploadId, parts);
    await s3.waitForFiles(1);
    expect(await s3.read(Bucket, "k")).to.equal(`${first.toString()}the endend`);
  });

  it("lists parts and uploads page by page", async () => {
    const UploadId = await begin("b");
    for (const number of [10, 2, 1]) await part("b", UploadId, number, second);
    const numbers: number[] = [];
    let PartNumberMarker: string | undefined;
    do {
      const page = await s3.client.listParts({ Bucket, Key: "b", UploadId, PartNumberMarker, MaxParts: 2 });
      numbers.push(...page.Parts!.map(({ PartNumber }) => PartNumber!));
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    expect(numbers).to.deep.equal([1, 2, 10]);

    const ids: string[] = [];
    for (const key of ["a", "b", "c/1", "c/2", "d e"]) ids.push(await begin(key));
    const uploads: string[] = [];
    const prefixes: string[] = [];
    let markers: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (markers) {
      const page: Awaited<ReturnType<typeof listed>> = await listed(markers);
      uploads.push(...(page.Uploads ?? []).map((upload) => `${upload.Key} ${upload.UploadId}`));
      prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      markers = page.IsTruncated ? { KeyMarker, UploadIdMarker: UploadIdMarker || undefined } : undefined;
    }
    expect(prefixes).to.deep.equal(["c/"]);
    const ofB = [`b ${UploadId}`, `b ${ids[1]}`].sort();
    expect(uploads).to.deep.equal([`a ${ids[0]}`, ...ofB, `d e ${ids[4]}`]);
  });

  const listed = (markers: { KeyMarker?: string; UploadIdMarker?: string }) =>
    s3.client.listMultipartUploads({ Bucket, Delimiter: "/", MaxUploads: 1, ...markers });
});
