/**
 * The signature of a URL that was presigned for S3 in the way before Signature Version 4: aws-cli 1 and boto3 still
 * presign so unless they are told otherwise. Source: S3 developer guide, signing and authenticating REST requests.
 */
import type { SignedRequest } from "./caller";
import { createHmac } from "node:crypto";
import { targetOf } from "../s3/request";

/** What of a query string is signed, beside all that begins with x-amz- and stands for a header. */
const signedParameters = new Set(
  (
    "accelerate acl cors delete lifecycle location logging notification partNumber policy requestPayment " +
    "response-cache-control response-content-disposition response-content-encoding response-content-language " +
    "response-content-type response-expires restore tagging torrent uploadId uploads versionId versioning " +
    "versions website analytics defaultObjectAcl inventory metrics object-lock replication select select-type storageClass"
  ).split(" "),
);

/** The signature that the owner of `secret` would give the request. */
export function presignatureV2(request: SignedRequest, secret: string): string {
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

/** Headers, also those that stand in the query string: where both say something, the header is what S3 goes by. */
function fieldsOf({ headers, query }: SignedRequest): Map<string, string> {
  const given = Object.entries(headers).map(([name, values = []]) => [name, values.join(",")] as const);
  return new Map([...[...query].map(([name, value]) => [name.toLowerCase(), value] as const), ...given]);
}

/** Bucket and key as they stand in the path, and of the query string what is signed. */
function resourceOf({ path, query, headers }: SignedRequest): string {
  const { bucketName } = targetOf("/", headers["host"]?.[0]);
  const signed = [...query].filter(([name]) => signedParameters.has(name)).sort(byName);
  const rest = signed.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&");
  return (bucketName && `/${bucketName}`) + path + (rest && `?${rest}`);
}

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number =>
  one < other ? -1 : one > other ? 1 : 0;
