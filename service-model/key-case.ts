/** The API writes `AssetSources`, TypeScript `assetSources`: the same names but for the case of the first letter. */

type Json = unknown;

const rename = (value: Json, turn: (name: string) => string): Json => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, turn));
  if (value instanceof Date) return value.toISOString();
  // Listings are long, and a loop takes less time than a chain of arrays does. Entries make a member named
  // __proto__ a member, which an assignment would not.
  const renamed: [string, Json][] = [];
  for (const [name, held] of Object.entries(value) as [string, Json][]) {
    if (held !== undefined && held !== null) renamed.push([turn(name), rename(held, turn)]);
  }
  return Object.fromEntries(renamed);
};

/** Member names as in the API; absent members are left out. Not for maps, whose keys are data. */
export const toApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));

/** Member names as in TypeScript; dates become ISO 8601 strings. Not for maps, whose keys are data. */
export const fromApiNames = (value: Json): Json =>
  rename(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
