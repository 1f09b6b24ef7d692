import { text as readText } from "node:stream/consumers";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent as HttpAgent, createServer as createHttp, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, createServer as createHttps } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { openDataExchange } from "../../../provider/aws/data-exchange";
import { networkOf } from "../../../provider/aws/network";
import { isDirect } from "../../../provider/aws/proxies";
import { ServiceError } from "../../../provider/core/errors";
import { body, md5Of } from "../support/host";
import { failureOf } from "../support/samples";

const settings = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };
/** A name that the proxy alone knows. */
const host = "dataexchange.only-the-proxy-knows.test";
const text = "date,price\n";

describe("the network", () => {
  let folder: string;
  let certificate: string;
  const open: Server[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "network-test-"));
    certificate = join(folder, "ca.pem");
    const names = `subjectAltName=IP:127.0.0.1,DNS:${host}`;
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem")],
        ...["-out", certificate, "-days", "2", "-subj", "/CN=test", "-addext", names],
      ],
      { stdio: "ignore" },
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  async function listen(server: Server): Promise<number> {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  /** Data Exchange, S3 and any other server in one, by HTTP and HTTPS; notes the bodies that it got. */
  async function servers() {
    const bodies: string[] = [];
    const answer: Parameters<typeof createHttp>[1] = (request, response) => {
      response.setHeader("connection", "close");
      response.setHeader("etag", '"of-what-was-put"');
      if (request.url === "/remote") return response.end(text);
      void readText(request).then((got) => {
        if (request.method === "PUT") bodies.push(got);
        response.writeHead(200, { "content-type": "application/json" }).end('{"Jobs":[]}');
      });
    };
    const key = await readFile(join(folder, "key.pem"));
    const cert = await readFile(certificate);
    return {
      bodies,
      plain: await listen(createHttp(answer)),
      secure: await listen(createHttps({ key, cert }, answer)),
    };
  }

  /** A proxy before these, which takes requests for any host to them, and notes for which. */
  async function proxy({ plain, secure }: { plain: number; secure: number }, authorization?: string) {
    const hosts: string[] = [];
    const server = createHttp((request, response) => {
      const target = new URL(request.url!);
      hosts.push(target.host);
      if (request.headers["proxy-authorization"] !== authorization) return response.writeHead(407).end();
      const { method, headers } = request;
      const on = httpRequest(
        { host: "127.0.0.1", port: plain, method, path: target.pathname, headers },
        (answer) => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
      );
      request.pipe(on);
    });
    server.on("connect", (request, socket: Socket) => {
      hosts.push(request.url!);
      if (request.headers["proxy-authorization"] !== authorization) {
        return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      }
      const on = connect(secure, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      on.on("error", () => socket.destroy()).pipe(socket);
      socket.on("error", () => on.destroy()).pipe(on);
    });
    return { url: `127.0.0.1:${await listen(server)}`, hosts };
  }

  it("is Node's own where nothing is set", async () => {
    expect(await networkOf({ noProxy: "*" })).to.deep.equal({ aws: {}, anywhere: {} });
  });

  it("is Node's own with the bundle's authorities where no proxy is set", async () => {
    const { aws, anywhere } = await networkOf({ customCaBundle: certificate });
    for (const { httpAgent, httpsAgent } of [aws, anywhere]) {
      expect(Object.getPrototypeOf(httpAgent)).to.equal(HttpAgent.prototype);
      expect(Object.getPrototypeOf(httpsAgent)).to.equal(HttpsAgent.prototype);
    }
  });

  it("takes no stack trace for a request", async () => {
    const behind = await servers();
    const { url } = await proxy(behind);
    const { aws } = await networkOf({ httpProxy: url, httpsProxy: url, customCaBundle: certificate });
    const traces: string[] = [];
    const before: unknown = Reflect.get(Error, "prepareStackTrace");
    Error.prepareStackTrace = (error, sites) => {
      const text = [String(error), ...sites.map(String)].join("\n    at ");
      if (text.includes("agent-base")) traces.push(text);
      return text;
    };
    try {
      for (const scheme of ["http", "https"]) {
        const endpoint = `${scheme}://${host}`;
        await openDataExchange({ ...settings, endpoint }, { agents: aws }).listJobs({});
      }
    } finally {
      Reflect.set(Error, "prepareStackTrace", before);
    }
    expect(traces).to.deep.equal([]);
  });

  for (const scheme of ["http", "https"] as const) {
    it(`takes calls, bodies and remote files through the proxy: ${scheme}`, async () => {
      const behind = await servers();
      const { url, hosts } = await proxy(behind);
      const network = await networkOf({
        httpProxy: url,
        httpsProxy: `http://${url}`,
        customCaBundle: certificate,
      });
      const endpoint = `${scheme}://${host}`;

      const dx = openDataExchange({ ...settings, endpoint }, { agents: network.aws });
      expect(await dx.listJobs({})).to.deep.include({ items: [] });

      const bodies = new StreamedUploadBodies(() => Promise.resolve(network));
      await bodies.put(body(text), `${endpoint}/put`, md5Of(text), () => undefined);
      expect(behind.bodies).to.deep.equal([text]);
      expect(await bodies.md5({ hash: body(text).hash, uri: `${endpoint}/remote` })).to.equal(md5Of(text));
      bodies.close();

      expect(new Set(hosts)).to.deep.equal(new Set([scheme === "http" ? host : `${host}:443`]));
      expect(hosts).to.have.length(3);
    });

    it(`leaves what NO_PROXY names: ${scheme}`, async () => {
      const behind = await servers();
      const { url, hosts } = await proxy(behind);
      const { aws } = await networkOf({ httpProxy: url, httpsProxy: url, noProxy: `.test,${host}` });
      const dx = openDataExchange({ ...settings, endpoint: `${scheme}://${host}` }, { agents: aws });
      expect((await failureOf(dx.listJobs({}), ServiceError)).facts.name).to.match(/ENOTFOUND|EAI_AGAIN/);
      expect(hosts).to.deep.equal([]);
    });

    it(`tells the proxy who asks, and says what a proxy refuses: ${scheme}`, async () => {
      const behind = await servers();
      const authorization = `Basic ${Buffer.from("ada:planted").toString("base64")}`;
      const { url } = await proxy(behind, authorization);
      const call = async (address: string) => {
        const { aws } = await networkOf({
          httpProxy: address,
          httpsProxy: address,
          customCaBundle: certificate,
        });
        return openDataExchange({ ...settings, endpoint: `${scheme}://${host}` }, { agents: aws }).listJobs(
          {},
        );
      };
      await call(`http://ada:planted@${url}`);
      const { facts } = await failureOf(call(`http://ada:wrong@${url}`), ServiceError);
      expect(facts).to.include({ status: 407, kind: "other" });
    });
  }

  it("trusts the authorities of the bundle, and says what to do about others", async () => {
    const { secure } = await servers();
    const endpoint = `https://127.0.0.1:${secure}`;
    const { aws } = await networkOf({ customCaBundle: certificate });
    await openDataExchange({ ...settings, endpoint }, { agents: aws }).listJobs({});
    const { facts } = await failureOf(openDataExchange({ ...settings, endpoint }).listJobs({}), ServiceError);
    expect(facts.name).to.equal("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(facts.remedy).to.match(/aws:customCaBundle, AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS/);
  });

  it("says which bundle cannot be read, or is none, and which proxy is none", async () => {
    const missing = join(folder, "missing.pem");
    const none = join(folder, "none.pem");
    await writeFile(none, "no");
    for (const [of, named, code] of [
      [{ customCaBundle: missing }, missing, "unreadable-ca-bundle"],
      [{ customCaBundle: none }, none, "invalid-ca-bundle"],
      [{ httpsProxy: "socks5://ada:planted@proxy:1080" }, "socks5://proxy:1080", "invalid-proxy"],
    ] as const) {
      const error = await failureOf(networkOf(of));
      expect(error).to.include({ code });
      expect(error.message).to.contain(named).and.not.contain("planted");
    }
  });

  const direct: [list: string, host: string, port: number, is: boolean][] = [
    ["", "example.com", 443, false],
    ["", "localhost", 443, true],
    ["", "127.9.9.9", 443, true],
    ["", "::1", 443, true],
    ["*", "example.com", 443, true],
    ["example.com", "example.com", 443, true],
    ["example.com", "a.EXAMPLE.com", 443, true],
    ["example.com", "notexample.com", 443, false],
    [".example.com", "a.example.com", 443, true],
    [".example.com", "example.com", 443, false],
    ["*.example.com", "a.example.com", 443, true],
    ["example.com:8443", "example.com", 8443, true],
    ["example.com:8443", "example.com", 443, false],
    ["a, b c", "c", 443, true],
    ["10.0.0.0/8", "10.1.2.3", 443, true],
    ["10.0.0.0/8", "11.1.2.3", 443, false],
    ["10.0.0.0/99", "10.1.2.3", 443, false],
    ["10.1.2.3", "10.1.2.3", 443, true],
    ["fd00::/8", "fd00::1", 443, true],
    ["[fd00::1]:80", "fd00::1", 80, true],
  ];
  for (const [list, name, port, is] of direct) {
    it(`reaches ${name}:${port} ${is ? "without" : "through"} the proxy where NO_PROXY is "${list}"`, () =>
      expect(isDirect(name, port, list)).to.equal(is));
  }
});
