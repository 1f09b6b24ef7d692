/** One port serves all APIs. Only signed URLs reach the service's own bucket, and web pages reach nothing. */
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import type { PlainAnswer } from "../harness/http";
import { sendPlain, signedFor } from "../harness/http";
import { EmulatorService } from "../harness/emulator-service";

const serviceBucket = "local-aws-data-exchange";

const countListeners = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;

describe("emulator: one port", () => {
  it("listens on one port, also for S3", async () => {
    const before = countListeners();
    const credentials = [{ accessKeyId: "K", secretAccessKey: "S" }];
    const local = await LocalDataExchange.start({ credentials });
    expect(countListeners() - before).to.equal(1);
    await local.stop();
  });
});

describe("emulator: access control", () => {
  let service: EmulatorService;
  let key: string;
  before(async () => {
    service = await EmulatorService.start();
    const { assets } = await service.createFilledRevision({ a: "LICENSED" });
    key = `000000000000/us-east-1/assets/${assets[0]!.Id}`;
    await service.createBucket("mine", { k: "v" });
  });
  after(() => service.stop());

  const send = (
    method: string,
    path: string,
    given: Record<string, string> = {},
    body?: string,
  ): Promise<PlainAnswer> => {
    const headers = { ...signedFor("s3", "222222222222"), ...given };
    return sendPlain(service.endpoint, method, path, { headers, body });
  };

  it("rejects the service's bucket as a copy source in any spelling", async () => {
    const addressOf = (bucket: string, separator: string) =>
      `${bucket}${separator}${key.replaceAll("/", separator)}`;
    const sources = [
      addressOf(serviceBucket, "/"),
      `/${addressOf(serviceBucket, "/")}`,
      addressOf(serviceBucket, "%2F"),
      `%2F${addressOf(serviceBucket, "%2F")}`,
      addressOf(serviceBucket.replace("l", "%6c"), "/"),
      `${addressOf(serviceBucket, "/")}?versionId=null`,
      `${addressOf(serviceBucket, "%2F")}?versionId=null?versionId=%`,
      `${addressOf(serviceBucket, "%2F")}?versionId=null&versionId=null`,
      `${addressOf(serviceBucket, "/")}?versionId=null%3FversionId=x`,
      `${addressOf(serviceBucket, "/")}?`,
      `mine/../${addressOf(serviceBucket, "/")}`,
      `mine%2F..%2F${addressOf(serviceBucket, "%2F")}`,
      `./${addressOf(serviceBucket, "/")}`,
      addressOf(serviceBucket, "%252F"),
      `arn:aws:s3:us-east-1:000000000000:accesspoint/${serviceBucket}/object/${key}`,
      `arn%3Aaws%3As3%3Aus-east-1%3A000000000000%3Aaccesspoint%2F${serviceBucket}%2Fobject%2Fk`,
    ];
    for (const source of sources) {
      const inHeader = await send("PUT", "/mine/stolen", { "x-amz-copy-source": source });
      expect(inHeader.status, source).to.be.oneOf([400, 403, 404, 501]);
      const query = `x-amz-copy-source=${encodeURIComponent(source)}`;
      const inQuery = await send("PUT", `/mine/stolen?${query}`);
      expect(inQuery.status, `${source} in the query`).to.equal(inHeader.status);
      const asPart = await send("PUT", `/mine/stolen?uploadId=x&partNumber=1&${query}`);
      expect(asPart.status, `${source} as a part`).to.be.oneOf([400, 403, 404, 501]);
    }
    expect((await send("GET", "/mine/stolen")).outcome).to.equal("404 NoSuchKey");
  });

  it("rejects the service's bucket in any path and host", async () => {
    const { port } = new URL(service.endpoint);
    const deletion = `<Delete><Object><Key>${key}</Key></Object></Delete>`;
    const encoded = `/%6c${serviceBucket.slice(1)}`;
    for (const [method, path, headers, body] of [
      ["GET", `/${serviceBucket}`],
      ["GET", `/${serviceBucket}?list-type=2`],
      ["GET", `//${serviceBucket}/${key}`],
      ["GET", `${encoded}/${key}`],
      ["GET", `/${serviceBucket}?versions`],
      ["GET", `/${serviceBucket}?uploads`],
      ["GET", `/${key}`, { host: `${serviceBucket}.localhost:${port}` }],
      ["PUT", "/k", { host: `${serviceBucket}.localhost:${port}` }],
      ["GET", `/${key}`, { host: `${serviceBucket}.s3.localhost:${port}` }],
      ["PUT", "/k", { host: `${serviceBucket}.s3.localhost:${port}` }],
      ["GET", `http://elsewhere.test${encoded}/${key}`],
      ["PUT", encoded],
      ["PUT", `/${serviceBucket}/k`],
      ["POST", `${encoded}?delete`, {}, deletion],
    ] as [string, string, Record<string, string>?, string?][]) {
      expect((await send(method, path, headers, body)).status, `${method} ${path}`).to.equal(403);
    }
  });

  it("rejects requests of web pages, which have an Origin or another Host", async () => {
    const pages: Record<string, string>[] = [{ host: "evil.example" }, { origin: "http://evil.example" }];
    for (const path of [
      "/mine/k",
      "/",
      "/v1/jobs",
      "/tags/x",
      `/${serviceBucket}/k?X-Amz-Signature=x`,
      "/_local/requests",
    ]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        for (const headers of pages) {
          const { status } = await send(method, path, headers);
          expect(status, `${method} ${path} ${JSON.stringify(headers)}`).to.equal(403);
        }
      }
    }
    const deletion = "<Delete><Object><Key>k</Key></Object></Delete>";
    const simple = { origin: "null", "content-type": "text/plain" };
    expect((await send("POST", "/mine?delete", simple, deletion)).status).to.equal(403);
    expect(await service.readObject("mine", "k")).to.equal("v");
  });
});
