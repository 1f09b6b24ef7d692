/** Describes shapes of the service model in the package schema. */
import { args } from "../../../provider/core/arguments";
import { jobError } from "../../../service-model/job";
import { jobTypes } from "../../../service-model/job-types";
import type { Member, Shape, StructShape } from "../../../service-model/shape";
import type { Described, PropertySpec, Types, TypeSpec } from "./types";
import { valuesSentence } from "./types";
import { forEveryLanguage } from "./wording";

/** Inputs have enumerations, outputs plain texts, and types that both share enumerations that accept any text. */
export type Side = "input" | "output" | "both";

export function typeOfShape(types: Types, shape: Shape, side: Side): TypeSpec {
  switch (shape.kind) {
    case "string":
      if (!shape.values || side === "output") return { type: "string" };
      return side === "input" ? types.enumeration(shape.values) : types.openEnumeration(shape.values);
    case "timestamp":
      return { type: "string" };
    case "integer":
    case "boolean":
      return { type: shape.kind };
    case "double":
      return { type: "number" };
    case "list":
      return { type: "array", items: typeOfShape(types, shape.of, side) };
    case "map":
      return { type: "object", additionalProperties: typeOfShape(types, shape.of, side) };
    case "struct":
      return typeOfStruct(types, shape, side);
  }
}

export function typeOfStruct(types: Types, shape: StructShape, side: Side): TypeSpec {
  return types.object(shape.name, describeStruct(shape), () =>
    Object.fromEntries(
      Object.entries(shape.members).map(([name, member]) => [name, describeMember(types, member, side)]),
    ),
  );
}

function describeStruct({ name, doc }: StructShape): string {
  const job = jobTypes.find(({ details }) => details.name === name);
  if (job) return `Details of a job of the type \`${job.type}\`, which ${job.summary}.`;
  if (!doc) throw new Error(`The structure ${name} has no documentation.`);
  return doc;
}

export function describeMember(types: Types, member: Member, side: Side): Described {
  const { shape, doc, default: standard, secret, required, fromUpload } = member;
  const values = side === "output" && shape.kind === "string" ? shape.values : undefined;
  const property: PropertySpec = {
    ...typeOfShape(types, shape, side),
    description:
      forEveryLanguage(doc) +
      (standard === undefined || /Default/.test(doc) ? "" : ` Default: \`${standard}\`.`) +
      (values ? valuesSentence(values) : ""),
    ...(secret && { secret: true }),
  };
  return { property, required: required === true && !fromUpload };
}

/** All structs of the job type table and the arguments by name, for the generated interfaces that TypeScript has of them. */
export const structs: ReadonlyMap<string, StructShape> = new Map(
  [...jobTypes.map(({ details }) => details), jobError, ...Object.values(args).map(({ shape }) => shape)]
    .flatMap(structsIn)
    .map((shape) => [shape.name, shape]),
);

function structsIn(shape: Shape): StructShape[] {
  if (shape.kind === "list" || shape.kind === "map") return structsIn(shape.of);
  if (shape.kind !== "struct") return [];
  return [shape, ...Object.values(shape.members).flatMap((member) => structsIn(member.shape))];
}

/** Structs of job details: the outputs of a job repeat them. */
export const isShared = (() => {
  const shared = new Set(jobTypes.flatMap(({ details }) => structsIn(details)).map(({ name }) => name));
  return (name: string): boolean => shared.has(name);
})();
