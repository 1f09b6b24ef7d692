import { createHash, createHmac } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { CopyObjectCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { sendPlain } from "../harness/http";
import { javaScriptClient, oddKey, ownerKeys, errorNameOf } from "./client";

interface Request {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

interface Unsigned {
  readonly service: "s3" | "dataexchange" | "sts";
  readonly method?: string;
  readonly path: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signingDate?: Date;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const jobs = { service: "dataexchange", path: "/v1/jobs" } as const;
const put = { service: "s3", method: "PUT", path: "/vault/put" } as const;
const secret = { service: "s3", path: "/vault/secret" } as const;
const [refused, refusedByS3] = ["403 InvalidSignatureException", "403 SignatureDoesNotMatch"];

describe("clients: the verification of signatures", () => {
  let local: LocalDataExchange;
  let client: ReturnType<typeof javaScriptClient>;
  let host: string;

  before(async () => {
    local = await LocalDataExchange.start({ credentials: [ownerKeys] });
    client = javaScriptClient(local.endpoint, ownerKeys);
    host = new URL(local.endpoint).host;
    await client.makeBucket("vault");
    await client.put("vault", oddKey, Buffer.from("odd"));
    await client.put("vault", "secret", Buffer.from("secret"));
  });
  after(async () => {
    client.close();
    await local.stop();
  });

  const signer = (service: string): SignatureV4 => {
    const escape = { sha256: Sha256, uriEscapePath: service !== "s3" };
    return new SignatureV4({ service, region: "us-east-1", credentials: ownerKeys, ...escape });
  };

  const bare = ({ method = "GET", path, query = {}, headers = {}, body = "" }: Unsigned): HttpRequest => ({
    ...{ method, path, query, body, protocol: "http:", hostname: "127.0.0.1" },
    headers: { host, ...headers },
  });

  const targetOf = ({ path, query = {} }: HttpRequest): string => {
    const pairs = Object.entries(query).flatMap(([name, given]) =>
      [given ?? []].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    );
    return path + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
  };

  const sign = async (unsigned: Unsigned): Promise<Request> => {
    const { service, signingDate, body = "" } = unsigned;
    const signed = await signer(service).sign(bare(unsigned), { signingDate });
    return { method: signed.method, target: targetOf(signed), headers: signed.headers, body };
  };

  const presign = async (unsigned: Unsigned, expiresIn = 60): Promise<Request> => {
    const { service, signingDate, body = "", headers } = unsigned;
    // S3 accepts any body for this value.
    const payload: Record<string, string> =
      service === "s3" ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {};
    const request = bare({ ...unsigned, headers: { ...payload, ...headers } });
    const signed = await signer(service).presign(request, { signingDate, expiresIn });
    return { method: signed.method, target: targetOf(signed), headers: { host }, body };
  };

  /** Returns status and error code. */
  const send = async ({ method, target, ...request }: Request): Promise<string> =>
    (await sendPlain(local.endpoint, method, target, request)).outcome;

  it("accepts S3 requests of the official client with keys of any characters", async () => {
    const settings = { endpoint: local.endpoint, region: "us-east-1", credentials: ownerKeys };
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    expect(Buffer.from(await client.get("vault", oddKey)).toString()).to.equal("odd");
    const CopySource = `vault/${encodeURIComponent(oddKey)}`;
    const Key = `copy of ${oddKey}`;
    await s3.send(new CopyObjectCommand({ Bucket: "vault", Key, CopySource }));
    const list = new ListObjectsV2Command({ Bucket: "vault", Prefix: "copy of a b+", Delimiter: "ü" });
    expect((await s3.send(list)).CommonPrefixes).to.have.length(1);
    await s3.send(new DeleteObjectsCommand({ Bucket: "vault", Delete: { Objects: [{ Key }] } }));
    s3.destroy();
  });

  it("rejects wrong secrets and unknown keys with the error of each service", async () => {
    for (const [change, ofDataExchange, ofS3] of [
      [{ secretAccessKey: "guessed" }, "InvalidSignatureException", "SignatureDoesNotMatch"],
      [{ accessKeyId: "AKIDUNKNOWN" }, "UnrecognizedClientException", "InvalidAccessKeyId"],
    ] as const) {
      const stranger = javaScriptClient(local.endpoint, { ...ownerKeys, ...change });
      expect(await errorNameOf(stranger.send("ListJobs", {}))).to.equal(ofDataExchange);
      expect(await errorNameOf(stranger.get("vault", "secret"))).to.equal(ofS3);
      stranger.close();
    }
    const unsigned = { method: "GET", target: "/v1/jobs", headers: { host }, body: "" };
    expect(await send(unsigned)).to.equal("403 MissingAuthenticationTokenException");
  });

  it("accepts unusual spellings of valid requests", async () => {
    const odd = (key: string) => `/vault/${encodeURIComponent(key).replaceAll("'", "%27")}`;
    const unsorted = { prefix: "b a", "list-type": "2", "max-keys": "3", delimiter: "+*~" };
    const states = ["PENDING_RECEIVER_ACCEPTANCE", "ACCEPTED"];
    const grants = { path: "/v1/received-data-grants", query: { acceptanceState: states, maxResults: "1" } };
    const identity = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    // Some clients sign headers in UTF-8 and headers that they send twice, which Node cannot sign.
    const meta = await sign({ ...put, headers: { "x-amz-meta-a": "prix é", "x-amz-meta-b": "1,2" } });
    const utf8 = { "x-amz-meta-a": Buffer.from("prix é").toString("latin1"), "x-amz-meta-b": ["1", "2"] };
    const list = await sign(jobs);
    const unusual: Record<string, Request> = {
      "a key with dots and slashes": await sign({ ...put, path: "/vault/a/../b//./c" }),
      "spaces in a header": await sign({ ...put, headers: { "x-amz-meta-a": "  b   c " } }),
      "headers in UTF-8, and twice": { ...meta, headers: { ...meta.headers, ...utf8 } },
      "a query string that is not sorted": await sign({ service: "s3", path: "/vault", query: unsorted }),
      "a parameter with two values": await sign({ service: "dataexchange", ...grants }),
      "a clock that is slow": await sign({ ...jobs, signingDate: minutesAgo(14) }),
      "the target of a proxy": { ...list, target: `http://elsewhere.test${list.target}` },
      "a presigned odd key": await presign({ service: "s3", path: odd(oddKey) }),
      "a presigned upload": await presign({ ...put, path: odd("up ü"), body: "any" }),
      "a presigned request to STS": await presign({ service: "sts", path: "/", query: identity }),
    };
    for (const [what, request] of Object.entries(unusual)) expect(await send(request), what).to.equal("200");
  });

  it("rejects requests that were changed after they were signed", async () => {
    const dataSet = '{"AssetType":"S3_SNAPSHOT","Name":"a","Description":"b"}';
    const create = await sign({ ...jobs, method: "POST", path: "/v1/data-sets", body: dataSet });
    const list = await sign({ ...jobs, query: { maxResults: "1" } });
    const upload = await sign({ ...put, headers: { "x-amz-meta-a": "1" }, body: "right" });
    const get = await presign(secret);
    for (const request of [create, list, upload, get]) {
      expect(await send(request), request.target).to.match(/^20[01]$/);
    }
    /** Replaces headers; undefined removes one. */
    const changed = (request: Request, headers: OutgoingHttpHeaders): Request => {
      const all = Object.entries({ ...request.headers, ...headers });
      return { ...request, headers: Object.fromEntries(all.filter(([, value]) => value !== undefined)) };
    };
    const unsigned = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    const retargeted = (request: Request, from: string, to: string): Request => ({
      ...request,
      target: request.target.replace(from, to),
    });
    const authorized = (request: Request, from: string | RegExp, to: string): Request =>
      changed(request, { authorization: String(request.headers["authorization"]).replace(from, to) });
    const otherBody = { ...create, body: create.body.replace("a", "c") };
    const date = String(list.headers["x-amz-date"]);
    const otherSecond = date.replace(/\d\dZ$/, (seconds) => (seconds === "59Z" ? "58Z" : "59Z"));
    const lastDigit = String(list.headers["authorization"]).endsWith("0") ? "1" : "0";

    const tampered: [string, Request, string][] = [
      ["body", otherBody, refused],
      ["body and hash", changed(otherBody, { "x-amz-content-sha256": sha256(otherBody.body) }), refused],
      ["body without hash", changed(otherBody, unsigned), refused],
      ["path", retargeted(list, "jobs", "data-sets"), refused],
      ["method", { ...list, method: "POST" }, refused],
      ["query", retargeted(list, "=1", "=2"), refused],
      ["query added", { ...list, target: `${list.target}&nextToken=x` }, refused],
      ["query left out", { ...list, target: "/v1/jobs" }, refused],
      ["query twice", { ...list, target: `${list.target}&maxResults=2` }, refused],
      ["date", changed(list, { "x-amz-date": "20200101T000000Z" }), refused],
      ["second", changed(list, { "x-amz-date": otherSecond }), refused],
      ["day in the scope", authorized(create, /\/\d{8}\//, "/20200101/"), refused],
      ["region", authorized(list, "us-east-1", "eu-west-1"), refused],
      ["service", authorized(list, "/dataexchange/", "/s3/"), refusedByS3],
      ["host", changed(list, { host: "other.test" }), refused],
      ["signed headers", authorized(list, "host;", ""), refused],
      ["header added", changed(list, { "x-amz-security-token": "t" }), refused],
      ["no date", changed(list, { "x-amz-date": undefined }), refused],
      ["signature", authorized(list, /.$/, lastDigit), refused],
      ["signature cut", authorized(list, /..$/, ""), refused],
      ["object's body", { ...upload, body: "wrong" }, "400 XAmzContentSHA256Mismatch"],
      ["object's hash", changed(upload, unsigned), refusedByS3],
      ["object without hash", changed(upload, { "x-amz-content-sha256": undefined }), "400 InvalidRequest"],
      ["object's header", changed(upload, { "x-amz-meta-a": "2" }), refusedByS3],
      ["object's header left out", changed(upload, { "x-amz-meta-a": undefined }), refusedByS3],
      ["copy for upload", changed(upload, { "x-amz-copy-source": "/vault/secret" }), "403 AccessDenied"],
      ["object's key", { ...upload, target: "/vault/other" }, refusedByS3],
      ["presigned key", retargeted(get, "secret", "put"), refusedByS3],
      ["presigned method", { ...get, method: "DELETE" }, refusedByS3],
      ["presigned for longer", retargeted(get, "Expires=60", "Expires=600"), refusedByS3],
      ["presigned query added", { ...get, target: `${get.target}&acl` }, refusedByS3],
      ["presigned host", changed(get, { host: "secret.s3.localhost" }), refusedByS3],
      ["presigned header", changed(get, { "x-amz-expected-bucket-owner": "1" }), "403 AccessDenied"],
    ];
    for (const [what, request, outcome] of tampered) expect(await send(request), what).to.equal(outcome);
  });

  it("uses the signed value if a value differs between URL and header", async () => {
    const hash = { "X-Amz-Content-Sha256": sha256("right") };
    const headers = { "x-amz-content-sha256": sha256("right") };
    const right = await presign({ ...put, query: hash, headers, body: "right" });
    expect(await send(right)).to.equal("200");
    const wrong = { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    expect(await send({ ...right, body: "wrong", headers: wrong })).to.equal("400 XAmzContentSHA256Mismatch");

    // Signature Version 2 signs the copy source in the URL.
    const Expires = String(Math.floor(Date.now() / 1000) + 60);
    const source = { "x-amz-copy-source": "/vault/secret" };
    const toSign = ["PUT", "", "", Expires, "x-amz-copy-source:/vault/secret", "/vault/copied"].join("\n");
    const Signature = createHmac("sha1", ownerKeys.secretAccessKey).update(toSign).digest("base64");
    const { accessKeyId: AWSAccessKeyId } = ownerKeys;
    const query = new URLSearchParams({ AWSAccessKeyId, Signature, Expires, ...source });
    const copy = { method: "PUT", target: `/vault/copied?${query.toString()}`, headers: { host }, body: "" };
    expect(await send(copy)).to.equal("200");
    const elsewhere = { host, "x-amz-copy-source": "/vault/other" };
    expect(await send({ ...copy, headers: elsewhere })).to.equal(refusedByS3);
  });

  it("rejects signatures that are too old, too new or valid for too long", async () => {
    const hashed = { ...secret, headers: { "x-amz-content-sha256": sha256("") } };
    for (const [what, request, outcome] of [
      ["old", await sign({ ...jobs, signingDate: minutesAgo(16) }), refused],
      ["new", await sign({ ...jobs, signingDate: minutesAgo(-16) }), refused],
      ["old for S3", await sign({ ...hashed, signingDate: minutesAgo(16) }), "403 RequestTimeTooSkewed"],
      ["expired", await presign({ ...secret, signingDate: minutesAgo(2) }), "403 AccessDenied"],
      ["not yet valid", await presign({ ...secret, signingDate: minutesAgo(-20) }), "403 AccessDenied"],
      ["for no time", await presign(secret, 0), refusedByS3],
      ["old, for long enough", await presign({ ...secret, signingDate: minutesAgo(2) }, 600), "200"],
    ] as const) {
      expect(await send(request), what).to.equal(outcome);
    }
  });
});
