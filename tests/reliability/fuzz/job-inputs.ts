/** Inputs of a Job as the engine sends them to the provider: valid ones, generated from the table, and junk. */
import { createHash } from "node:crypto";

import fc from "fast-check";

import {
  archiveSignature,
  assetSignature,
  signatureKey,
  unknownValue as unknown,
} from "../../../lib/pulumi-values";
import type { JobType } from "../../../service-model/job-type";
import { jobTypes } from "../../../service-model/job-types";
import { assetConfiguration } from "../../../service-model/shared-shapes";
import { detailsOf, structOf } from "../../harness/arbitraries";
import { md5Of } from "../../simulation/host";
import { isRecord } from "../../../service-model/validate";
import type { Json, JsonPath } from "./values";
import { pathsOf, removed, valueAt, withAt } from "./values";

export { signatureKey, unknown };
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Begins every API key; no message may contain it. */
export const seededApiKey = "seeded-api-key";

export const bodies = ["", "prices", '{"openapi":"3.0.1"}'] as const;

export const assetOf = (text: string): Json => ({
  [signatureKey]: assetSignature,
  hash: createHash("sha256").update(text).digest("hex"),
  text,
});

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

function inputsOfType(jobType: JobType): fc.Arbitrary<Json> {
  const { type, detailsKey, upload } = jobType;
  return fc
    .record({
      details: detailsOf(jobType),
      configuration: sometimes(structOf(assetConfiguration)),
      text: fc.constantFrom(...bodies),
      spelled: fc.boolean(),
    })
    .map(({ details, configuration, text, spelled }) => {
      const own: Json = { ...details[detailsKey] };
      if (own.apiKey !== undefined) own.apiKey = seededApiKey + (own.apiKey as string);
      if (upload) delete own[upload.md5];
      if (upload && spelled) own[upload.md5] = md5Of(text);
      return {
        type,
        details: { [detailsKey]: own },
        ...(configuration && { assetConfiguration: configuration }),
        ...(upload && { upload: assetOf(text) }),
      };
    });
}

/** Valid inputs of each type, generated from the table. */
export const validInputs: fc.Arbitrary<Json> = fc.oneof(...jobTypes.map(inputsOfType));

/** Names of members that code may confuse with others. */
export const oddNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length"),
  fc.constantFrom("hash", "path", "text", "uri", "type", "details", "upload", "bucket", "key", "tags"),
  fc.constantFrom(
    ...jobTypes.flatMap(({ detailsKey, details }) => [detailsKey, ...Object.keys(details.members)]),
  ),
  fc.string({ maxLength: 8 }),
);

const hugeStrings = fc
  .constantFrom("x", "/", "${Asset.Id}", "\u{1f980}", "a/../")
  .map((text) => text.repeat(100_000 / text.length));

type Weighted = readonly [weight: number, arbitrary: fc.Arbitrary<unknown>];

const weighted = (choices: readonly Weighted[]) =>
  choices.map(([weight, arbitrary]) => ({ weight, arbitrary }));

/** Anything that JSON can hold, and what Pulumi writes in JSON for values that JSON cannot hold. */
const junk = (...more: readonly Weighted[]): fc.Arbitrary<unknown> =>
  fc.letrec<{ any: unknown }>((tie) => {
    const any = tie("any");
    const packed = (signature: string, member: string) =>
      any.map((value) => ({ [signatureKey]: signature, hash: "0", [member]: value }));
    const ofPath = { [signatureKey]: assetSignature, hash: "1", path: "/nowhere" };
    const choices = weighted([
      [12, fc.constantFrom<unknown>(null, "", "${", 0, -1, true, 1e308, "\0", "a\n")],
      [6, fc.string({ unit: "binary", maxLength: 12 })],
      [3, fc.double({ noNaN: true, noDefaultInfinity: true })],
      [3, fc.constantFrom(...jobTypes.map(({ type }) => type), "AES256", "aws:kms", "REST")],
      [5, fc.array(any, { maxLength: 4 })],
      [5, fc.array(fc.tuple(oddNames, any), { maxLength: 5 }).map(fromEntries)],
      [2, any.map((value) => ({ [signatureKey]: secretSignature, value }))],
      [2, packed(assetSignature, "text")],
      [1, packed(archiveSignature, "assets")],
      [1, fc.constantFrom(...bodies).map(assetOf)],
      [1, fc.constant(ofPath)],
      ...more,
    ]);
    return { any: fc.oneof({ maxDepth: 4, withCrossShrink: true }, ...choices) };
  }).any;

