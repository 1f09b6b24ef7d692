/** Reads an operation's input out of a request and holds it against the operation's shape. */
import type { Report, Shape, StructShape } from "../../provider/model/shape";
import { formatPath, validate } from "../../provider/model/validate";
import type { Operation } from "../model/operation";
import { segmentsOf } from "../model/operation";
import { invalid, ServiceError } from "./service-error";
import { fromWire, wireName } from "./wire";

export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** The input, under the shape's names. Throws the service's answer when it does not fit. */
export function readInput(operation: Operation, request: RawRequest): Record<string, unknown> {
  const problems: string[] = [];
  const report: Report = (path, message) => problems.push(`${formatPath(path)} ${message}`);
  const input = {
    ...(fromWire(bodyOf(operation), parse(request.body), [], report) as Record<string, unknown>),
    ...fromQuery(operation, request.query),
    ...request.params,
  };
  validate(operation.input, input).forEach(({ path, message }) => report(path.map(nameOnWire), message));
  if (problems.length > 0) throw invalid(`${problems.join("; ")}.`);
  return input;
}

const nameOnWire = (step: string | number): string | number =>
  typeof step === "string" ? wireName(step) : step;

/** The part of the input that comes in the body. */
function bodyOf({ path, query = [], input }: Operation): StructShape {
  const elsewhere = new Set<string>(query);
  for (const segment of segmentsOf(path)) if (typeof segment !== "string") elsewhere.add(segment.member);
  return {
    kind: "struct",
    name: input.name,
    members: Object.fromEntries(Object.entries(input.members).filter(([name]) => !elsewhere.has(name))),
  };
}

function parse(body: Buffer): object {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new ServiceError("SerializationException", 400, "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ServiceError("SerializationException", 400, "The body is not a JSON object.");
  }
  return value;
}

function fromQuery({ query = [], input }: Operation, given: URLSearchParams): Record<string, unknown> {
  const present = query.filter((name) => given.has(name));
  return Object.fromEntries(
    present.map((name) => [name, fromText(input.members[name]!.shape, given.getAll(name))]),
  );
}

/** What cannot be read as the shape wants stays text, and validation says so. */
function fromText(shape: Shape, texts: readonly string[]): unknown {
  const [text = ""] = texts;
  if (shape.kind === "list") return texts.map((item) => fromText(shape.of, [item]));
  if (shape.kind === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (shape.kind === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
}
