/** Inputs of a Job as the engine sends them to the provider: right ones, made from the table, and junk. */
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
import { detailsOf, structOf } from "../../provider/support/arbitraries";
import { md5Of } from "../../provider/support/host";
import { isRecord } from "../../../service-model/validate";
import type { Json, JsonPath } from "./values";
import { pathsOf, removed, valueAt, withAt } from "./values";

export { signatureKey, unknown };
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Begins every API key; no message may hold it. */
export const seededApiKey = "planted-api-key";

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

/** Names of members that are easily taken for something else. */
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

/** Anything that JSON can hold, and what Pulumi writes in JSON for values that JSON cannot hold. */
const junk = (...more: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      {
        weight: 12,
        arbitrary: fc.constantFrom<unknown>(null, "", "${", 0, -1, true, 1e308, "\0", "a\n"),
      },
      { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
      { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(...jobTypes.map(({ type }) => type), "AES256", "aws:kms", "REST"),
      },
      { weight: 5, arbitrary: fc.array(tie("any"), { maxLength: 4 }) },
      { weight: 5, arbitrary: fc.array(fc.tuple(oddNames, tie("any")), { maxLength: 5 }).map(fromEntries) },
      { weight: 2, arbitrary: tie("any").map((value) => ({ [signatureKey]: secretSignature, value })) },
      {
        weight: 2,
        arbitrary: tie("any").map((text) => ({ [signatureKey]: assetSignature, hash: "0", text })),
      },
      {
        weight: 1,
        arbitrary: tie("any").map((assets) => ({ [signatureKey]: archiveSignature, hash: "0", assets })),
      },
      { weight: 1, arbitrary: fc.constantFrom(...bodies).map(assetOf) },
      { weight: 1, arbitrary: fc.constant({ [signatureKey]: assetSignature, hash: "1", path: "/nowhere" }) },
      ...more,
    ),
  })).any;

/** Huge strings are rare: each costs as much as hundreds of other values. */
const anythingKnown: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 400, arbitrary: junk() },
  { weight: 1, arbitrary: hugeStrings },
);

export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 400, arbitrary: junk(fc.constant(unknown), fc.constant({ unknown: true })) },
  { weight: 1, arbitrary: hugeStrings },
);

function fromEntries(entries: [string, unknown][]): Json {
  return Object.fromEntries<unknown>(entries);
}

type Items = readonly unknown[];

/** Each makes something else of what stands at a place; `undefined` where it can do nothing. */
const ways = {
  replaced: (_held: unknown, { any }: Choice) => any,
  taken: () => removed,
  added: (held: unknown, { name, any }: Choice) =>
    isRecord(held) ? withAt(held, [name], any) : listed(held, (items) => [...items, any]),
  repeated: (held: unknown) => listed(held, (items) => [...items, items.at(-1)]),
  emptied: (held: unknown) => (isRecord(held) ? {} : (listed(held, () => []) ?? written(held, () => ""))),
  /** Around the limits that there are: 5, 10, 50 and 100 items. */
  many: (held: unknown, { number }: Choice) =>
    listed(held, (items) => {
      const length = [5, 6, 10, 11, 50, 51, 100, 101][number % 8]!;
      return Array.from({ length }, (_, index) => items[index % items.length]);
    }),
  /** Around the lengths that there are: 30, 40 and 2048 characters, and those that UTF-16 takes for two. */
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
  // Limits are many, and each is met at one length alone.
  way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[]), "many", "many", "stretched"),
  place: fc.nat(1_000_000),
  name: oddNames,
  number: fc.nat(23),
  any: anythingKnown,
});

/** None, one or a few; with one the cause of a difference is clear. */
export const mutations: fc.Arbitrary<readonly Choice[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 6, arbitrary: fc.tuple(choice) },
  { weight: 1, arbitrary: fc.array(choice, { minLength: 2, maxLength: 4 }) },
);

export const mutated = (inputs: Json, choices: readonly Choice[]): Json => choices.reduce(mutate, inputs);

function mutate(inputs: Json, chosen: Choice): Json {
  const places: JsonPath[] = [[], ...pathsOf(inputs)];
  const from = chosen.place % places.length;
  // The next place at which the way leads somewhere.
  for (const place of [...places.slice(from), ...places.slice(0, from)]) {
    const made = ways[chosen.way](valueAt(inputs, place), chosen);
    if (made !== undefined && (place.length > 0 || isRecord(made)))
      return withAt(inputs, place, made) as Json;
  }
  return inputs;
}