/** Huge strings are rare: each costs as much as hundreds of other values. */
const withHugeStrings = (others: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    ...weighted([
      [400, others],
      [1, hugeStrings],
    ]),
  );

const anythingKnown = withHugeStrings(junk());

export const anything = withHugeStrings(junk([1, fc.constant(unknown)], [1, fc.constant({ unknown: true })]));

function fromEntries(entries: [string, unknown][]): Json {
  return Object.fromEntries<unknown>(entries);
}

type Items = readonly unknown[];

/** Each returns another value for a path; `undefined` if it does not apply to the value there. */
const ways = {
  replaced: (_held: unknown, { any }: Choice) => any,
  taken: () => removed,
  added: (held: unknown, { name, any }: Choice) =>
    isRecord(held) ? withAt(held, [name], any) : listed(held, (items) => [...items, any]),
  repeated: (held: unknown) => listed(held, (items) => [...items, items.at(-1)]),
  emptied: (held: unknown) => (isRecord(held) ? {} : (listed(held, () => []) ?? written(held, () => ""))),
  /** Around the limits of 5, 10, 50 and 100 items. */
  many: (held: unknown, { number }: Choice) =>
    listed(held, (items) => {
      const length = [5, 6, 10, 11, 50, 51, 100, 101][number % 8]!;
      return Array.from({ length }, (_, index) => items[index % items.length]);
    }),
  /** Around the limits of 30, 40 and 2048 characters, also with characters that are two in UTF-16. */
  stretched: (held: unknown, { number }: Choice) =>
    written(held, (text) => {
      const length = [24, 29, 30, 40, 41, 2047, 2048, 2049][number % 8]!;
      return [...text, ...(number % 3 === 0 ? "\u{1f980}" : "x").repeat(length)].slice(0, length).join("");
    }),
  ended: (held: unknown, { number }: Choice) =>
    written(held, (text) => `${text}${["\n", " ", "x", "=", "${", "\u0000"][number % 6]}`),
  cut: (held: unknown) => written(held, (text) => text.slice(0, -1)),
  /** Base64 of 24 characters: of 16 bytes, of 17, of 18. */
  encoded: (held: unknown, { number }: Choice) =>
    written(held, () => `${"A".repeat(21)}${["A==", "AA=", "AAA", "B=="][number % 4]}`),
} as const;

const listed = (held: unknown, make: (items: Items) => Items): unknown =>
  Array.isArray(held) && held.length > 0 ? make(held) : undefined;

const written = (held: unknown, make: (text: string) => string): unknown =>
  typeof held === "string" && held !== "" ? make(held) : undefined;

interface Choice {
  readonly way: keyof typeof ways;
  readonly place: number;
  readonly name: string;
  readonly number: number;
  readonly any: unknown;
}

const choice: fc.Arbitrary<Choice> = fc.record({
  // There are many limits, and only one length reaches each.
  way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[]), "many", "many", "stretched"),
  place: fc.nat(1_000_000),
  name: oddNames,
  number: fc.nat(23),
  any: anythingKnown,
});

/** None, one or a few; with one, the cause of a difference is clear. */
export const mutations: fc.Arbitrary<readonly Choice[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 6, arbitrary: fc.tuple(choice) },
  { weight: 1, arbitrary: fc.array(choice, { minLength: 2, maxLength: 4 }) },
);

export const mutated = (inputs: Json, choices: readonly Choice[]): Json => choices.reduce(mutate, inputs);

function mutate(inputs: Json, chosen: Choice): Json {
  const places: JsonPath[] = [[], ...pathsOf(inputs)];
  const from = chosen.place % places.length;
  // The next path to which the way applies.
  for (const place of [...places.slice(from), ...places.slice(0, from)]) {
    const changed = ways[chosen.way](valueAt(inputs, place), chosen);
    if (changed !== undefined && (place.length > 0 || isRecord(changed)))
      return withAt(inputs, place, changed) as Json;
  }
  return inputs;
}
