/** What is done to right inputs so that they may be wrong, mostly in one place. */
import fc from "fast-check";

import { anythingKnown, oddNames } from "./job-inputs";
import type { Json, Place } from "./values";
import { GONE, isRecord, placesOf, valueAt, withAt } from "./values";

type Items = readonly unknown[];

/** Each makes something else of what stands at a place; `undefined` where it can do nothing. */
const ways = {
  replaced: (_held: unknown, { any }: Choice) => any,
  taken: () => GONE,
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

/** None, one or a few; one is the most telling, since nothing else then explains what is said. */
export const mutations: fc.Arbitrary<readonly Choice[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 6, arbitrary: fc.tuple(choice) },
  { weight: 1, arbitrary: fc.array(choice, { minLength: 2, maxLength: 4 }) },
);

export const mutated = (inputs: Json, choices: readonly Choice[]): Json => choices.reduce(mutate, inputs);

function mutate(inputs: Json, chosen: Choice): Json {
  const places: Place[] = [[], ...placesOf(inputs)];
  const from = chosen.place % places.length;
  // The next place at which the way leads somewhere.
  for (const place of [...places.slice(from), ...places.slice(0, from)]) {
    const made = ways[chosen.way](valueAt(inputs, place), chosen);
    if (made !== undefined && (place.length > 0 || isRecord(made)))
      return withAt(inputs, place, made) as Json;
  }
  return inputs;
}
