/** The service's public API model, where it is at hand, and how a shape of the table differs from one of its shapes. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import { toApiNames } from "../../../service-model/shape";
import type { Member, Shape, StructShape } from "../../../service-model/shape";

export interface ApiShape {
  type: string;
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
  required?: string[];
  enum?: string[];
  pattern?: string;
  min?: number;
  max?: number;
  exception?: boolean;
  error?: { httpStatusCode: number };
}

const file = resolve(
  process.env.DATAEXCHANGE_API_MODEL ?? "../shared/reference/model/dataexchange-2017-07-25.service-2.json",
);

/** Every shape of the model by its name; nothing where the model is not at hand. */
export const apiShapes = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as { shapes: Record<string, ApiShape> }).shapes
  : undefined;

export const apiName = (name: string): string => Object.keys(toApiNames({ [name]: true }) as object)[0]!;

type Said = string | number | undefined;

/** Each difference as `path fact: table's, not model's`. */
export function differences(shape: Shape, name: string, path: string): string[] {
  const api = apiShapes![name]!;
  const facts: [what: string, ours: Said, theirs: Said][] = [
    ["type", shape.kind === "struct" ? "structure" : shape.kind, api.type],
  ];
  const { min: least, ...bounds } = api;
  const min = api.type === "list" && least === 0 ? undefined : least;
  if (shape.kind === "string") {
    facts.push([
      "values",
      shape.values && [...shape.values].sort().join("|"),
      bounds.enum && [...bounds.enum].sort().join("|"),
    ]);
    facts.push(["pattern", shape.pattern, bounds.pattern?.replaceAll("\\d", "[0-9]").replaceAll("\\/", "/")]);
    facts.push(["min", shape.minLength, min], ["max", shape.maxLength, bounds.max]);
  }
  if (shape.kind === "list") facts.push(["min", shape.minItems, min], ["max", shape.maxItems, bounds.max]);
  return [
    ...facts
      .filter(([, ours, theirs]) => ours !== theirs)
      .map(([what, ours, theirs]) => `${path} ${what}: ${ours}, not ${theirs}`),
    ...(shape.kind === "list" ? differences(shape.of, api.member!.shape, `${path}[]`) : []),
    ...(shape.kind === "struct" ? memberDifferences(shape.members, api, path) : []),
  ];
}

export function memberDifferences(members: StructShape["members"], api: ApiShape, path: string): string[] {
  const theirs = api.members ?? {};
  const ours = new Map(
    Object.entries(members).map(([name, member]): [string, Member] => [apiName(name), member]),
  );
  return [
    ...Object.keys(theirs)
      .filter((name) => !ours.has(name))
      .map((name) => `${path}.${name} is missing`),
    ...[...ours].flatMap(([name, member]) => {
      const at = `${path}.${name}`;
      if (!theirs[name]) return [`${at} is not in the model`];
      const [mustBe, must] = [member.required ?? false, api.required?.includes(name) ?? false];
      return [
        ...(mustBe === must ? [] : [`${at} required: ${mustBe}, not ${must}`]),
        ...differences(member.shape, theirs[name].shape, at),
      ];
    }),
  ];
}
