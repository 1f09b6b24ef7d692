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
import { openNetwork } from "../../../provider/aws/network";
import { isDirect } from "../../../provider/aws/proxies";
import { ServiceError } from "../../../provider/core/errors";
import { body, md5Of } from "../../simulation/host";
import { failureOf } from "../../simulation/samples";
import { open, text } from "./fixtures";

/** A name that only the proxy resolves. */
const host = "dataexchange.only-the-proxy-knows.test";

describe("openNetwork", () => {
  let folder: string;
  let certificate: string;
  const started: Server[] = [];

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
    for (const server of started.splice(0)) server.close();
  });

  async function listen(server: Server): Promise<number> {
    started.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  /** Data Exchange, S3 and a file server in one, by HTTP and HTTPS; records the bodies that it receives. */
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

  /** A proxy that forwards requests for any host to these servers, and records the hosts. */
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

  /** Lists jobs at the endpoint through a network with these settings. */
  const listJobs = async (endpoint: string, settings: Parameters<typeof openNetwork>[0]) =>
    open(endpoint, {}, { agents: (await openNetwork(settings)).aws }).listJobs({});

  it("returns Node's own agents without a proxy and a CA bundle", async () => {
    expect(await openNetwork({ noProxy: "*" })).to.deep.equal({ aws: {}, anywhere: {} });
  });

  it("returns agents of Node's own classes with a CA bundle and no proxy", async () => {
    const { aws, anywhere } = await openNetwork({ customCaBundle: certificate });
    for (const { httpAgent, httpsAgent } of [aws, anywhere]) {
      expect(Object.getPrototypeOf(httpAgent)).to.equal(HttpAgent.prototype);
      expect(Object.getPrototypeOf(httpsAgent)).to.equal(HttpsAgent.prototype);
    }
  });

  for (const scheme of ["http", "https"] as const) {
    const endpoint = `${scheme}://${host}`;

    it(`sends ${scheme} calls, uploads and remote files through the proxy`, async () => {
      const behind = await servers();
      const { url, hosts } = await proxy(behind);
      const settings = { httpProxy: url, httpsProxy: `http://${url}`, customCaBundle: certificate };
      expect(await listJobs(endpoint, settings)).to.deep.include({ items: [] });

      const bodies = new StreamedUploadBodies(() => openNetwork(settings));
      await bodies.put(body(text), `${endpoint}/put`, md5Of(text), () => undefined);
      expect(behind.bodies).to.deep.equal([text]);
      expect(await bodies.md5({ hash: body(text).hash, uri: `${endpoint}/remote` })).to.equal(md5Of(text));
      bodies.close();

      expect(new Set(hosts)).to.deep.equal(new Set([scheme === "http" ? host : `${host}:443`]));
      expect(hosts).to.have.length(3);
    });

    it(`formats no stack trace for a call by ${scheme}`, async () => {
      const { url } = await proxy(await servers());
      const traces: string[] = [];
      const before: unknown = Reflect.get(Error, "prepareStackTrace");
      Error.prepareStackTrace = (error, sites) => {
        const trace = [String(error), ...sites.map(String)].join("\n    at ");
        if (trace.includes("agent-base")) traces.push(trace);
        return trace;
      };
      try {
        await listJobs(endpoint, { httpProxy: url, httpsProxy: url, customCaBundle: certificate });
      } finally {
        Reflect.set(Error, "prepareStackTrace", before);
      }
      expect(traces).to.deep.equal([]);
    });

    it(`sends ${scheme} calls to a host in NO_PROXY without the proxy`, async () => {
      const { url, hosts } = await proxy(await servers());
      const call = listJobs(endpoint, { httpProxy: url, httpsProxy: url, noProxy: `.test,${host}` });
      expect((await failureOf(call, ServiceError)).facts.name).to.match(/ENOTFOUND|EAI_AGAIN/);
      expect(hosts).to.deep.equal([]);
    });

    it(`sends the proxy's password with ${scheme} calls, and reports a wrong one`, async () => {
      const { url } = await proxy(await servers(), `Basic ${Buffer.from("ada:planted").toString("base64")}`);
      const call = (address: string) =>
        listJobs(endpoint, { httpProxy: address, httpsProxy: address, customCaBundle: certificate });
      await call(`http://ada:planted@${url}`);
      const { facts } = await failureOf(call(`http://ada:wrong@${url}`), ServiceError);
      expect(facts).to.include({ status: 407, kind: "other" });
    });
  }

  it("trusts the authorities of the CA bundle, and reports a remedy for others", async () => {
    const { secure } = await servers();
    const endpoint = `https://127.0.0.1:${secure}`;
    await listJobs(endpoint, { customCaBundle: certificate });
    const { facts } = await failureOf(listJobs(endpoint, {}), ServiceError);
    expect(facts.name).to.equal("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(facts.remedy).to.match(/customCaBundle, in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS/);
  });

  it("rejects a CA bundle that is missing or not PEM, and a proxy that is not HTTP", async () => {
    const missing = join(folder, "missing.pem");
    const notPem = join(folder, "not-pem.pem");
    await writeFile(notPem, "no");
    for (const [settings, named, code] of [
      [{ customCaBundle: missing }, missing, "unreadable-ca-bundle"],
      [{ customCaBundle: notPem }, notPem, "invalid-ca-bundle"],
      [{ httpsProxy: "socks5://ada:planted@proxy:1080" }, "socks5://proxy:1080", "invalid-proxy"],
    ] as const) {
      const error = await failureOf(openNetwork(settings));
      expect(error).to.include({ code });
      expect(error.message).to.contain(named).and.not.contain("planted");
    }
  });
});

describe("isDirect", () => {
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
    it(`is ${is} for ${name}:${port} if NO_PROXY is "${list}"`, () =>
      expect(isDirect(name, port, list)).to.equal(is));
  }
});
