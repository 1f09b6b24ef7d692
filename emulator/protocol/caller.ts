/** Who calls, by the scope of the request's signature; the signature itself is not verified here. */
import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "./service-error";

export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  /** The service that the request was signed for, as in `dataexchange` or `s3`. */
  readonly service: string;
}

const credential = /^([^/\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;

/** The caller named by the Authorization header or, of a presigned URL, by the query string. */
export function readCaller(headers: IncomingHttpHeaders, query: URLSearchParams): Caller {
  const header = headers.authorization;
  const scope = header === undefined ? query.get("X-Amz-Credential") : scopeIn(header);
  if (scope === null) {
    throw new ServiceError("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
  }
  const [, accessKeyId, region, service] = (scope && credential.exec(scope)) || [];
  if (!accessKeyId || !region || !service) {
    throw new ServiceError(
      "IncompleteSignatureException",
      403,
      "The Authorization header must be of the form AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=….",
    );
  }
  return { accessKeyId, region, service };
}

const scopeIn = (authorization: string): string | undefined =>
  /^AWS4-HMAC-SHA256\s+(?=.*SignedHeaders=[^,\s]+)(?=.*Signature=[^,\s]+).*?Credential=([^,\s]+)/.exec(
    authorization,
  )?.[1];
