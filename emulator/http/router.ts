/** Finds the operation of a request. */
import type { IncomingHttpHeaders } from "node:http";
import type { OperationName } from "../../service-model/operations/index";
import { operationNames, operationOf } from "../../service-model/operations/index";
import type { Segment } from "../../service-model/operations/operation";
import { pathSegments } from "../../service-model/operations/operation";
import { tryDecodeUri } from "../s3/request";

export interface Route {
  readonly operation: OperationName;
  /** Members of the input in the path. */
  readonly params: Readonly<Record<string, string>>;
}

interface Candidate {
  readonly operation: OperationName;
  readonly segments: readonly Segment[];
}

/** Operations by method and number of path segments. Few share both, so the rest is a linear search. */
const candidates = new Map<string, Candidate[]>();
const candidateKey = (method: string, length: number): string => `${method} ${length}`;

for (const operation of operationNames) {
  const { method, path } = operationOf(operation);
  const segments = pathSegments(path);
  const key = candidateKey(method, segments.length);
  candidates.set(key, [...(candidates.get(key) ?? []), { operation, segments }]);
}

/** Finds the route. `path` is percent-encoded and has no query string. */
export function findRoute(
  method: string,
  path: string,
  headers: IncomingHttpHeaders = {},
): Route | undefined {
  if (apiAssetHeader in headers) return apiCallRoute(method, path, headers);
  const values = path.split("/").slice(1);
  for (const { operation, segments } of candidates.get(candidateKey(method, values.length)) ?? []) {
    const params = match(segments, values);
    if (params) return { operation, params };
  }
  return undefined;
}

const apiAssetHeader = "x-amzn-dataexchange-asset-id";

/** A call to an API asset has any method and path, or contains those of the API in headers. */
function apiCallRoute(method: string, path: string, headers: IncomingHttpHeaders): Route | undefined {
  const underV1 = /^\/v1(\/.*)?$/.exec(path);
  if (!underV1) return undefined;
  const headerNames = { method: "x-amzn-dataexchange-http-method", path: "x-amzn-dataexchange-path" };
  const params: Record<string, string> = {};
  if (!(headerNames.method in headers)) params["method"] = method;
  if (!(headerNames.path in headers) && underV1[1]) params["path"] = underV1[1];
  return { operation: "SendApiAsset", params };
}

function match(segments: readonly Segment[], values: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = values[index]!;
    if (typeof segment === "string") {
      if (segment !== text) return undefined;
    } else {
      const value = tryDecodeUri(text);
      if (!value) return undefined;
      params[segment.member] = value;
    }
  }
  return params;
}
