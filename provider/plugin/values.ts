/**
 * Converts values between the engine's protocol and the core. A value on the wire is JSON in which special objects stand for
 * secrets, outputs, assets, archives and resources. The core receives plain values; `secrets` says which of them were secret.
 */
import {
  archiveSignature,
  assetSignature,
  otherUnknownValues,
  outputSignature,
  resourceSignature,
  secretSignature,
  signatureKey,
  unknownValue,
} from "../../lib/pulumi-values";
import type { Path } from "../../service-model/validate";
import { ARCHIVE, UNKNOWN, isRecord } from "../../service-model/validate";

export type Props = Readonly<Record<string, unknown>>;

export interface Decoded {
  /** For the core: with `UNKNOWN`, `ARCHIVE` and, in `upload`, a `BodySource`. */
  readonly values: Props;
  /** Paths of the values that are secret, and of the assets that contain a text or a URI, because the state stores both. */
  readonly secrets: readonly Path[];
}

const unknowns: ReadonlySet<unknown> = new Set([unknownValue, ...otherUnknownValues]);

/** Whether the value at the path is the body of a job, of which the core reads the path, text or URI. */
const isUpload = (path: Path): boolean =>
  path.at(-1) === "upload" && (path.length === 1 || (path.length === 3 && path[0] === "jobs"));

export function decode(wire: Props): Decoded {
  const secrets: Path[] = [];
  const walk = (value: unknown, path: Path): unknown => {
    if (unknowns.has(value)) return UNKNOWN;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (!isRecord(value)) return value;
    switch (value[signatureKey]) {
      case secretSignature:
        secrets.push(path);
        return walk(value.value, path);
      case outputSignature:
        if (value.secret === true) secrets.push(path);
        return "value" in value ? walk(value.value, path) : UNKNOWN;
      case resourceSignature:
        return walk(value.id || (value.id === "" ? unknownValue : value.urn), path);
      case archiveSignature:
        return ARCHIVE;
      case assetSignature:
        if (value.text !== undefined || value.uri !== undefined) secrets.push(path);
        return toBody(value, isUpload(path));
    }
    const held = Object.entries(value).map(
      ([name, member]) => [name, walk(member, [...path, name])] as const,
    );
    // An object that is not an asset must not be taken for a body.
    return { ...Object.fromEntries(held), ...(isUpload(path) && { hash: undefined }) };
  };
  const values = Object.entries(wire).map(([name, value]) => [name, walk(value, [name])] as const);
  return { values: Object.fromEntries(values), secrets };
}

/** Everywhere else than in `upload`, assets are compared by their content alone. */
function toBody({ hash, path, text, uri }: Props, keepPlace: boolean): Props {
  const place = Object.entries({ path, text, uri }).filter(([, value]) => value !== undefined);
  return { hash, ...(keepPlace && Object.fromEntries(place)) };
}

/** Values of the core on the wire, with the values at the paths secret. Members without a value are removed. */
export function encode(values: object, secrets: readonly Path[] = []): Props {
  const text = JSON.stringify(values, (_, value: unknown) => (value === UNKNOWN ? unknownValue : value));
  return seal(JSON.parse(text) as Props, secrets);
}

/** Marks values on the wire as secret. A path may lead to no value. */
export const seal = (wire: Props, secrets: readonly Path[]): Props =>
  secrets.reduce<Props>((sealed, path) => markAt(sealed, path) as Props, wire);

function markAt(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return mark(value);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? markAt(item, rest) : item));
  if (!isRecord(value)) return value;
  // What a special object contains is secret if the object is.
  if (signatureKey in value) return mark(value);
  return Object.hasOwn(value, step) ? { ...value, [step]: markAt(value[step], rest) } : value;
}

const mark = (value: unknown): unknown => ({ [signatureKey]: secretSignature, value: unmark(value) });

/** SDKs do not read a secret inside of a secret. */
function unmark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === secretSignature) return unmark(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, unmark(held)]));
}
