/** Secrets as the engine sends them. */
import { secretSignature, signatureKey } from "../../../lib/pulumi-values";
import { isRecord } from "../../../service-model/validate";
import type { Json, JsonPath } from "./values";
import { valueAt, withAt } from "./values";

/** Whether a place is inside of an asset or the like, which is secret as a whole. */
export const isWithinSpecial = (value: Json, place: JsonPath): boolean =>
  place.some((_, length) => {
    const held = valueAt(value, place.slice(0, length));
    return isRecord(held) && Object.hasOwn(held, signatureKey);
  });

/** A copy with the values at the places secret, as far as it has them. */
export const sealed = (value: Json, places: readonly JsonPath[]): Json =>
  // A secret contains no other.
  outermost(places).reduce<Json>(
    (held, place) =>
      has(held, place) && !isWithinSpecial(held, place)
        ? (withAt(held, place, { [signatureKey]: secretSignature, value: valueAt(held, place) }) as Json)
        : held,
    value,
  );

const outermost = (places: readonly JsonPath[]): JsonPath[] =>
  [...places].sort((a, b) => a.length - b.length);

export const has = (value: unknown, [step, ...rest]: JsonPath): boolean => {
  if (step === undefined) return true;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return false;
  return has((value as Json)[step], rest);
};
