/**
 * Reads an operation's input from a request and validates it. Converts values between the names of the shapes
 * (`assetSources`) and those on the wire (`AssetSources`). Follows the shape, because the keys of maps are data.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Shape, StructShape } from "../../service-model/shape";
import type { Path } from "../../service-model/validate";
import { formatPath, isRecord, validateAsService } from "../../service-model/validate";
import type { Operation } from "../../service-model/operations/operation";
import { locationOf, wireName } from "../../service-model/operations/operation";
import { invalid, ApiError } from "../state/api-error";

export interface RawRequest {
  /** Members of the input in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Returns the input under the shape's names. @throws ApiError if it is invalid. */
export function readInput(operation: Operation, request: RawRequest): Record<string, unknown> {
  const input = {
    ...fromBody(operation, request.body),
    ...fromQuery(operation, request.query),
    ...fromHeaders(operation, request.headers),
    ...request.params,
  };
  const problems = validateAsService(operation.input, input).map(
    ({ path, message }) => `${formatPath(pathOnWire(operation.input, path))} ${message}`,
  );
  if (problems.length > 0) throw invalid(`${problems.slice(0, maxProblems).join("; ")}.`);
  return input;
}

/** Limits the length of the error message. */
const maxProblems = 10;

/** Translates a path to names on the wire. Indexes and keys of maps are data and stay unchanged. */
function pathOnWire(shape: Shape, [step, ...rest]: Path): Path {
  if (step === undefined) return [];
  if (shape.kind === "list" || shape.kind === "map") return [step, ...pathOnWire(shape.of, rest)];
  const member = shape.kind === "struct" ? shape.members[step] : undefined;
  return member ? [wireName(String(step), member), ...pathOnWire(member.shape, rest)] : [step, ...rest];
}

function fromBody(operation: Operation, body: Buffer): Record<string, unknown> {
  const { input, payload } = operation;
  if (payload !== undefined) return body.length > 0 ? { [payload]: body.toString("utf8") } : {};
  const members = Object.entries(input.members).filter(([name]) => locationOf(operation, name) === "body");
  // Ignores the body of an operation that reads no member from it.
  if (members.length === 0) return {};
  const shape: StructShape = { kind: "struct", name: input.name, members: Object.fromEntries(members) };
  return fromWire(shape, parse(body)) as Record<string, unknown>;
}

function parse(body: Buffer): object {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new ApiError("SerializationException", 400, "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError("SerializationException", 400, "The body is not a JSON object.");
  }
  return value;
}

function fromQuery(
  { query = [], queryMap, input }: Operation,
  given: URLSearchParams,
): Record<string, unknown> {
  const present = query.filter((name) => given.has(name));
  const read = present.map((name) => [name, fromText(input.members[name]!.shape, given.getAll(name))]);
  if (queryMap !== undefined && given.size > 0) read.push([queryMap, Object.fromEntries(given)]);
  return Object.fromEntries(read) as Record<string, unknown>;
}

/** Converts text to the shape's type. Malformed text stays text, and validation rejects it. */
function fromText(shape: Shape, texts: readonly string[]): unknown {
  const [text = ""] = texts;
  if (shape.kind === "list") return texts.map((item) => fromText(shape.of, [item]));
  if (shape.kind === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (shape.kind === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

function fromHeaders(
  { headers = {}, headerMap }: Operation,
  given: IncomingHttpHeaders,
): Record<string, unknown> {
  const present = Object.entries(headers).filter(([, header]) => given[header] !== undefined);
  const read: [string, unknown][] = present.map(([name, header]) => [name, given[header]]);
  if (headerMap) {
    const { member, prefix } = headerMap;
    const prefixed = Object.entries(given).filter(([header]) => header.startsWith(prefix));
    const values = prefixed.map(([header, value]) => [header.slice(prefix.length), String(value)] as const);
    if (values.length > 0) read.push([member, Object.fromEntries(values)]);
  }
  return Object.fromEntries(read);
}

interface WireMember {
  readonly name: string;
  /** Name on the wire. */
  readonly key: string;
  readonly shape: Shape;
}

/** Cached, because a page of assets needs the names of the same members hundreds of times. */
const wireMembers = new WeakMap<StructShape, readonly WireMember[]>();

function findWireMembers(shape: StructShape): readonly WireMember[] {
  let members = wireMembers.get(shape);
  if (!members) {
    members = Object.entries(shape.members).map(([name, member]) => ({
      name,
      key: wireName(name, member),
      shape: member.shape,
    }));
    wireMembers.set(shape, members);
  }
  return members;
}

/** Returns the value under the shape's names. Omits members that the shape does not have, as the service does. */
function fromWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => fromWire(shape.of, item));
  if (shape.kind === "map" && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromWire(shape.of, item)]));
  }
  return shape.kind === "struct" && isRecord(value) ? structFromWire(shape, value) : value;
}

function structFromWire(shape: StructShape, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, key, shape: of } of findWireMembers(shape)) {
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    if (item !== undefined && item !== null) result[name] = fromWire(of, item);
  }
  return result;
}

/** Returns the value under the wire's names. Omits members that the shape does not have. */
export function toWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => toWire(shape.of, item));
  return shape.kind === "struct" && isRecord(value) ? structToWire(shape, value) : value;
}

function structToWire(shape: StructShape, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, key, shape: of } of findWireMembers(shape)) {
    const item = value[name];
    if (item !== undefined) result[key] = toWire(of, item);
  }
  return result;
}
