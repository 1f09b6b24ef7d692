/** Requests as they stand on the wire, so that what an SDK would refuse or repair reaches the service as it is. */
import { Agent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { OperationName } from "../../../service-model/operations";
import { operationOf } from "../../../service-model/operations";
import { locationOf, pathSegments } from "../../../service-model/operations/operation";
import type { Operation } from "../../../service-model/operations/operation";
import type { Member, Shape } from "../../../service-model/shape";
import { expect } from "chai";
import type { ServiceErrorName } from "../../../service-model/errors";
import { errorStatuses } from "../../../service-model/errors";
import { formatPath, isRecord, validateAsService } from "../../../service-model/validate";

export type Json = Record<string, unknown>;

/** The input of an operation under the shapes' names, and the account that asks. */
export interface Request {
  readonly input: Json;
  /** Default: the account that owns the world. */
  readonly as?: string;
}

export interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Json;
}

export const owner = "000000000000";
export const region = "us-east-1";

export const wireNameOf = (name: string, { wireName }: Pick<Member, "wireName">): string =>
  wireName ?? name.charAt(0).toUpperCase() + name.slice(1);

/** The value under the wire's names; what does not fit the shape stays as it is. */
function onWire(shape: Shape, value: unknown): unknown {
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => onWire(shape.of, item));
  if (shape.kind !== "struct" || !isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => {
      const member = shape.members[name];
      return member ? [wireNameOf(name, member), onWire(member.shape, held)] : [name, held];
    }),
  );
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
const pairs = (value: unknown): [string, string][] =>
  Object.entries((value ?? {}) as Json).map(([name, held]) => [name, String(held)]);

interface Parts {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Where each member of an input goes. A member of the path that is absent leaves its segment empty. */
function partsOf(operation: Operation, input: Json): Parts {
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

/** A client that checks nothing and keeps what was answered. */
export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  /** Of every answer: the operation, the status and the error. */
  readonly answered: { operation: OperationName; status: number; error?: string }[] = [];

  constructor(private readonly endpoint: string) {}

  async send(operation: OperationName, { input, as = owner }: Request): Promise<Answer> {
    const { path, headers, body } = partsOf(operationOf(operation), input);
    const response = await this.#exchange(operationOf(operation).method, path, body, {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${as}/20260101/${region}/dataexchange/aws4_request, SignedHeaders=host, Signature=00`,
    });
    const answer = await readAnswer(response);
    this.answered.push({ operation, status: answer.status, error: answer.error });
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(method: string, path: string, body: string | undefined, headers: Record<string, string>) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(this.endpoint + path, { method, headers, agent: this.#agent }, resolve);
      request.once("error", reject).end(body);
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const body = await text(response);
  const isJson = headers["content-type"] === "application/json";
  return {
    status,
    error: headers["x-amzn-errortype"] as string | undefined,
    headers,
    body,
    json: isJson ? (JSON.parse(body) as Json) : {},
  };
}

/** What an answer must be to be one of the service's. */

type Path = readonly (string | number)[];

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

/** Every fact but the cause of a validation, which only some have. */
const wanted = (error: ServiceErrorName, byFault: boolean): readonly string[] =>
  byFault || error === "ValidationException" ? [] : factsOf[error];

/** An error in the service's form: status, header, and a body of the members that the error has. */
export function expectError(answer: Answer, error: ServiceErrorName, byFault = false): void {
  expect([answer.status, answer.error], answer.body).to.deep.equal([errorStatuses[error], error]);
  expect(answer.headers).to.include({ "content-type": "application/json" });
  expect(answer.headers["x-amzn-requestid"]).to.be.a("string").and.not.equal("");
  expect(answer.json["Message"]).to.be.a("string").and.not.equal("");
  expect(answer.json).to.include.keys("Message", ...wanted(error, byFault));
  expect(["Message", ...factsOf[error]]).to.include.members(Object.keys(answer.json));
}

/** An answer with the described status and members; nothing where the description has none. */
export function expectSuccess(operation: OperationName, answer: Answer): void {
  const { status, output } = operationOf(operation);
  expect(answer.status, answer.body).to.equal(status);
  expect(answer.headers["x-amzn-requestid"]).to.be.a("string").and.not.equal("");
  if (!output || Object.keys(output.members).length === 0) expect(answer.body).to.equal("");
  else expect(misfits(output, answer.json, [])).to.deep.equal([]);
}

const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Where a value, under the wire's names, is not of the shape: also what the shape does not know. */
function misfits(shape: Shape, value: unknown, at: Path): string[] {
  if (shape.kind === "list" && Array.isArray(value)) {
    return value.flatMap((item, index) => misfits(shape.of, item, [...at, index]));
  }
  if (shape.kind === "timestamp") {
    return iso8601.test(String(value)) ? [] : [`${formatPath(at)} is no ISO 8601 moment: ${String(value)}`];
  }
  if (shape.kind !== "struct" || !isRecord(value)) {
    return validateAsService(shape, value, at).map(({ path, message }) => `${formatPath(path)} ${message}`);
  }
  const members = Object.entries(shape.members).map(
    ([name, member]) => [wireNameOf(name, member), member] as const,
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
