import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { CompletedPart, CreateMultipartUploadCommandInput, ObjectAttributes } from "@aws-sdk/client-s3";
import { UploadPartCopyCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { refusalOf, S3Rig } from "./support";

const Bucket = "multipart";
const mebibyte = 1024 ** 2;
const first = Buffer.alloc(5 * mebibyte, "0123456789abc");
const second = Buffer.from("the end");
const md5 = (...bytes: Buffer[]): Buffer => createHash("md5").update(Buffer.concat(bytes)).digest();

describe("S3 server: multipart uploads", () => {
  let rig: S3Rig;
  beforeEach(async () => {
    rig = await S3Rig.start(Bucket);
  });
  afterEach(() => rig.stop());

  const begin = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
    (await rig.client.createMultipartUpload({ Bucket, Key, ...input })).UploadId!;
  const part = async (
    Key: string,
    UploadId: string,
    PartNumber: number,
    Body: Buffer,
  ): Promise<CompletedPart> => {
    const sent = await rig.client.uploadPart({ Bucket, Key, UploadId, PartNumber, Body });
    return { PartNumber, ETag: sent.ETag };
  };
  const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more = {}) =>
    rig.client.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more });

  it("joins parts in the order of their numbers", async () => {
    const UploadId = await begin("k", { ContentType: "a/b", Metadata: { m: "1" }, Tagging: "t=1" });
    const last = await part("k", UploadId, 7, second);
    const parts = [await part("k", UploadId, 2, first), last];
    expect(await refusalOf(rig.textOf(Bucket, "k"))).to.equal("404 NoSuchKey");
    const { ETag } = await complete("k", UploadId, parts);
    expect(ETag).to.equal(`"${md5(md5(first), md5(second)).toString("hex")}-2"`);
    const got = await rig.client.getObject({ Bucket, Key: "k" });
    expect(got).to.deep.include({ ContentType: "a/b", Metadata: { m: "1" }, TagCount: 1, ETag });
    const body = Buffer.from(await got.Body!.transformToByteArray());
    expect(body.equals(Buffer.concat([first, second]))).to.equal(true);
    await rig.client.deleteObject({ Bucket, Key: "k" });
    await rig.filesBecome(0);
  });

  it("repeats the answer of CompleteMultipartUpload for a client that lost it", async () => {
    const UploadId = await begin("k");
    const parts = [await part("k", UploadId, 1, first), await part("k", UploadId, 2, second)];
    const answer = await complete("k", UploadId, parts);
    expect((await complete("k", UploadId, parts)).ETag).to.equal(answer.ETag);
    expect(await refusalOf(complete("k", UploadId, [parts[0]!]))).to.equal("404 NoSuchUpload");
  });

  it("reads ranges across parts and single parts", async () => {
    const UploadId = await begin("k");
    await complete("k", UploadId, [
      await part("k", UploadId, 1, first),
      await part("k", UploadId, 2, second),
    ]);
    const Range = `bytes=${first.length - 3}-${first.length + 2}`;
    const across = await rig.client.getObject({ Bucket, Key: "k", Range });
    expect(await across.Body!.transformToString()).to.equal(`${first.subarray(-3).toString()}the`);
    const one = await rig.client.getObject({ Bucket, Key: "k", PartNumber: 2 });
    expect([one.PartsCount, await one.Body!.transformToString()]).to.deep.equal([2, "the end"]);
    const none = rig.client.getObject({ Bucket, Key: "k", PartNumber: 3 });
    expect(await refusalOf(none)).to.equal("416 InvalidPartNumber");
  });

  it("returns object attributes, with parts page by page", async () => {
    const UploadId = await begin("k");
    const parts = [await part("k", UploadId, 1, first), await part("k", UploadId, 2, second)];
    await complete("k", UploadId, parts);
    const { ChecksumCRC32 } = await rig.put(Bucket, "whole", "0123456789");
    const attributes = (Key: string, ObjectAttributes: ObjectAttributes[], more = {}) =>
      rig.client.getObjectAttributes({ Bucket, Key, ObjectAttributes, ...more });

    const whole = await attributes("whole", [
      "ETag",
      "Checksum",
      "ObjectParts",
      "StorageClass",
      "ObjectSize",
    ]);
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
    const strange = attributes("k", ["ETag", "Colour" as ObjectAttributes]);
    expect(await refusalOf(strange)).to.equal("400 InvalidArgument");
    expect(await refusalOf(attributes("nothing", ["ETag"]))).to.equal("404 NoSuchKey");
  });

  it("accepts streams of @aws-sdk/lib-storage with checksums", async () => {
    const Body = () => Readable.from([first, first, second]);
    await new Upload({ client: rig.client, params: { Bucket, Key: "composite", Body: Body() } }).done();
    const ChecksumMode = "ENABLED";
    const composite = await rig.client.headObject({ Bucket, Key: "composite", ChecksumMode });
    expect(composite.ChecksumType).to.equal("COMPOSITE");
    expect(composite.ChecksumCRC32).to.match(/^.{6}==-3$/);
    const UploadId = await begin("full", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const parts = [
      await part("full", UploadId, 1, first),
      await part("full", UploadId, 2, first),
      await part("full", UploadId, 3, second),
    ];
    expect(await refusalOf(complete("full", UploadId, parts, { ChecksumCRC32: "AAAAAA==" }))).to.equal(
      "400 BadDigest",
    );
    const { ChecksumCRC32 } = await complete("full", UploadId, parts);
    const whole = Buffer.concat([first, first, second]);
    expect((await rig.put(Bucket, "whole", whole)).ChecksumCRC32).to.equal(ChecksumCRC32);
    // The client holds the bytes against the checksum itself.
    const got = await rig.client.getObject({ Bucket, Key: "full", ChecksumMode });
    expect((await got.Body!.transformToByteArray()).length).to.equal(whole.length);
  });

  it("rejects invalid lists of parts and keeps the upload", async () => {
    const UploadId = await begin("k");
    const [one, two, three] = [
      await part("k", UploadId, 1, first),
      await part("k", UploadId, 2, second),
      await part("k", UploadId, 3, second),
    ];
    expect(await refusalOf(complete("k", UploadId, [one, two, three]))).to.equal("400 EntityTooSmall");
    expect(await refusalOf(complete("k", UploadId, [two, one]))).to.equal("400 InvalidPartOrder");
    expect(await refusalOf(complete("k", UploadId, [one, one]))).to.equal("400 InvalidPartOrder");
    expect(await refusalOf(complete("k", UploadId, [{ ...one, ETag: two.ETag }]))).to.equal(
      "400 InvalidPart",
    );
    expect(await refusalOf(complete("k", UploadId, [{ ...one, PartNumber: 9 }]))).to.equal("400 InvalidPart");
    expect(await refusalOf(complete("k", UploadId, []))).to.equal("400 MalformedXML");
    expect(await refusalOf(complete("other", UploadId, [one]))).to.equal("404 NoSuchUpload");
    expect(await refusalOf(complete("k", UploadId, [one], { MpuObjectSize: 1 }))).to.equal(
      "400 InvalidRequest",
    );
    expect(await refusalOf(part("k", UploadId, 10_001, second))).to.equal("400 InvalidArgument");
    expect(await refusalOf(part("k", "unknown", 1, second))).to.equal("404 NoSuchUpload");
    await complete("k", UploadId, [one, three]);
    await rig.filesBecome(2);
  });

  it("replaces a part that is sent again, and deletes all on abort", async () => {
    const UploadId = await begin("k");
    await part("k", UploadId, 1, Buffer.from("wrong"));
    await part("k", UploadId, 1, second);
    await rig.filesBecome(1);
    const abort = () => rig.client.abortMultipartUpload({ Bucket, Key: "k", UploadId });
    await abort();
    await rig.filesBecome(0);
    expect(await refusalOf(abort())).to.equal("404 NoSuchUpload");
  });

  it("copies whole objects and ranges as parts without new files", async () => {
    await rig.put(Bucket, "from", Buffer.concat([first, second]));
    const UploadId = await begin("k", { ChecksumAlgorithm: "SHA256" });
    const copy = async (PartNumber: number, CopySourceRange?: string): Promise<CompletedPart> => {
      const CopySource = `${Bucket}/from`;
      const command = new UploadPartCopyCommand({
        Bucket,
        Key: "k",
        UploadId,
        PartNumber,
        CopySource,
        CopySourceRange,
      });
      const { CopyPartResult } = await rig.client.send(command);
      expect(CopyPartResult!.ChecksumSHA256).to.have.length(44);
      return { PartNumber, ETag: CopyPartResult!.ETag };
    };
    const parts = [await copy(1), await copy(2, `bytes=${first.length + 4}-${first.length + 6}`)];
    expect(parts[1]!.ETag).to.equal(`"${md5(Buffer.from("end")).toString("hex")}"`);
    expect(await refusalOf(copy(3, "bytes=0-"))).to.equal("400 InvalidArgument");
    expect(await refusalOf(copy(3, `bytes=0-${first.length + 7}`))).to.equal("400 InvalidArgument");
    await complete("k", UploadId, parts);
    await rig.filesBecome(1);
    expect(await rig.textOf(Bucket, "k")).to.equal(`${first.toString()}the endend`);
  });

  it("lists parts and uploads page by page", async () => {
    const UploadId = await begin("b");
    for (const number of [10, 2, 1]) await part("b", UploadId, number, second);
    const numbers: number[] = [];
    let PartNumberMarker: string | undefined;
    do {
      const page = await rig.client.listParts({ Bucket, Key: "b", UploadId, PartNumberMarker, MaxParts: 2 });
      numbers.push(...page.Parts!.map(({ PartNumber }) => PartNumber!));
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    expect(numbers).to.deep.equal([1, 2, 10]);

    const ids = [
      await begin("a"),
      await begin("b"),
      await begin("c/1"),
      await begin("c/2"),
      await begin("d e"),
    ];
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
    rig.client.listMultipartUploads({ Bucket, Delimiter: "/", MaxUploads: 1, ...markers });
});
