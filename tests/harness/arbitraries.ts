/** Values generated from the shapes, so that tests cover each new job type without a change. */
import fc from "fast-check";

import type { JobType } from "../../service-model/job-type";
import type { Member, Shape, StringShape, StructShape } from "../../service-model/shape";
import { validate } from "../../service-model/validate";

type Json = Record<string, unknown>;

/** Values that a shape accepts. */
export function valueOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
      return stringOf(shape);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: shape.min, max: shape.max });
    case "double":
      return fc.double({ min: shape.min, max: shape.max, noNaN: true, noDefaultInfinity: true });
    case "timestamp":
      return fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(1e13) })
        .map((date) => date.toISOString());
    case "list":
      return fc.array(valueOf(shape.of), {
        minLength: shape.minItems ?? 0,
        maxLength: Math.min(shape.maxItems ?? 4, 4),
      });
    case "map":
      return fc.dictionary(fc.string(), valueOf(shape.of));
    case "struct":
      return structOf(shape);
  }
}

export function structOf(shape: StructShape): fc.Arbitrary<Json> {
  const requiredKeys = Object.keys(shape.members).filter((name) => shape.members[name]!.required);
  const members = Object.entries(shape.members).map(([name, { shape: of }]) => [name, valueOf(of)]);
  return fc
    .record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys })
    .filter((value) => validate(shape, value).length === 0);
}

function stringOf(shape: StringShape): fc.Arbitrary<string> {
  const { values, minLength = 0, maxLength = 40, check } = shape;
  const pattern = shape.pattern ?? shape.preview?.pattern;
  if (values) return fc.constantFrom(...values);
  if (pattern) return fc.stringMatching(new RegExp(`^(?:${pattern})$`));
  const any = fc.string({ minLength, maxLength: Math.min(maxLength, 40) });
  if (!check) return any;
  // No generator can guess what a function checks. Each function accepts some of these texts.
  const forms = fc.constantFrom(
    "${Asset.Id}",
    "${Asset.Name}",
    "${Revision.Id}/${Asset.Name}",
    "30m",
    "http://",
  );
  return fc
    .tuple(fc.constantFrom("", "a/", "2h"), forms, fc.constantFrom("", "30m", ".csv"))
    .map((parts) => parts.join(""))
    .filter((text) => check(text) === undefined);
}

const made = new Map<JobType, fc.Arbitrary<Record<string, Json>>>();

/** Details of a job type, under its details key. */
export function detailsOf(jobType: JobType): fc.Arbitrary<Record<string, Json>> {
  const { details, detailsKey } = jobType;
  const arbitrary = made.get(jobType) ?? structOf(details).map((own) => ({ [detailsKey]: own }));
  made.set(jobType, arbitrary);
  return arbitrary;
}

/** A place of a simple value. */
export interface Leaf {
  path: (string | number)[];
  shape: Shape;
  member: Member | undefined;
}

/** Every leaf of a value, with its shape and member. */
export function leavesOf(shape: Shape, value: unknown, path: Leaf["path"] = [], member?: Member): Leaf[] {
  if (shape.kind === "list") {
    return (value as unknown[]).flatMap((item, index) => leavesOf(shape.of, item, [...path, index], member));
  }
  if (shape.kind === "struct") {
    return Object.entries(value as Json).flatMap(([name, held]) =>
      leavesOf(shape.members[name]!.shape, held, [...path, name], shape.members[name]),
    );
  }
  return [{ path, shape, member }];
}

/** A copy of a value with another one at a path. */
export function withAt(value: unknown, [step, ...rest]: Leaf["path"], leaf: unknown): unknown {
  if (step === undefined) return leaf;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Json) }) as Json;
  copy[step] = withAt(copy[step], rest, leaf);
  return copy;
}

/** A copy of a value whose sets are in another order. */
export function shuffled(shape: Shape, value: unknown, random: () => number): unknown {
  if (shape.kind === "list") {
    const items = (value as unknown[]).map((item) => shuffled(shape.of, item, random));
    const drawn = items.map((item) => [random(), item] as const);
    return shape.set ? drawn.sort(([a], [b]) => a - b).map(([, item]) => item) : items;
  }
  if (shape.kind !== "struct") return value;
  const members = Object.entries(value as Json).map(([name, held]) => [
    ...[name, shuffled(shape.members[name]!.shape, held, random)],
  ]);
  return Object.fromEntries(members) as Json;
}

const latency = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 8, maxLength: 60 });

/** Checks a property for many orders in which the calls reach the service. */
export const checkInterleavings = <Drawn extends object>(
  draws: { [Name in keyof Drawn]: fc.Arbitrary<Drawn[Name]> },
  check: (drawn: Drawn & { latency: number[] }) => Promise<void>,
  numRuns = 250,
): Promise<void> =>
  fc.assert(fc.asyncProperty(fc.record({ latency, ...draws }) as fc.Arbitrary<never>, check), { numRuns });
