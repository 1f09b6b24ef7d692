/** Requests as HTTP carries them: an SDK would refuse or repair an invalid one. Checks of the answers. */
import { expect } from "chai";
import type { ServiceErrorName } from "../../../service-model/errors";
import { errorStatuses } from "../../../service-model/errors";
import type { OperationName } from "../../../service-model/operations";
import { operationOf } from "../../../service-model/operations";
import type { Operation } from "../../../service-model/operations/operation";
import { locationOf, pathSegments, wireName } from "../../../service-model/operations/operation";
import type { Shape } from "../../../service-model/shape";
import type { Path } from "../../../service-model/validate";
import { formatPath, isRecord, validateAsService } from "../../../service-model/validate";
import { signedFor } from "../../harness/http";

export type Json = Record<string, unknown>;

/** The input of an operation under the names of its shape, and the account of the caller. */
export interface Request {
  readonly input: Json;
  /** Default: `owner`. */
  readonly as?: string;
}

export interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly requestId: string;
  readonly contentType: string | null;
  readonly body: string;
  readonly json: Json;
}

export const owner = "000000000000";

/** The value under the names of the API. A value that does not fit the shape stays unchanged. */
function onWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => onWire(shape.of, item));
  if (shape.kind !== "struct" || !isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => {
      const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
      return member ? [wireName(name, member), onWire(member.shape, held)] : [name, held];
    }),
  );
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
const pairs = (value: unknown): [string, string][] =>
  Object.entries((value ?? {}) as Json).map(([name, held]) => [name, String(held)]);

interface HttpParts {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The HTTP request for an input. An absent member of the path leaves its segment empty. */
export function toHttp(operation: Operation, input: Json): HttpParts {
  const { headers: named = {}, headerMap, input: shape } = operation;
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const at = (location: string) => given.filter(([name]) => locationOf(operation, name) === location);
  const segments = pathSegments(operation.path).map((segment) =>
    typeof segment === "string" ? segment : encodeURIComponent(texts(input[segment.member] ?? "")[0]!),
  );
  const query = new URLSearchParams([
    ...at("query").flatMap(([name, value]) => texts(value).map((item): [string, string] => [name, item])),
    ...at("queryMap").flatMap(([, value]) => pairs(value)),
  ]);
  const headers = Object.fromEntries([
    ...at("header").map(([name, value]) => [named[name]!, String(value)]),
    ...at("headerMap").flatMap(([, map]) =>
      pairs(map).map(([name, value]) => [headerMap!.prefix + name, value]),
    ),
  ]) as Record<string, string>;
  const path = `/${segments.join("/")}${query.size > 0 ? `?${query.toString()}` : ""}`;
  const payload = at("payload")[0]?.[1] as string | undefined;
  const members = at("body");
  if (members.length === 0) return { path, headers, body: payload };
  return { path, headers, body: JSON.stringify(onWire(shape, Object.fromEntries(members))) };
}

/** Sends a request without any check. */
export async function sendRequest(
  endpoint: string,
  operation: OperationName,
  { input, as = owner }: Request,
): Promise<Answer> {
  const { path, headers, body } = toHttp(operationOf(operation), input);
  const { method } = operationOf(operation);
  const response = await fetch(endpoint + path, {
    method,
    body,
    headers: { ...headers, ...signedFor("dataexchange", as) },
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return {
    status: response.status,
    error: response.headers.get("x-amzn-errortype") ?? undefined,
    requestId: response.headers.get("x-amzn-requestid") ?? "",
    contentType: response.headers.get("content-type"),
    body: text,
    json: isJson ? (JSON.parse(text) as Json) : {},
  };
}

/** The members that the API model gives each error beside `Message`. */
const factsOf: Readonly<Record<ServiceErrorName, readonly string[]>> = {
  ValidationException: ["ExceptionCause"],
  ServiceLimitExceededException: ["LimitName", "LimitValue"],
  AccessDeniedException: [],
  ResourceNotFoundException: ["ResourceId", "ResourceType"],
  ConflictException: ["ResourceId", "ResourceType"],
  ThrottlingException: [],
  InternalServerException: [],
};

/** Expects an error with the status, the headers and the members of the service. */
export function expectError(answer: Answer, error: ServiceErrorName, byFault = false): void {
  expect([answer.status, answer.error], answer.body).to.deep.equal([errorStatuses[error], error]);
  expect(answer.contentType).to.equal("application/json");
  expect(answer.requestId).not.to.equal("");
  expect(answer.json["Message"]).to.be.a("string").and.not.equal("");
  const allowed = ["Message", ...factsOf[error]];
  expect(allowed).to.include.members(Object.keys(answer.json));
  // Only some validations have a cause, and a fault gives no facts.
  if (!byFault && error !== "ValidationException") expect(answer.json).to.have.all.keys(allowed);
}

/** Expects the described status and members, or an empty body if the operation has no output. */
export function expectSuccess(operation: OperationName, answer: Answer): void {
  const { status, output } = operationOf(operation);
  expect(answer.status, answer.body).to.equal(status);
  expect(answer.requestId).not.to.equal("");
  if (!output || Object.keys(output.members).length === 0) expect(answer.body).to.equal("");
  else expect(misfits(output, answer.json, [])).to.deep.equal([]);
}

const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Where a value, under the names of the API, does not fit the shape; members that the shape lacks are included. */
function misfits(shape: Shape, value: unknown, at: Path): string[] {
  if (shape.kind === "list" && Array.isArray(value)) {
    return value.flatMap((item, index) => misfits(shape.of, item, [...at, index]));
  }
  if (shape.kind === "timestamp") {
    return iso8601.test(String(value))
      ? []
      : [`${formatPath(at)} is not an ISO 8601 timestamp: ${String(value)}`];
  }
  if (shape.kind !== "struct" || !isRecord(value)) {
    return validateAsService(shape, value, at).map(({ path, message }) => `${formatPath(path)} ${message}`);
  }
  const members = Object.entries(shape.members).map(
    ([name, member]) => [wireName(name, member), member] as const,
  );
  const known = new Set(members.map(([name]) => name));
  const unknown = Object.keys(value).filter((name) => !known.has(name));
  return [
    ...unknown.map((name) => `${formatPath([...at, name])} is not described`),
    ...members.flatMap(([name, member]) => {
      const here = [...at, name];
      if (value[name] === undefined) return member.required ? [`${formatPath(here)} is absent`] : [];
      return misfits(member.shape, value[name], here);
    }),
  ];
}
