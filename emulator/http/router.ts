/** Finds the operation of a request. */
import type { IncomingHttpHeaders } from "node:http";
import type { OperationName } from "../../service-model/operations/index";
import { operationNames, operationOf } from "../../service-model/operations/index";
import type { Segment } from "../../service-model/operations/operation";
import { pathSegments } from "../../service-model/operations/operation";

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
const slot = (method: string, length: number): string => `${method} ${length}`;

for (const operation of operationNames) {
  const { method, path } = operationOf(operation);
  const segments = pathSegments(path);
  const key = slot(method, segments.length);
  candidates.set(key, [...(candidates.get(key) ?? []), { operation, segments }]);
}

/** Finds the route. `path` is percent-encoded and has no query string. */
export function findRoute(
  method: string,
  path: string,
  headers: IncomingHttpHeaders = {},
): Route | undefined {
  if (apiAssetHeader in headers) return apiCallRoute(method, path, headers);
  const parts = path.split("/").slice(1);
  for (const { operation, segments } of candidates.get(slot(method, parts.length)) ?? []) {
    const params = match(segments, parts);
    if (params) return { operation, params };
  }
  return undefined;
}

const apiAssetHeader = "x-amzn-dataexchange-asset-id";

/** A call of an API has any method and path, or gives them in headers. */
function apiCallRoute(method: string, path: string, headers: IncomingHttpHeaders): Route | undefined {
  const own = /^\/v1(\/.*)?$/.exec(path);
  if (!own) return undefined;
  const named = { method: "x-amzn-dataexchange-http-method", path: "x-amzn-dataexchange-path" };
  const params: Record<string, string> = {};
  if (!(named.method in headers)) params["method"] = method;
  if (!(named.path in headers) && own[1]) params["path"] = own[1];
  return { operation: "SendApiAsset", params };
}

function match(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index]!;
    if (typeof segment === "string") {
      if (segment !== part) return undefined;
    } else {
      const value = decode(part);
      if (!value) return undefined;
      params[segment.member] = value;
    }
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
