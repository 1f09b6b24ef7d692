import { createHash, createHmac } from "node:crypto";
import type { RequestOptions } from "node:http";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { Sha256 } from "@aws-crypto/sha256-js";
import { CopyObjectCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import type { Client } from "./client";
import { javaScriptClient, oddKey, refusal, right, unknownKey, wrongSecret } from "./client";

interface Sent {
  method: string;
  /** As in the request line. */
  target: string;
  headers: Record<string, string | string[]>;
  body: string;
}

interface Wanted {
  readonly service: "s3" | "dataexchange" | "sts";
  readonly method?: string;
  readonly path: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signingDate?: Date;
}

const empty = createHash("sha256").update("").digest("hex");

describe("clients: signatures", () => {
  let local: LocalDataExchange;
  let client: Client;
  let s3: S3Client;
  let host: string;

  before(async () => {
    local = await LocalDataExchange.start({ credentials: [right] });
    client = javaScriptClient(local.endpoint, right);
    s3 = new S3Client({
      endpoint: local.endpoint,
      region: "us-east-1",
      credentials: right,
      forcePathStyle: true,
    });
    host = new URL(local.endpoint).host;
    await client.makeBucket("vault");
    await client.put("vault", oddKey, Buffer.from("odd"));
    await client.put("vault", "secret", Buffer.from("secret"));
  });
  after(async () => {
    await client.close();
    s3.destroy();
    await local.stop();
  });

  const signer = (service: string, credentials = right): SignatureV4 =>
    new SignatureV4({
      service,
      region: "us-east-1",
      credentials,
      sha256: Sha256,
      uriEscapePath: service !== "s3",
    });

  const bare = ({ method = "GET", path, query = {}, headers = {}, body = "" }: Wanted): HttpRequest => ({
    method,
    protocol: "http:",
    hostname: "127.0.0.1",
    path,
    query,
    headers: { host, ...headers },
    body,
  });

  const targetOf = ({ path, query = {} }: HttpRequest): string => {
    const pairs = Object.entries(query).flatMap(([name, given]) =>
      [given ?? []].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
    );
    return path + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
  };

  async function signed(wanted: Wanted): Promise<Sent> {
    const { method, headers, ...rest } = await signer(wanted.service).sign(bare(wanted), {
      signingDate: wanted.signingDate,
    });
    return { method, headers, target: targetOf({ method, headers, ...rest }), body: wanted.body ?? "" };
  }

  async function presigned(wanted: Wanted, expiresIn = 60): Promise<Sent> {
    const { signingDate } = wanted;
    // What is no hash is what S3 takes for a body that is not known yet.
    const asked = bare({ ...wanted, headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    const got = await signer(wanted.service).presign(asked, { signingDate, expiresIn });
    return { method: got.method, target: targetOf(got), headers: { host }, body: wanted.body ?? "" };
  }

  /** Status and code of the answer. */
  async function send({ method, target, headers, body }: Sent): Promise<string> {
    const options: RequestOptions = { method, path: target, headers };
    return new Promise((resolve, reject) => {
      request(local.endpoint, options, (answer) => {
        text(answer).then((said) => {
          const code = answer.headers["x-amzn-errortype"] ?? /<Code>(\w+)/.exec(said)?.[1];
          resolve([answer.statusCode, code].filter(Boolean).join(" "));
        }, reject);
      })
        .on("error", reject)
        // As bytes: beside text node would write the headers in UTF-8 as well.
        .end(Buffer.from(body));
    });
  }

  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

  it("lets in whoever has a key pair, in every service", async () => {
    const Tags = { "a b": "c+ü", "x:y=z": "" };
    const made = await client.ask("CreateDataSet", {
      AssetType: "S3_SNAPSHOT",
      Name: "ü",
      Description: "d",
      Tags,
    });
    expect(made.Arn).to.contain(":222222222222:");
    const { Tags: kept } = await client.ask("ListTagsForResource", { ResourceArn: made.Arn });
    expect(kept).to.deep.equal(Tags);
    await client.ask("UntagResource", { ResourceArn: made.Arn, TagKeys: ["x:y=z", "a b", "ü+/@"] });
    const AcceptanceState = ["PENDING_RECEIVER_ACCEPTANCE" as const, "ACCEPTED" as const];
    await client.ask("ListReceivedDataGrants", { AcceptanceState });

    expect(Buffer.from(await client.get("vault", oddKey)).toString()).to.equal("odd");
    const CopySource = `vault/${encodeURIComponent(oddKey)}`;
    const Key = `copy of ${oddKey}`;
    await s3.send(new CopyObjectCommand({ Bucket: "vault", Key, CopySource }));
    const list = new ListObjectsV2Command({ Bucket: "vault", Prefix: "copy of a b+", Delimiter: "ü" });
    expect((await s3.send(list)).CommonPrefixes).to.have.length(1);
    await s3.send(new DeleteObjectsCommand({ Bucket: "vault", Delete: { Objects: [{ Key }] } }));
  });

  it("refuses every other, with the errors that the services have", async () => {
    for (const [pair, ofDataExchange, ofS3] of [
      [wrongSecret, "InvalidSignatureException", "SignatureDoesNotMatch"],
      [unknownKey, "UnrecognizedClientException", "InvalidAccessKeyId"],
    ] as const) {
      const stranger = javaScriptClient(local.endpoint, pair);
      expect(await refusal(stranger.ask("ListJobs", {}))).to.equal(ofDataExchange);
      expect(await refusal(stranger.get("vault", "secret"))).to.equal(ofS3);
      await stranger.close();
    }
    const unsigned = { method: "GET", headers: { host }, body: "" };
    expect(await send({ ...unsigned, target: "/v1/jobs" })).to.equal(
      "403 MissingAuthenticationTokenException",
    );
  });

  it("lets in what is written in unusual ways", async () => {
    const odd = (key: string) => `/vault/${encodeURIComponent(key).replaceAll("'", "%27")}`;
    const put = { service: "s3", method: "PUT", path: odd("other"), body: "x" } as const;
    const unusual: Record<string, Sent> = {
      "a key with dots and slashes": await signed({ ...put, path: "/vault/a/../b//./c" }),
      "spaces in a header": await signed({ ...put, headers: { "x-amz-meta-a": "  b   c " } }),
      "a query string that is not sorted": await signed({
        service: "s3",
        path: "/vault",
        query: { prefix: "b a", "list-type": "2", "max-keys": "3", delimiter: "+*~" },
      }),
      "a name that begins with another": await signed({
        service: "dataexchange",
        path: "/v1/received-data-grants",
        query: { acceptanceState: ["PENDING_RECEIVER_ACCEPTANCE", "ACCEPTED"], maxResults: "1" },
      }),
      "a clock that is slow": await signed({
        service: "dataexchange",
        path: "/v1/jobs",
        signingDate: minutesAgo(14),
      }),
      "a presigned odd key": await presigned({ service: "s3", path: odd(oddKey) }),
      "a presigned upload": await presigned({ service: "s3", method: "PUT", path: odd("up ü"), body: "any" }),
      "a presigned request of another service": await (async () => {
        const got = await signer("sts").presign(
          bare({
            service: "sts",
            path: "/",
            query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
          }),
        );
        return { method: "GET", target: targetOf(got), headers: { host }, body: "" };
      })(),
    };
    for (const [what, sent] of Object.entries(unusual)) expect(await send(sent), what).to.equal("200");

    // In UTF-8, and twice: as some clients send what others refuse to send or join.
    const meta = await signed({ ...put, headers: { "x-amz-meta-a": "prix é", "x-amz-meta-b": "1,2" } });
    meta.headers["x-amz-meta-a"] = Buffer.from("prix é").toString("latin1");
    meta.headers["x-amz-meta-b"] = ["1", "2"];
    expect(await send(meta)).to.equal("200");
    const throughProxy = await signed({ service: "dataexchange", path: "/v1/jobs" });
    throughProxy.target = `http://elsewhere.test${throughProxy.target}`;
    expect(await send(throughProxy)).to.equal("200");
  });

  it("refuses what is not as it was signed", async () => {
    const create = await signed({
      service: "dataexchange",
      method: "POST",
      path: "/v1/data-sets",
      body: '{"AssetType":"S3_SNAPSHOT","Name":"a","Description":"b"}',
    });
    const list = await signed({ service: "dataexchange", path: "/v1/jobs", query: { maxResults: "1" } });
    const put = await signed({
      service: "s3",
      method: "PUT",
      path: "/vault/put",
      headers: { "x-amz-meta-a": "1" },
      body: "right",
    });
    const get = await presigned({ service: "s3", path: "/vault/secret" });
    for (const sent of [create, list, put, get]) {
      expect(await send(sent), sent.target).to.match(/^20[01]$/);
    }
    const [refused, refusedByS3] = ["403 InvalidSignatureException", "403 SignatureDoesNotMatch"];
    const changed = (sent: Sent, headers: Sent["headers"]) => ({
      ...sent,
      headers: { ...sent.headers, ...headers },
    });
    const without = ({ headers, ...rest }: Sent, name: string) => ({
      ...rest,
      headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)),
    });
    const sentence = (sent: Sent) => String(sent.headers["authorization"]);
    const otherDay = sentence(create).replace(/\/\d{8}\//, "/20200101/");
    const otherBody = create.body.replace("a", "c");
    const otherHash = createHash("sha256").update(otherBody).digest("hex");

    const tampered: [string, Sent, string][] = [
      ["body", { ...create, body: otherBody }, refused],
      [
        "body and hash",
        changed({ ...create, body: otherBody }, { "x-amz-content-sha256": otherHash }),
        refused,
      ],
      [
        "body, hash given up",
        changed({ ...create, body: otherBody }, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
        refused,
      ],
      ["path", { ...list, target: list.target.replace("jobs", "data-sets") }, refused],
      ["method", { ...list, method: "POST" }, refused],
      ["query", { ...list, target: list.target.replace("=1", "=2") }, refused],
      ["query added", { ...list, target: `${list.target}&nextToken=x` }, refused],
      ["query left out", { ...list, target: "/v1/jobs" }, refused],
      ["query twice", { ...list, target: `${list.target}&maxResults=2` }, refused],
      ["date", changed(list, { "x-amz-date": "20200101T000000Z" }), refused],
      [
        "second",
        changed(list, {
          "x-amz-date": String(list.headers["x-amz-date"]).replace(
            /\d\dZ$/,
            (s) => `${s === "59Z" ? "58" : "59"}Z`,
          ),
        }),
        refused,
      ],
      ["day in the scope", changed(create, { authorization: otherDay }), refused],
      ["region", changed(list, { authorization: sentence(list).replace("us-east-1", "eu-west-1") }), refused],
      [
        "service",
        changed(list, { authorization: sentence(list).replace("/dataexchange/", "/s3/") }),
        refusedByS3,
      ],
      ["host", changed(list, { host: "other.test" }), refused],
      ["signed headers", changed(list, { authorization: sentence(list).replace("host;", "") }), refused],
      ["header added", changed(list, { "x-amz-security-token": "t" }), refused],
      ["no date", without(list, "x-amz-date"), refused],
      [
        "signature",
        changed(list, {
          authorization: `${sentence(list).slice(0, -1)}${sentence(list).endsWith("0") ? "1" : "0"}`,
        }),
        refused,
      ],
      ["signature cut", changed(list, { authorization: sentence(list).slice(0, -2) }), refused],
      ["object's body", { ...put, body: "wrong" }, "400 XAmzContentSHA256Mismatch"],
      ["object's hash", changed(put, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }), refusedByS3],
      ["object without hash", without(put, "x-amz-content-sha256"), "400 InvalidRequest"],
      ["object's header", changed(put, { "x-amz-meta-a": "2" }), refusedByS3],
      ["object's header left out", without(put, "x-amz-meta-a"), refusedByS3],
      ["copy instead of upload", changed(put, { "x-amz-copy-source": "/vault/secret" }), "403 AccessDenied"],
      ["object's key", { ...put, target: "/vault/other" }, refusedByS3],
      ["presigned key", { ...get, target: get.target.replace("secret", "put") }, refusedByS3],
      ["presigned method", { ...get, method: "DELETE" }, refusedByS3],
      [
        "presigned for longer",
        { ...get, target: get.target.replace("Expires=60", "Expires=600") },
        refusedByS3,
      ],
      ["presigned query added", { ...get, target: `${get.target}&acl` }, refusedByS3],
      ["presigned host", changed(get, { host: "secret.s3.localhost" }), refusedByS3],
      ["presigned header", changed(get, { "x-amz-expected-bucket-owner": "1" }), "403 AccessDenied"],
    ];
    for (const [what, sent, answer] of tampered) expect(await send(sent), what).to.equal(answer);
  });

  it("reads what was signed, and nothing beside it, where a URL and a header say two things", async () => {
    const put = { service: "s3", method: "PUT", path: "/vault/put" } as const;
    const hash = createHash("sha256").update("right").digest("hex");
    const query = { "X-Amz-Content-Sha256": hash };
    const got = await signer("s3").presign(
      bare({ ...put, query, headers: { "x-amz-content-sha256": hash } }),
    );
    const withHash: Sent = { method: "PUT", target: targetOf(got), headers: { host }, body: "right" };
    expect(await send(withHash)).to.equal("200");
    const other = {
      ...withHash,
      body: "wrong",
      headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    };
    expect(await send(other)).to.equal("400 XAmzContentSHA256Mismatch");

    // As Signature Version 2 signs it: the source stands in the URL.
    const expires = String(Math.floor(Date.now() / 1000) + 60);
    const source = "/vault/secret";
    const toSign = ["PUT", "", "", expires, `x-amz-copy-source:${source}`, "/vault/copied"].join("\n");
    const Signature = createHmac("sha1", right.secretAccessKey).update(toSign).digest("base64");
    const signedV2 = new URLSearchParams({
      AWSAccessKeyId: right.accessKeyId,
      Signature,
      Expires: expires,
      "x-amz-copy-source": source,
    });
    const copy: Sent = {
      method: "PUT",
      target: `/vault/copied?${signedV2.toString()}`,
      headers: { host },
      body: "",
    };
    expect(await send(copy)).to.equal("200");
    const elsewhere = { ...copy, headers: { host, "x-amz-copy-source": "/vault/other" } };
    expect(await send(elsewhere)).to.equal("403 SignatureDoesNotMatch");
  });

  it("refuses what is too old, too new or good for too long", async () => {
    const jobs = { service: "dataexchange", path: "/v1/jobs" } as const;
    const secret = {
      service: "s3",
      path: "/vault/secret",
      headers: { "x-amz-content-sha256": empty },
    } as const;
    const untimely: [string, Sent, string][] = [
      ["old", await signed({ ...jobs, signingDate: minutesAgo(16) }), "403 InvalidSignatureException"],
      ["new", await signed({ ...jobs, signingDate: minutesAgo(-16) }), "403 InvalidSignatureException"],
      ["old to S3", await signed({ ...secret, signingDate: minutesAgo(16) }), "403 RequestTimeTooSkewed"],
      ["expired", await presigned({ ...secret, signingDate: minutesAgo(2) }), "403 AccessDenied"],
      ["not yet", await presigned({ ...secret, signingDate: minutesAgo(-20) }), "403 AccessDenied"],
      ["for no time", await presigned(secret, 0), "403 SignatureDoesNotMatch"],
    ];
    for (const [what, sent, answer] of untimely) expect(await send(sent), what).to.equal(answer);
    const still = await presigned({ ...secret, signingDate: minutesAgo(2) }, 600);
    expect(await send(still)).to.equal("200");
  });
});
