/**
 * The independent judge: the service's public API model and nothing of the table. It says at which places a CreateJob
 * request does not fit.
 */
import type { ApiModel, ModelShape } from "../../harness/api-model";
import { loadApiModel } from "../../harness/api-model";
import type { Place } from "./values";
import { isRecord } from "./values";

let shapes: ApiModel["shapes"] = {};

// The model's pattern of an account id, `.*/^[\d]{12}$/.*`, admits no account id at all; 12 digits are meant.
const corrected: Readonly<Record<string, string>> = { AwsAccountId: "[0-9]{12}" };

/** Places are named as in a program: with a small first letter. */
export async function misfits(request: unknown): Promise<Place[]> {
  ({ shapes } = await loadApiModel());
  const found: Place[] = [];
  walk("CreateJobRequest", request, [], found);
  return found;
}

function walk(name: string, value: unknown, at: Place, found: Place[]): void {
  const shape = shapes[name]!;
  const fits = checks[shape.type];
  if (!fits) throw new Error(`The API model's ${name} is a ${shape.type}, which the judge does not know.`);
  fits(shape, value, at, found, name);
}

type Check = (shape: ModelShape, value: unknown, at: Place, found: Place[], name: string) => void;

const checks: Readonly<Record<string, Check>> = {
  structure({ members = {}, required = [] }, value, at, found) {
    if (!isRecord(value)) return void found.push(at);
    for (const [member, { shape }] of Object.entries(members)) {
      const place = [...at, member.charAt(0).toLowerCase() + member.slice(1)];
      const held = Object.hasOwn(value, member) ? value[member] : undefined;
      if (held !== undefined && held !== null) walk(shape, held, place, found);
      else if (required.includes(member)) found.push(place);
    }
  },
  list({ member, min = 0, max = Infinity }, value, at, found) {
    if (!Array.isArray(value)) return void found.push(at);
    if (value.length < min || value.length > max) found.push(at);
    value.forEach((item, index) => walk(member!.shape, item, [...at, index], found));
  },
  string({ enum: values, pattern, min = 0, max = Infinity }, value, at, found, name) {
    if (typeof value !== "string") return void found.push(at);
    // Lengths are those of Smithy: Unicode code points.
    const length = min > 0 || max < Infinity ? [...value].length : 0;
    const form = corrected[name] ?? pattern;
    const fits =
      length >= min &&
      length <= max &&
      (!values || values.includes(value)) &&
      (form === undefined || new RegExp(`^(?:${form})$`).test(value));
    if (!fits) found.push(at);
  },
};
