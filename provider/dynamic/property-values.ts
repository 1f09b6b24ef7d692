/** Converts values between Pulumi's protocol and the core. */
import { archiveSignature, assetSignature, signatureKey, unknownValue } from "../../lib/pulumi-values";
import { ARCHIVE, UNKNOWN, isRecord } from "../../service-model/validate";

type Props = Readonly<Record<string, unknown>>;

/**
 * Inputs for the core. Unknown values become `UNKNOWN` and archives `ARCHIVE`. An asset has the members of a `BodySource`; it
 * keeps its path, text or URI only in `upload`, where the core reads it.
 */
export function decodeProperties(props: Props): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(props).map(([name, value]) => [
      name,
      name === "upload" ? withoutLookalike(markUnknown(value, true)) : markUnknown(value, false),
    ]),
  );
}

/** Inputs of a set of jobs for the core. Each job may have an `upload`. An archive in the place of a job is no record. */
export function decodeSetProperties({ jobs, ...others }: Props): Record<string, unknown> {
  const known = markUnknown(jobs, true);
  if (!isRecord(known)) return { ...decodeProperties(others), jobs: known };
  const each = Object.entries(jobs as Record<string, unknown>).map(([name, job]) => [
    name,
    isRecord(job) && isRecord(known[name]) ? decodeProperties(job) : known[name],
  ]);
  return { ...decodeProperties(others), jobs: Object.fromEntries(each) };
}

/** Removes the hash of an object that is not an asset, so that it is not taken for a body. */
function withoutLookalike(upload: unknown): unknown {
  if (typeof upload !== "object" || upload === null || Array.isArray(upload) || isAsset(upload))
    return upload;
  return { ...upload, hash: undefined };
}

function markUnknown(value: unknown, keepPlace: boolean): unknown {
  if (value === unknownValue) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item) => markUnknown(item, keepPlace));
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signatureKey] === archiveSignature) return ARCHIVE;
  // `triggers` compare assets by content, not by path. It must not be an asset among the outputs, because the SDK rejects
  // an asset without a path, text or URI.
  if (isAsset(value) && !keepPlace) return { hash: value.hash };
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, markUnknown(held, keepPlace)]),
  );
}

const isAsset = (value: object): value is { hash: unknown } =>
  (value as Record<string, unknown>)[signatureKey] === assetSignature && "hash" in value;

/** Removes members without a value. */
export function encodeProperties(props: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(props)) as Record<string, unknown>;
}
