/** Verifies the signature of a request with the caller's secret. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { createScope, getSigningKey, SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import type { Authorization, SignedRequest } from "./caller";
import { ApiError } from "../state/api-error";
// S3's parser, so that S3 acts on the same address and hash that are verified.
import { parseAddress, presignedBodyHash } from "../s3/request";

/** Maximum difference between the clocks of the client and of this machine, in milliseconds. */
const maxSkewMs = 15 * 60 * 1000;
/** Maximum lifetime of a presigned URL in seconds: a week. */
const maxUrlSeconds = 7 * 24 * 60 * 60;

/** @throws ApiError if the signature does not match the secret or has expired. */
export async function verifySignature(
  request: SignedRequest,
  caller: Authorization,
  secret: string,
): Promise<void> {
  const signature =
    caller.version === 2 ? expectedV2(request, secret) : await expectedV4(request, caller, secret);
  const [actual, expected] = [Buffer.from(caller.signature), Buffer.from(signature)];
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw invalidSignature("The request signature we calculated does not match the signature you provided.");
  }
}

/**
 * @throws ApiError if a presigned URL has expired. A URL without an expiry time does not expire. This check needs no
 * secret.
 */
export function assertNotExpired({ query }: SignedRequest, { presigned, version }: Authorization): void {
  if (!presigned) return;
  const end =
    version === 2
      ? Number(query.get("Expires") ?? NaN) * 1000
      : parseTimestamp(query.get("X-Amz-Date")) + Number(query.get("X-Amz-Expires") ?? NaN) * 1000;
  if (Date.now() > end) throw expired();
}

function expectedV2(request: SignedRequest, secret: string): string {
  if (!(Date.now() <= Number(request.query.get("Expires")) * 1000)) throw expired();
  return signatureV2(request, secret);
}

async function expectedV4(request: SignedRequest, caller: Authorization, secret: string): Promise<string> {
  const { query, body } = request;
  const timestamp = caller.presigned ? query.get("X-Amz-Date") : timestampIn(request);
  const signedAt = parseTimestamp(timestamp);
  if (!timestamp?.startsWith(caller.date) || Number.isNaN(signedAt)) {
    throw invalidSignature("The request must have an X-Amz-Date on the day of its credential scope.");
  }
  rejectUnsignedHeaders(request, caller);
  rejectOutsideLifetime(Date.now() - signedAt, query, caller);
  const payloadHash = payloadHashOf(request, caller);
  if (body && payloadHash !== unsignedPayload && sha256Of(body) !== payloadHash.toLowerCase()) {
    throw invalidSignature("The body does not match the signed hash.");
  }
  return new SignatureCalculator(caller.service).computeSignature(
    request,
    caller,
    secret,
    timestamp,
    payloadHash,
  );
}

const invalidSignature = (message: string): ApiError =>
  new ApiError("InvalidSignatureException", 403, message);
const expired = () => new ApiError("AccessDenied", 403, "Request has expired");

/** Host and every `x-amz-` header but the body's hash must be signed. */
function rejectUnsignedHeaders({ headers }: SignedRequest, { signedHeaders, service }: Authorization): void {
  const mustBeSigned = (name: string) =>
    name === "host" || (name.startsWith("x-amz-") && name !== hashHeader);
  const unsignedHeaders = Object.keys(headers).filter(
    (name) => mustBeSigned(name) && !signedHeaders.includes(name),
  );
  if (unsignedHeaders.length === 0) return;
  const message = `There were headers present in the request which were not signed: ${unsignedHeaders.join(", ")}`;
  throw service === "s3" ? new ApiError("AccessDenied", 403, message) : invalidSignature(message);
}

function rejectOutsideLifetime(
  age: number,
  query: URLSearchParams,
  { presigned, service }: Authorization,
): void {
  const seconds = Number(query.get("X-Amz-Expires"));
  if (presigned && !(seconds > 0 && seconds <= maxUrlSeconds)) {
    throw invalidSignature(`X-Amz-Expires must be from 1 to ${maxUrlSeconds} seconds.`);
  }
  if (age >= -maxSkewMs && age <= (presigned ? seconds * 1000 : maxSkewMs)) return;
  if (service !== "s3") throw invalidSignature("Signature expired, or not yet current.");
  if (presigned) throw expired();
  throw new ApiError(
    "RequestTimeTooSkewed",
    403,
    "The difference between the request time and the server's time is too large.",
  );
}

const sha256Of = (body: Buffer | string): string => createHash("sha256").update(body).digest("hex");

/** Some clients send only a Date header. */
function timestampIn({ headers }: SignedRequest): string | undefined {
  const date = Date.parse(headers["date"]?.[0] ?? "");
  const plain = Number.isNaN(date) ? undefined : new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, "");
  return headers["x-amz-date"]?.[0] ?? plain;
}

