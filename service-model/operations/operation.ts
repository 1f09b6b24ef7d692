/** How an operation of the service is written down; routing, validation and answering all derive from it. */
import type { ServiceErrorName } from "../errors";
import type { StructShape } from "../shape";

export interface Operation {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** `{member}` stands in the place of the input's member of that name, one path segment long. */
  readonly path: string;
  /** Members of the input that come in the query string, under their own names. */
  readonly query?: readonly string[];
  /** Members of the input that come in headers, with the names of these. What no part names comes in the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member of the input, a map, that takes every parameter of the query string. */
  readonly queryMap?: string;
  /** The member of the input, a map, that takes every header of a prefix, which its keys are without. */
  readonly headerMap?: { readonly member: string; readonly prefix: string };
  /** The member of the input that is the whole body, as it came. */
  readonly payload?: string;
  readonly input: StructShape;
  /** What is answered; members that it does not name are never shown. Without it, the body is empty. */
  readonly output?: StructShape;
  /** Status of success. */
  readonly status: number;
  /** The errors that the API model names for the operation; where there are more, a comment says why. */
  readonly errors: readonly ServiceErrorName[];
}

/** Where the path template of an operation names members: `["v1", { member: "jobId" }]`. */
export type Segment = string | { readonly member: string };

export const pathSegments = (path: string): Segment[] =>
  path
    .split("/")
    .slice(1)
    .map((part) => (part.startsWith("{") ? { member: part.slice(1, -1) } : part));

/** Where a member of the input comes from. */
export type Location = "path" | "query" | "header" | "queryMap" | "headerMap" | "payload" | "body";

export function locationOf(operation: Operation, member: string): Location {
  const { path, query, headers, queryMap, headerMap, payload } = operation;
  if (path.includes(`{${member}}`)) return "path";
  if (query?.includes(member)) return "query";
  if (headers && member in headers) return "header";
  if (member === queryMap) return "queryMap";
  if (member === headerMap?.member) return "headerMap";
  return member === payload ? "payload" : "body";
}

/** Errors of every operation that reads a stored resource. */
export const readErrors: readonly ServiceErrorName[] = [
  "ResourceNotFoundException",
  "ThrottlingException",
  "ValidationException",
  "InternalServerException",
];

export const writeErrors: readonly ServiceErrorName[] = [...readErrors, "AccessDeniedException"];
export const changeErrors: readonly ServiceErrorName[] = [...writeErrors, "ConflictException"];

/** Errors of operations that create a resource without a parent. */
export const createErrors: readonly ServiceErrorName[] = [
  "ServiceLimitExceededException",
  "ThrottlingException",
  "AccessDeniedException",
  "ValidationException",
  "InternalServerException",
];
