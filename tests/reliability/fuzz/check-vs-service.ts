/** Compares check with the service: both accept or refuse the same inputs. */
import { readInput } from "../../../emulator/http/request-input";
import { ApiError } from "../../../emulator/state/api-error";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { checkInputs } from "../../../provider/core/check";
import type { BodySource } from "../../../provider/core/ports";
import { decodeProperties } from "../../../provider/dynamic/property-values";
import { findJobType } from "../../../service-model/job-types";
import { operationOf } from "../../../service-model/operations";
import type { Problem } from "../../../service-model/validate";
import { formatPath, isRecord } from "../../../service-model/validate";
import type { ApiModel, ModelShape } from "../../harness/api-model";
import { loadApiModel } from "../../harness/api-model";
import { md5Of } from "../../simulation/host";
import type { Counter } from "../suite";
import { deviations, findDeviation } from "./deviations";
import { seededApiKey, signatureKey, unknown } from "./job-inputs";
import type { Json, JsonPath } from "./values";
import { cloneJson, pathsOf, valueAt, withAt } from "./values";

const bodies = new StreamedUploadBodies();

/** The problems that check finds in inputs as the engine sends them; throws for a message without text. */
export async function problemsOf(inputs: Json): Promise<Problem[]> {
  const problems = await checkInputs(decodeProperties(inputs), bodies);
  for (const { path, message } of problems) {
    if (message === "" || typeof formatPath(path) !== "string") throw new Error("A problem has no text.");
    if (message.includes(seededApiKey)) throw new Error(`A message holds the API key: ${message}`);
  }
  return problems;
}

export interface Comparison {
  readonly accepted: boolean;
  /** The request's body. */
  readonly text: string;
}

/** Throws if check and the service disagree without a known deviation. */
export async function compareWithService(inputs: Json, tally: Counter): Promise<Comparison> {
  const problems = await problemsOf(inputs);
  const text = JSON.stringify(requestOf(inputs));
  compareWithEmulator(problems, refusalOf(text));
  compareWithModel(problems, await findViolations(JSON.parse(text)), tally);
  tally.add(problems.length === 0 ? "accepted" : "refused");
  return { accepted: problems.length === 0, text };
}

function compareWithEmulator(problems: readonly Problem[], refusal: string | undefined): void {
  if (refusal !== undefined && problems.length === 0)
    throw new Error(`Accepted, but the emulator refuses it: ${refusal}`);
  if (refusal !== undefined) return;
  const left = problems.filter((problem) => !findDeviation(problem)?.alsoAtEmulator?.(problem.path));
  if (left.length > 0) throw new Error(`Refused, but the emulator accepts it: ${inWords(left)}`);
}

function compareWithModel(problems: readonly Problem[], places: readonly JsonPath[], tally: Counter): void {
  const misfit = new Set(places.map(formatPath));
  const unexplained: Problem[] = [];
  for (const problem of problems) {
    if (misfit.has(formatPath(problem.path))) continue;
    const deviation = findDeviation(problem);
    if (deviation) tally.add(counterName(deviation.what));
    else unexplained.push(problem);
  }
  if (unexplained.length > 0)
    throw new Error(`Refused, but the API model accepts it: ${inWords(unexplained)}`);
  // Without a valid type, check reports only the type.
  if (problems.some(({ path }) => path[0] === "type")) return;
  const unseen = places.filter((place) => !problems.some(({ path }) => isWithin(place, path)));
  if (unseen.length > 0)
    throw new Error(`Accepted, but the API model refuses it: ${unseen.map(formatPath).join(", ")}`);
}

export const counterName = (what: string): string => `stricter: ${what}`;

/** The deviations that no input showed. */
export const unobservedDeviations = (tally: Counter): string[] =>
  deviations.map(({ what }) => what).filter((what) => tally.of(counterName(what)) === 0);

/** Replacing any value by an unknown one adds no problem. */
export async function checkUnknownValue(inputs: Json, chosen: number): Promise<void> {
  // A null member counts as absent.
  const places = pathsOf(inputs).filter((place) => valueAt(inputs, place) !== null);
  if (places.length === 0) return;
  const place = places[chosen % places.length]!;
  const at = wholeAt(inputs, place);
  const before = (await problemsOf(inputs)).map(({ path }) => formatPath(path));
  const after = await problemsOf(withAt(cloneJson(inputs), at, unknown) as Json);
  const more = after.filter(({ path }) => !before.includes(formatPath(path)));
  if (more.length > 0)
    throw new Error(`A problem only because ${formatPath(at)} is unknown: ${inWords(more)}`);
}

/** An asset or another value that Pulumi encodes is known or unknown as a whole. */
function wholeAt(inputs: Json, place: JsonPath): JsonPath {
  const length = place.findIndex((_, index) => {
    const held = valueAt(inputs, place.slice(0, index));
    return index > 0 && isRecord(held) && Object.hasOwn(held, signatureKey);
  });
  return length === -1 ? place : place.slice(0, length);
}

const isWithin = (place: JsonPath, path: JsonPath): boolean =>
  path.every((step, index) => place[index] === step);

const inWords = (problems: readonly Problem[]): string =>
  problems
    .map(({ path, message }) => `${formatPath(path)} ${message}`)
    .join("; ")
    .slice(0, 2_000);

/** The request of the inputs, with the MD5 that the provider would compute. */
function requestOf(inputs: Json): Json {
  const members = ["type", "details", "assetConfiguration"];
  const given = Object.entries(withMd5(inputs)).filter(([name]) => members.includes(name));
  return toApi(Object.fromEntries(given)) as Json;
}

function withMd5(inputs: Json): Json {
  const jobType = findJobType(inputs.type);
  if (!jobType?.upload || !isRecord(inputs.details)) return inputs;
  const { detailsKey, upload } = jobType;
  const own = Object.hasOwn(inputs.details, detailsKey) ? inputs.details[detailsKey] : undefined;
  if (!isRecord(own) || (own[upload.md5] ?? undefined) !== undefined) return inputs;
  const { text } = (inputs.upload ?? {}) as Partial<BodySource>;
  const md5 = md5Of(typeof text === "string" ? text : "");
  return withAt(inputs, ["details", detailsKey, upload.md5], md5) as Json;
}

function toApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toApi);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name.charAt(0).toUpperCase() + name.slice(1), toApi(held)]),
  );
}

/** The emulator's error for a request; undefined if the request is valid. */
export function refusalOf(text: string): string | undefined {
  try {
    const body = Buffer.from(text);
    readInput(operationOf("CreateJob"), { params: {}, query: new URLSearchParams(), headers: {}, body });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return error.message;
    throw error;
  }
}

let shapes: ApiModel["shapes"] = {};

// The model's pattern of an account id, `.*/^[\d]{12}$/.*`, admits no account id at all; 12 digits are meant.
const corrected: Readonly<Record<string, string>> = { AwsAccountId: "[0-9]{12}" };

/** Places are named as in a program: with a small first letter. */
async function findViolations(request: unknown): Promise<JsonPath[]> {
  ({ shapes } = await loadApiModel());
  const found: JsonPath[] = [];
  walk("CreateJobRequest", request, [], found);
  return found;
}

function walk(name: string, value: unknown, at: JsonPath, found: JsonPath[]): void {
  const shape = shapes[name]!;
  const fits = checks[shape.type];
  if (!fits) throw new Error(`The API model's ${name} is a ${shape.type}, which is not checked.`);
  fits(shape, value, at, found, name);
}

type Check = (shape: ModelShape, value: unknown, at: JsonPath, found: JsonPath[], name: string) => void;

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
