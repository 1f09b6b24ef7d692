/** There is one way in, and whoever comes in is checked there; the service's own bucket is reached by signed URLs alone. */
import type { OutgoingHttpHeaders } from "node:http";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { EmulatorService } from "./support";

const own = "local-aws-data-exchange";
const authorization =
  "AWS4-HMAC-SHA256 Credential=222222222222/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";

const listening = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;

function send(
  { local }: { readonly local: LocalDataExchange },
  method: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body = "",
): Promise<{ readonly status: number; readonly code?: string }> {
  const { hostname, port } = new URL(local.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: { authorization, ...headers } });
    sent.once("error", reject).once("response", (answer) => {
      text(answer).then(
        (said) => resolve({ status: answer.statusCode!, code: /<Code>(\w+)/.exec(said)?.[1] }),
        reject,
      );
    });
    sent.end(body);
  });
}

describe("emulator: one port", () => {
  it("is all that it listens on, with the S3 that comes with it", async () => {
    const before = listening();
    const local = await LocalDataExchange.start({
      credentials: [{ accessKeyId: "K", secretAccessKey: "S" }],
    });
    expect(listening() - before).to.equal(1);
    await local.stop();
  });

  describe("and the service's own bucket", () => {
    let service: EmulatorService;
    let key: string;
    before(async () => {
      service = await EmulatorService.start();
      const { assets } = await service.createFilledRevision({ a: "LICENSED" });
      key = `000000000000/us-east-1/assets/${assets[0]!.Id}`;
      await service.createBucket("mine", { k: "v" });
    });
    after(() => service.stop());

    it("are not brought together by any spelling of a source", async () => {
      const spelt = (bucket: string, separator: string) =>
        `${bucket}${separator}${key.replaceAll("/", separator)}`;
      const sources = [
        spelt(own, "/"),
        `/${spelt(own, "/")}`,
        spelt(own, "%2F"),
        `%2F${spelt(own, "%2F")}`,
        spelt(own.replace("l", "%6c"), "/"),
        `${spelt(own, "/")}?versionId=null`,
        `${spelt(own, "%2F")}?versionId=null?versionId=%`,
        `${spelt(own, "%2F")}?versionId=null&versionId=null`,
        `${spelt(own, "/")}?versionId=null%3FversionId=x`,
        `${spelt(own, "/")}?`,
        `mine/../${spelt(own, "/")}`,
        `mine%2F..%2F${spelt(own, "%2F")}`,
        `./${spelt(own, "/")}`,
        spelt(own, "%252F"),
        `arn:aws:s3:us-east-1:000000000000:accesspoint/${own}/object/${key}`,
        `arn%3Aaws%3As3%3Aus-east-1%3A000000000000%3Aaccesspoint%2F${own}%2Fobject%2Fk`,
      ];
      for (const source of sources) {
        const inHeader = await send(service, "PUT", "/mine/stolen", { "x-amz-copy-source": source });
        expect(inHeader.status, source).to.be.oneOf([400, 403, 404, 501]);
        const query = `x-amz-copy-source=${encodeURIComponent(source)}`;
        const inQuery = await send(service, "PUT", `/mine/stolen?${query}`);
        expect(inQuery.status, `${source} in the query`).to.equal(inHeader.status);
        const begun = `/mine/stolen?uploadId=x&partNumber=1&${query}`;
        expect((await send(service, "PUT", begun)).status, `${source} as a part`).to.be.oneOf([
          400, 403, 404, 501,
        ]);
      }
      expect(await send(service, "GET", "/mine/stolen")).to.deep.equal({ status: 404, code: "NoSuchKey" });
    });

    it("are not brought together by any address", async () => {
      const { port } = new URL(service.local.endpoint);
      const paths = [
        `/${own}`,
        `/${own}?list-type=2`,
        `//${own}/${key}`,
        `/%6c${own.slice(1)}/${key}`,
        `/${own}?versions`,
        `/${own}?uploads`,
      ];
      for (const path of paths) expect((await send(service, "GET", path)).status, path).to.equal(403);
      for (const base of ["localhost", "s3.localhost"]) {
        const host = `${own}.${base}:${port}`;
        expect((await send(service, "GET", `/${key}`, { host })).status, host).to.equal(403);
        expect((await send(service, "PUT", "/k", { host })).status, host).to.equal(403);
      }
      const absolute = await send(service, "GET", `http://elsewhere.test/%6c${own.slice(1)}/${key}`);
      expect(absolute.status).to.equal(403);
      expect((await send(service, "PUT", `/%6c${own.slice(1)}`)).status).to.equal(403);
      const doomed = `<Delete><Object><Key>${key}</Key></Object></Delete>`;
      expect((await send(service, "POST", `/%6c${own.slice(1)}?delete`, {}, doomed)).status).to.equal(403);
    });
  });

  describe("and web pages", () => {
    let service: EmulatorService;
    before(async () => {
      service = await EmulatorService.start();
      await service.createBucket("mine", { k: "v" });
    });
    after(() => service.stop());

    it("have no way in, by another name or with an origin, on any path", async () => {
      const paths = [
        "/mine/k",
        "/",
        "/v1/jobs",
        "/tags/x",
        `/${own}/k?X-Amz-Signature=x`,
        "/_local/requests",
      ];
      for (const path of paths) {
        for (const method of ["GET", "POST", "DELETE"]) {
          const evil = { host: "evil.example" };
          expect((await send(service, method, path, evil)).status, `${method} ${path}`).to.equal(403);
          const page = { origin: "http://evil.example" };
          expect((await send(service, method, path, page)).status, `${method} ${path} of a page`).to.equal(
            403,
          );
        }
      }
      const doomed = "<Delete><Object><Key>k</Key></Object></Delete>";
      const simple = { origin: "null", "content-type": "text/plain" };
      expect((await send(service, "POST", "/mine?delete", simple, doomed)).status).to.equal(403);
      expect(await service.readObject("mine", "k")).to.equal("v");
    });
  });
});
