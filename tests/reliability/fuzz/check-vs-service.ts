/** Whatever check accepts, the service accepts; whatever it refuses, the service refuses. */
import type { Problem } from "../../../service-model/validate";
import { formatPath } from "../../../service-model/validate";
import { checkInputs } from "../../../provider/core/check";
import { StreamedUploadBodies } from "../../../provider/aws/upload-body";
import { decodeProperties } from "../../../provider/dynamic/property-values";
import { misfits } from "./api-model";
import type { Deviation } from "./deviations";
import { deviationOf, deviations } from "./deviations";
import { plantedKey, signatureKey, unknown } from "./job-inputs";
import { refusalOf, requestOf } from "./requests";
import type { Tally } from "./counter";
import type { Json, Place } from "./values";
import { copyOf, isRecord, placesOf, valueAt, withAt } from "./values";

const bodies = new StreamedUploadBodies();

/** What check has against inputs as they arrive on the wire; throws where check does, and where a message is none. */
export async function problemsOf(inputs: Json): Promise<Problem[]> {
  const problems = await checkInputs(decodeProperties(inputs), bodies);
  for (const { path, message } of problems) {
    if (message === "" || typeof formatPath(path) !== "string") throw new Error("A problem without words.");
    if (message.includes(plantedKey)) throw new Error(`A message holds the API key: ${message}`);
  }
  return problems;
}

export interface Judged {
  readonly accepted: boolean;
  /** The request's body. */
  readonly text: string;
}

/** Throws when check and the service are of different minds and no deviation says why. */
export async function judge(inputs: Json, tally: Tally): Promise<Judged> {
  const problems = await problemsOf(inputs);
  const text = JSON.stringify(requestOf(inputs));
  holdAgainstEmulator(problems, refusalOf(text));
  holdAgainstModel(problems, await misfits(JSON.parse(text)), tally);
  tally.add(problems.length === 0 ? "accepted" : "refused");
  return { accepted: problems.length === 0, text };
}

function holdAgainstEmulator(problems: readonly Problem[], refusal: string | undefined): void {
  if (refusal !== undefined && problems.length === 0)
    throw new Error(`Accepted, and the emulator refuses it: ${refusal}`);
  if (refusal !== undefined) return;
  const left = problems.filter((problem) => !deviationOf(problem)?.alsoAtEmulator?.(problem));
  if (left.length > 0) throw new Error(`Refused, and the emulator takes it: ${inWords(left)}`);
}

function holdAgainstModel(problems: readonly Problem[], places: readonly Place[], tally: Tally): void {
  const misfit = new Set(places.map(formatPath));
  const unexplained: Problem[] = [];
  for (const problem of problems) {
    if (misfit.has(formatPath(problem.path))) continue;
    const deviation = deviationOf(problem);
    if (deviation) tally.add(counted(deviation));
    else unexplained.push(problem);
  }
  if (unexplained.length > 0) throw new Error(`Refused, and the API model takes it: ${inWords(unexplained)}`);
  // Without a type there is no telling which details are right, and check says no more than that.
  if (problems.some(({ path }) => path[0] === "type")) return;
  const unseen = places.filter((place) => !problems.some(({ path }) => isWithin(place, path)));
  if (unseen.length > 0)
    throw new Error(`Accepted, and the API model refuses it: ${unseen.map(formatPath).join(", ")}`);
}

export const counted = ({ what }: Deviation): string => `stricter: ${what}`;

/** The deviations that no input showed. */
export const unseenDeviations = (tally: Tally): string[] =>
  deviations.filter((each) => tally.of(counted(each)) === 0).map(({ what }) => what);

/** What is not known yet is held against nobody: with any value replaced by an unknown one, nothing more is wrong. */
export async function holdUnknown(inputs: Json, chosen: number): Promise<void> {
  // What is null is as good as absent.
  const places = placesOf(inputs).filter((place) => valueAt(inputs, place) !== null);
  if (places.length === 0) return;
  const place = places[chosen % places.length]!;
  const at = wholeAt(inputs, place);
  const before = (await problemsOf(inputs)).map(({ path }) => formatPath(path));
  const after = await problemsOf(withAt(copyOf(inputs), at, unknown) as Json);
  const more = after.filter(({ path }) => !before.includes(formatPath(path)));
  if (more.length > 0) throw new Error(`Wrong only because ${formatPath(at)} is unknown: ${inWords(more)}`);
}

/** An asset, and whatever else Pulumi packs up, is known or not known as a whole. */
function wholeAt(inputs: Json, place: Place): Place {
  const length = place.findIndex((_, index) => {
    const held = valueAt(inputs, place.slice(0, index));
    return index > 0 && isRecord(held) && Object.hasOwn(held, signatureKey);
  });
  return length === -1 ? place : place.slice(0, length);
}

const isWithin = (place: Place, path: Place): boolean => path.every((step, index) => place[index] === step);

const inWords = (problems: readonly Problem[]): string =>
  problems
    .map(({ path, message }) => `${formatPath(path)} ${message}`)
    .join("; ")
    .slice(0, 2_000);
