/** Parses the caller and the scope from a request's signature, without verifying it. */
import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "../state/api-error";

export interface SignedRequest {
  readonly method: string;
  /** As in the request line, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** All values of each header, because a header can occur more than once. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** Absent if the body is a stream, because the API that reads the stream verifies its hash. */
  readonly body?: Buffer;
}

export interface Authorization {
  readonly accessKeyId: string;
  readonly region: string;
  /** The service in the scope, such as `dataexchange` or `s3`. */
  readonly service: string;
  /** The date in the scope, `yyyymmdd`. */
  readonly date: string;
  /** Names of the signed headers, in lower case. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  /** Whether the signature is in the URL. A presigned URL contains its expiry. */
  readonly presigned: boolean;
  /** Set for temporary credentials. */
  readonly sessionToken?: string;
  /** Version of the signature. 2 occurs only in presigned S3 URLs. */
  readonly version: 2 | 4;
}

const scope = /^([^/\s]+)\/(\d{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/aws4_request$/;

/** Parses the Authorization header or the query string of a presigned URL. */
export function parseAuthorization(headers: IncomingHttpHeaders, query: URLSearchParams): Authorization {
  const { authorization } = headers;
  if (authorization === undefined && query.has("AWSAccessKeyId")) return parseV2Query(query);
  const presigned = authorization === undefined && query.has("X-Amz-Credential");
  if (authorization === undefined && !presigned) {
    throw new ApiError("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
  }
  const fields = presigned ? parseV4Query(query) : parseV4Header(authorization ?? "");
  const [, accessKeyId, date, region, service] = scope.exec(fields.credential) ?? [];
  if (!accessKeyId || !date || !region || !service || !fields.signedHeaders || !fields.signature) {
    throw new ApiError(
      "IncompleteSignatureException",
      403,
      "The Authorization header must be of the form AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=….",
    );
  }
  const signedHeaders = fields.signedHeaders.toLowerCase().split(";");
  const { signature } = fields;
  const header = headers[tokenHeader];
  const sessionToken = presigned ? tokenIn(query) : header === undefined ? undefined : String(header);
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders,
    signature,
    presigned,
    sessionToken,
    version: 4,
  };
}

const tokenHeader = "x-amz-security-token";

const tokenIn = (query: URLSearchParams): string | undefined =>
  [...query].find(([name]) => name.toLowerCase() === tokenHeader)?.[1];

/** Parses an S3 URL presigned with Signature Version 2, which has no scope. */
const parseV2Query = (query: URLSearchParams): Authorization => ({
  accessKeyId: query.get("AWSAccessKeyId") ?? "",
  date: "",
  region: "us-east-1",
  service: "s3",
  signedHeaders: [],
  signature: query.get("Signature") ?? "",
  sessionToken: tokenIn(query),
  presigned: true,
  version: 2,
});

interface SignatureFields {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

function parseV4Header(authorization: string): SignatureFields {
  const [algorithm, ...rest] = authorization.split(/\s+/);
  const pairs = rest.join("").split(",");
  const valueOf = (name: string): string =>
    pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const credential = algorithm === "AWS4-HMAC-SHA256" ? valueOf("Credential") : "";
  return { credential, signedHeaders: valueOf("SignedHeaders"), signature: valueOf("Signature") };
}

function parseV4Query(query: URLSearchParams): SignatureFields {
  const valueOf = (name: string): string => query.get(`X-Amz-${name}`) ?? "";
  const credential = valueOf("Algorithm") === "AWS4-HMAC-SHA256" ? valueOf("Credential") : "";
  return { credential, signedHeaders: valueOf("SignedHeaders"), signature: valueOf("Signature") };
}
