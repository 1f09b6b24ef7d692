/** What an answer must be to be one of the service's. */
import { expect } from "chai";
import type { OperationName } from "../../../service-model/operations/index";
import { operationOf } from "../../../service-model/operations/index";
import type { ServiceErrorName } from "../../../service-model/errors";
import { errorStatuses } from "../../../service-model/errors";
import type { Shape } from "../../../service-model/shape";
import { formatPath, isRecord, validateAsService } from "../../../service-model/validate";
import type { Answer } from "./wire";
import { wireNameOf } from "./wire";

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
