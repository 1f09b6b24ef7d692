import { PutObjectCommand } from "@aws-sdk/client-s3";
import { runtime } from "@pulumi/pulumi";
import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { ObjectCriteria } from "../../components/support/select-objects";
import { relativeKey, selectObjects } from "../../components/support/select-objects";
import { unknownOutput } from "../../components/support/declared-jobs";
import { useAwsEnvironment } from "../provider/support/environment";
import { failureOf } from "../provider/support/samples";
import { TestService, credentials, region } from "../harness/service";

/** The SDK has no other way to say so. */
const previewing = (on: boolean) =>
  (runtime as unknown as { _setIsDryRun(on: boolean): void })._setIsDryRun(on);

describe("the objects of an S3Import", () => {
  let service: TestService;
  const env = useAwsEnvironment();
  before(async () => {
    service = await TestService.start();
    const keys = [
      "in/a.csv",
      "in/b.csv",
      "in/deep/c.csv",
      "in/notes.txt",
      "in/.hidden.csv",
      "out/d.csv",
      "in/empty/",
    ];
    await service.createBucket(
      "tables",
      Object.fromEntries(keys.map((key) => [key, key.endsWith("/") ? "" : key])),
    );
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

  const chosen = async (args: Partial<ObjectCriteria>, isReady = true) => {
    const { objects, later } = await selectObjects({ bucket: "tables", ...args }, { isReady });
    return objects?.map(({ key }) => key) ?? later;
  };
  const refusal = async (args: Partial<ObjectCriteria>) =>
    (await failureOf(selectObjects({ bucket: "tables", ...args }, { isReady: true }))).message;

  it("are all of the bucket, without what stands for a folder, with their ETags", async () => {
    const { objects = [] } = await selectObjects({ bucket: "tables" }, { isReady: true });
    expect(objects).to.have.length(5);
    expect(objects.every(({ etag }) => /^"[0-9a-f]{32}"$/.test(etag!))).to.equal(true);
  });

  it("are those below the prefix that a pattern means and no other leaves out", async () => {
    const csv = (include: string[], exclude?: string[]) => chosen({ prefix: "in/", include, exclude });
    expect(await csv(["*.csv"])).to.have.members(["in/a.csv", "in/b.csv"]);
    expect(await csv(["*.csv", "!b.csv"])).to.deep.equal(["in/a.csv"]);
    expect(await csv(["*.csv", ".*.csv"])).to.have.members(["in/.hidden.csv", "in/a.csv", "in/b.csv"]);
    expect(await csv(["**/*.csv"], ["b.csv"])).to.have.members(["in/a.csv", "in/deep/c.csv"]);
    expect(await csv(["**"], ["deep/", "/b.csv"])).to.have.members(["in/a.csv", "in/notes.txt"]);
    expect(await chosen({ prefix: "in", include: ["a.csv"] })).to.deep.equal(["in/a.csv"]);
    expect(await chosen({ prefix: "out/d.csv" })).to.deep.equal(["out/d.csv"]);
  });

  it("are the keys as given, which nobody looks up", async () => {
    const { objects } = await selectObjects({ bucket: "nowhere", keys: ["a", "b"] }, { isReady: true });
    expect(objects).to.deep.equal([{ key: "a" }, { key: "b" }]);
  });

  it("are decided later when the bucket or a key is not known", async () => {
    previewing(true);
    try {
      expect(await chosen({ bucket: unknownOutput<string>() })).to.match(/once the bucket is known/);
      expect(await chosen({ bucket: unknownOutput<string>(), keys: ["a"] })).to.deep.equal(["a"]);
      expect(await chosen({ keys: ["a", unknownOutput<string>()] })).to.match(/once the keys are known/);
    } finally {
      previewing(false);
    }
  });

  it("are decided later, in a preview alone, when there is no bucket yet", async () => {
    previewing(true);
    try {
      expect(await chosen({ bucket: "nowhere" })).to.match(/^There is no bucket nowhere yet/);
    } finally {
      previewing(false);
    }
    expect(await refusal({ bucket: "nowhere" })).to.match(/^there is no bucket nowhere/);
  });

  it("are shown as they are, and may be others, when what they depend on is yet to be made", async () => {
    const now = await selectObjects({ bucket: "tables", prefix: "out/" }, { isReady: false });
    expect(now.objects).to.have.length(1);
    expect(now.later).to.match(/may be others/);
    const none = await selectObjects({ bucket: "tables", prefix: "none/" }, { isReady: false });
    expect(none.objects).to.equal(undefined);
    expect(none.later).to.match(/looked at again/);
  });

  it("are refused with a sentence when they cannot be meant", async () => {
    expect(await refusal({ keys: ["a"], prefix: "in/" })).to.match(/^takes either keys, or prefix/);
    expect(await refusal({ bucket: "" })).to.match(/^bucket must not be empty/);
    expect(await refusal({ keys: ["a", ""] })).to.match(/^keys\[1\] must not be empty/);
    expect(await refusal({ include: [""] })).to.match(/^include\[0\] is "", which is no pattern/);
    expect(await refusal({ prefix: "in/", include: ["*.xml"] })).to.match(
      /^s3:\/\/tables\/in\/ holds no object that is meant.* Nothing matches include\[0\] \("\*\.xml"\).* belongs into dependsOn\.$/,
    );
  });

  it("are warned of where a pattern matches none, a name is hidden, or an archive holds the bytes", async () => {
    const warnings = async (args: Partial<ObjectCriteria>) =>
      (await selectObjects({ bucket: "tables", ...args }, { isReady: true })).warnings?.join(" ");
    expect(await warnings({ prefix: "out/" })).to.equal("");
    expect(await warnings({ prefix: "in/", include: ["*.csv", "*.parquet"], exclude: ["drafts/"] })).to.match(
      /^Nothing matches include\[1\] \("\*\.parquet"\), exclude\[0\] \("drafts\/"\)\./,
    );
    expect(await warnings({ prefix: "in/" })).to.match(/^"in\/\.hidden\.csv" is left out/);
    expect(await warnings({ prefix: "in/", exclude: [".hidden.csv"] })).to.equal("");
    await service.createBucket("archive", { "hot.csv": "1" });
    const cold = { Bucket: "archive", Body: "2" };
    await service.s3.send(new PutObjectCommand({ ...cold, Key: "cold.csv", StorageClass: "DEEP_ARCHIVE" }));
    await service.s3.send(new PutObjectCommand({ ...cold, Key: "instant.csv", StorageClass: "GLACIER_IR" }));
    expect(await warnings({ bucket: "archive" })).to.match(/^"cold\.csv" is in an archive/);
  });

  it("are no part of them: an answer that is no complete listing is refused", async () => {
    const answers = (body: string) =>
      new Promise<string>((resolve) => {
        const server = createServer((_, answer) => answer.writeHead(200).end(body)).listen(
          0,
          "127.0.0.1",
          () => {
            env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
            void refusal({}).then((said) => server.close(() => resolve(said)));
          },
        );
      });
    const page = (inside: string) => `<ListBucketResult><Name>tables</Name>${inside}</ListBucketResult>`;
    for (const [body, why] of [
      ["", /cannot be listed/],
      ["<html></html>", /no complete listing/],
      [page("<KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>"), /announces 2 keys and has 0/],
      [page("<IsTruncated>true</IsTruncated>"), /nothing says where it goes on/],
    ] as const) {
      expect(await answers(body), body).to.match(why);
    }
  });

  it("cannot be listed without the right, and the sentence says which", async () => {
    env.AWS_ENDPOINT_URL_S3 = "http://127.0.0.1:1";
    expect(await refusal({})).to.match(/^s3:\/\/tables cannot be listed: .*s3:ListBucket/);
  });

  it("are asked for where the stack says that S3 is", async () => {
    delete env.AWS_ENDPOINT_URL_S3;
    runtime.setAllConfig({
      "aws:endpoints": JSON.stringify([{ s3: service.local.endpoint }]),
      "aws:s3UsePathStyle": "true",
    });
    expect(await chosen({ prefix: "out/" })).to.deep.equal(["out/d.csv"]);
  });
});

describe("what patterns are held against", () => {
  it("is the key without the prefix", () => {
    expect(relativeKey("a/b/c", "a/")).to.equal("b/c");
    expect(relativeKey("a/b/c", "")).to.equal("a/b/c");
    expect(relativeKey("a/b/c", "a")).to.equal("b/c");
  });
  it("is the name when the prefix spells the key out", () =>
    expect(relativeKey("a/b.csv", "a/b.csv")).to.equal("b.csv"));
});
