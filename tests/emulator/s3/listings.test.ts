import {
  paginateListObjectsV2,
  type ListObjectsV2CommandOutput,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { listPage } from "../../../emulator/s3/paging";
import { SortedMap, compareKeys } from "../../../emulator/s3/sorted-map";
import { expectRejections, S3Service } from "./support";

const Bucket = "listed";

const bytewise = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Few characters, so that keys share prefixes and delimiters. UTF-16 and UTF-8 sort the last two differently. */
const letters = fc.constantFrom("a", "b", "/", " ", "+", "\uff5e", "😀");
const keys = fc.uniqueArray(fc.string({ unit: letters, minLength: 1, maxLength: 6 }), { maxLength: 40 });
const short = fc.string({ unit: letters, maxLength: 2 });

/** The keys and common prefixes that S3 documents for a listing. */
function model(all: readonly string[], prefix: string, delimiter: string): string[] {
  const rolled = all
    .filter((key) => key.startsWith(prefix))
    .sort(bytewise)
    .map((key) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at === -1 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`;
    });
  return [...new Set(rolled)];
}

describe("S3 server: listings", () => {
  let s3: S3Service;
  beforeEach(async () => (s3 = await S3Service.start(Bucket)));
  afterEach(() => s3.stop());

  it("lists every key or common prefix once, in S3's order, for any page size", () => {
    fc.assert(
      fc.property(keys, short, short, fc.integer({ min: 1, max: 5 }), (drawn, prefix, delimiter, max) => {
        const map = new SortedMap<string>();
        for (const key of drawn) map.set(key, key);
        const seen: string[] = [];
        let after: string | undefined = "";
        while (after !== undefined) {
          const page: ReturnType<typeof listPage<string>> = listPage(map, { prefix, delimiter, after, max });
          const names = [
            ...page.items.map((key) => ({ key, name: `key ${key}` })),
            ...page.prefixes.map((key) => ({ key, name: `prefix ${key}` })),
          ].sort((one, other) => compareKeys(one.key, other.key));
          expect(names.length).to.be.at.most(max);
          if (page.next !== undefined) expect(names.length).to.equal(max);
          seen.push(...names.map(({ name }) => name));
          after = page.next;
        }
        expect(seen).to.deep.equal(model(drawn, prefix, delimiter));
      }),
      { numRuns: 500 },
    );
  });

  it("returns every key and prefix to the AWS client's paginator", async () => {
    await fc.assert(
      fc.asyncProperty(keys, short, short, async (drawn, Prefix, Delimiter) => {
        for (const key of drawn) await s3.put(Bucket, key, "");
        const seen: string[] = [];
        const pages = paginateListObjectsV2(
          { client: s3.client, pageSize: 7 },
          { Bucket, Prefix, Delimiter },
        );
        for await (const { Contents = [], CommonPrefixes = [], KeyCount } of pages) {
          expect(KeyCount).to.equal(Contents.length + CommonPrefixes.length);
          seen.push(
            ...Contents.map(({ Key }) => `key ${Key}`),
            ...CommonPrefixes.map((one) => `prefix ${one.Prefix}`),
          );
        }
        expect(seen).to.have.members(model(drawn, Prefix, Delimiter));
        await s3.stop();
        s3 = await S3Service.start(Bucket);
      }),
      { numRuns: 15 },
    );
  });

  it("starts after the given key or marker", async () => {
    for (const key of ["a/1", "a/2", "b", "c"]) await s3.put(Bucket, key);
    type Listed = Pick<ListObjectsV2CommandOutput, "Contents" | "CommonPrefixes">;
    const namesOf = ({ Contents = [], CommonPrefixes = [] }: Listed) => [
      ...CommonPrefixes.map(({ Prefix }) => Prefix),
      ...Contents.map(({ Key }) => Key),
    ];
    for (const [StartAfter, Delimiter, names] of [
      ["a/1", undefined, ["a/2", "b", "c"]],
      ["a/1", "/", ["a/", "b", "c"]],
      ["a/", "/", ["b", "c"]],
      ["zzz", undefined, []],
    ] as const) {
      const page = await s3.client.listObjectsV2({ Bucket, StartAfter, Delimiter });
      expect(namesOf(page)).to.deep.equal(names);
    }
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await s3.client.listObjects({ Bucket, Delimiter: "/", MaxKeys: 1, Marker });
      seen.push(...namesOf(page));
      Marker = page.IsTruncated ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    expect(seen).to.deep.equal(["a/", "b", "c"]);
    const whole = await s3.client.listObjects({ Bucket, Marker: "a/2" });
    expect(namesOf(whole)).to.deep.equal(["b", "c"]);
    expect(whole.Contents![0]!.Owner).to.have.property("ID");
  });

  it("encodes keys with encoding-type=url", async () => {
    await s3.put(Bucket, "a b/ü+\u0001*", "");
    const { Contents, Prefix } = await s3.client.listObjectsV2({
      Bucket,
      EncodingType: "url",
      Prefix: "a b/",
    });
    expect([Contents![0]!.Key, Prefix]).to.deep.equal(["a%20b/%C3%BC%2B%01%2A", "a%20b/"]);
  });

  it("rejects malformed parameters and a missing bucket", async () => {
    const list = (input: object) => s3.client.listObjectsV2({ Bucket, ...input });
    const malformed = [{ ContinuationToken: "%%%" }, { MaxKeys: -1 }, { EncodingType: "base64" }];
    await expectRejections("400 InvalidArgument", ...malformed.map(list));
    await expectRejections("404 NoSuchBucket", list({ Bucket: "nowhere" }));
    expect(await list({ MaxKeys: 0 })).to.deep.include({ KeyCount: 0, IsTruncated: false });
  });

  it("visits few keys of a large bucket for one page", () => {
    const map = new SortedMap<number>();
    const count = 100_000;
    // Inserts distinct keys out of order, because 7919 and the count have no common factor.
    for (let index = 0; index < count; index += 1) {
      map.set(`dir${index % 10}/${String((index * 7919) % count).padStart(6, "0")}`, index);
    }
    expect(map.size).to.equal(count);
    let visited = 0;
    const counting = {
      entriesFrom: (isBefore: (key: string) => boolean) =>
        map.entriesFrom((key) => {
          visited += 1;
          return isBefore(key);
        }),
    };
    expect(listPage(counting, { prefix: "", delimiter: "/", after: "", max: 1000 }).prefixes).to.have.length(
      10,
    );
    listPage(counting, { prefix: "dir5/", delimiter: "", after: "dir5/050000", max: 1000 });
    expect(visited).to.be.below(500);
  });

  it("lists one version of each object, and deletes objects by these versions", async () => {
    const { client } = s3;
    const Bucket = "versions";
    await client.createBucket({ Bucket });
    for (const key of ["a/1", "a/2", "b", "c d"]) await s3.put(Bucket, key);
    const versions = await client.listObjectVersions({ Bucket, Delimiter: "/" });
    const { Versions: rolled, CommonPrefixes } = versions;
    expect(rolled!.map(({ Key }) => Key)).to.deep.equal(["b", "c d"]);
    expect(CommonPrefixes).to.deep.equal([{ Prefix: "a/" }]);
    const seen: (string | undefined)[] = [];
    for (let page: ListObjectVersionsCommandOutput | undefined; !page || page.IsTruncated;) {
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page ?? {};
      page = await client.listObjectVersions({ Bucket, MaxKeys: 3, KeyMarker, VersionIdMarker });
      seen.push(...page.Versions!.map(({ Key }) => Key));
      for (const one of page.Versions!) expect(one).to.include({ VersionId: "null", IsLatest: true });
      const Objects = page.Versions!.map(({ Key, VersionId }) => ({ Key, VersionId }));
      await client.deleteObjects({ Bucket, Delete: { Objects } });
    }
    expect(seen).to.deep.equal(["a/1", "a/2", "b", "c d"]);
    await client.deleteBucket({ Bucket });
  });

  it("lists 1,000 objects in a page by default", async () => {
    for (let index = 0; index <= 1000; index += 1) await s3.send("PUT", `/${Bucket}/${index}`);
    const { Contents, IsTruncated } = await s3.client.listObjectsV2({ Bucket });
    expect([Contents!.length, IsTruncated]).to.deep.equal([1000, true]);
  });
});

describe("SortedMap", () => {
  it("sorts keys by UTF-8 bytes", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(Math.sign(compareKeys(one, other))).to.equal(bytewise(one, other));
      }),
    );
    expect(compareKeys("\uff5e", "😀")).to.be.below(0);
  });

  it("has the values of a plain Map, sorted, after any sets and deletes", () => {
    // Many numbers of a narrow range, so that blocks are split and emptied.
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean()), {
      minLength: 4000,
      maxLength: 4000,
      size: "max",
    });
    fc.assert(
      fc.property(steps, (drawn) => {
        const map = new SortedMap<number>();
        const plain = new Map<string, number>();
        drawn.forEach(([number, sets], index) => {
          const key = String(number);
          expect(sets ? map.set(key, index) : map.delete(key)).to.equal(plain.get(key));
          if (sets) plain.set(key, index);
          else plain.delete(key);
        });
        expect(map.size).to.equal(plain.size);
        const from = String(drawn[0]![0]);
        const entries = [...plain]
          .filter(([key]) => key >= from)
          .sort(([one], [other]) => bytewise(one, other));
        expect([...map.entriesFrom((key) => key < from)]).to.deep.equal(entries);
        for (const key of [...plain.keys()]) map.delete(key);
        expect([map.size, ...map.entriesFrom(() => false)]).to.deep.equal([0]);
      }),
      { numRuns: 10 },
    );
  });
});
