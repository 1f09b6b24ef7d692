/** Describes an operation of the service for routing, validation and responses. */
import type { ServiceErrorName } from "../errors";
import type { Member, Shape, StructShape } from "../shape";
import { isRecord } from "../validate";

export interface Operation {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** `{member}` stands for the input's member of that name, as one path segment. */
  readonly path: string;
  /** Members of the input that are sent in the query string, under their own names. */
  readonly query?: readonly string[];
  /** Members of the input that are sent in headers, with the headers' names. Other members are sent in the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member of the input, a map, that receives every parameter of the query string. */
  readonly queryMap?: string;
  /** The member of the input, a map, that receives every header with a prefix. Its keys omit the prefix. */
  readonly headerMap?: { readonly member: string; readonly prefix: string };
  /** The member of the input that receives the whole body unchanged. */
  readonly payload?: string;
  readonly input: StructShape;
  /** The response. Members that it does not name are never shown. Without it, the body is empty. */
  readonly output?: StructShape;
  /** HTTP status of success. */
  readonly status: number;
  /** The operation's errors in the API model. A comment explains any further ones. */
  readonly errors: readonly ServiceErrorName[];
}

/** The segments of an operation's path template: `["v1", { member: "jobId" }]`. */
export type Segment = string | { readonly member: string };

export const pathSegments = (path: string): Segment[] =>
  path
    .split("/")
    .slice(1)
    .map((part) => (part.startsWith("{") ? { member: part.slice(1, -1) } : part));

/** Location of a member of the input in the request. */
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

/** The name of a member of a shape in requests and responses. */
export const wireName = (name: string, member?: Member): string =>
  member?.wireName ?? name.charAt(0).toUpperCase() + name.slice(1);

/** Replaces the value of every secret member by asterisks. */
export function maskSecretMembers(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value))
    return value.map((item) => maskSecretMembers(shape.of, item));
  if (shape.kind === "struct" && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
        if (!member) return [name, item];
        return [name, member.secret && item !== undefined ? "***" : maskSecretMembers(member.shape, item)];
      }),
    );
  }
  return value;
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