const parseTimestamp = (timestamp: string | null | undefined): number =>
  Date.parse(timestamp?.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3:$4:$5Z") ?? "");

const unsignedPayload = "UNSIGNED-PAYLOAD";
const hashHeader = "x-amz-content-sha256";

function payloadHashOf(
  { headers, query, body }: SignedRequest,
  { presigned, service, signedHeaders }: Authorization,
): string {
  const usesHeader = !presigned || signedHeaders.includes(hashHeader);
  const hash = presignedBodyHash(query) ?? (usesHeader ? headers[hashHeader]?.[0] : undefined);
  if (hash !== undefined) return hash;
  if (service !== "s3") return sha256Of(body ?? "");
  if (presigned) return unsignedPayload;
  throw new ApiError("InvalidRequest", 400, `Missing required header for this request: ${hashHeader}`);
}

/** Computes signatures with the SDK's canonical form of a request. */
class SignatureCalculator extends SignatureV4 {
  constructor(service: string) {
    // S3 signs paths unchanged. Other services encode them a second time.
    const uriEscapePath = service !== "s3";
    const credentials = { accessKeyId: "", secretAccessKey: "" };
    super({ service, region: "", credentials, sha256: Sha256, uriEscapePath });
  }

  async computeSignature(
    { method, path, query, headers }: SignedRequest,
    { accessKeyId, date, region, service, signedHeaders }: Authorization,
    secretAccessKey: string,
    timestamp: string,
    payloadHash: string,
  ): Promise<string> {
    const signed = signedHeaders.map((name) => [name, canonicalValue(headers[name])]);
    const request = { method, path, query: valuesByName(query) } as unknown as HttpRequest;
    const canonical = this.createCanonicalRequest(
      request,
      Object.fromEntries(signed) as Record<string, string>,
      payloadHash,
    );
    const scope = createScope(date, region, service);
    const toSign = await this.createStringToSign(timestamp, scope, canonical, "AWS4-HMAC-SHA256");
    const key = await getSigningKey(Sha256, { accessKeyId, secretAccessKey }, date, region, service);
    return createHmac("sha256", key).update(toSign).digest("hex");
  }
}

const canonicalValue = (values: readonly string[] = []): string =>
  values
    .map((value) =>
      asSent(value)
        .replace(/[ \t]+/g, " ")
        .replace(/^ | $/g, ""),
    )
    .join(",");

/** Decodes as UTF-8, which most clients send. Node decodes headers as Latin-1. */
function asSent(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

const valuesByName = (query: URLSearchParams): Record<string, string[]> =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));

/**
 * Signature Version 2 of presigned S3 URLs, which aws-cli 1 and boto3 still use by default. Source: S3 developer guide,
 * signing and authenticating REST requests.
 */

/** Query parameters that Signature Version 2 signs, besides those that begin with x-amz-. */
const signedParameters = new Set(
  (
    "accelerate acl cors delete lifecycle location logging notification partNumber policy requestPayment " +
    "response-cache-control response-content-disposition response-content-encoding response-content-language " +
    "response-content-type response-expires restore tagging torrent uploadId uploads versionId versioning " +
    "versions website analytics defaultObjectAcl inventory metrics object-lock replication select select-type storageClass"
  ).split(" "),
);

/** Computes the expected signature. */
function signatureV2(request: SignedRequest, secret: string): string {
  const { method, query } = request;
  const fields = fieldsOf(request);
  const amz = [...fields].filter(([name]) => name.startsWith("x-amz-")).sort(byName);
  const lines = [
    method,
    fields.get("content-md5") ?? "",
    fields.get("content-type") ?? "",
    query.get("Expires"),
    ...amz.map(([name, value]) => `${name}:${value}`),
    resourceOf(request),
  ];
  return createHmac("sha1", secret).update(lines.join("\n")).digest("base64");
}

/** Headers and query parameters by lower-case name. A header overrides a parameter, as in S3. */
function fieldsOf({ headers, query }: SignedRequest): Map<string, string> {
  const given = Object.entries(headers).map(([name, values = []]) => [name, values.join(",")] as const);
  return new Map([...[...query].map(([name, value]) => [name.toLowerCase(), value] as const), ...given]);
}

/** The bucket and key as in the path, with the signed query parameters. */
function resourceOf({ path, query, headers }: SignedRequest): string {
  const { bucketName } = parseAddress("/", headers["host"]?.[0]);
  const signed = [...query].filter(([name]) => signedParameters.has(name)).sort(byName);
  const rest = signed.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&");
  return (bucketName && `/${bucketName}`) + path + (rest && `?${rest}`);
}

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : one > other ? 1 : 0;
