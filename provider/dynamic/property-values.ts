/** Values as Pulumi's protocol carries them to a dynamic provider and back. */
import { archiveSignature, assetSignature, signatureKey, unknownValue } from "../../lib/pulumi-values";
import { ARCHIVE, UNKNOWN, isRecord } from "../../service-model/validate";

type Props = Readonly<Record<string, unknown>>;

/**
 * Inputs for the core: unknown values are `UNKNOWN`, archives are `ARCHIVE`, and an asset, which is a `BodySource` as it stands, keeps its
 * place on disk only where the core reads it.
 */
export function decodeProperties(props: Props): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(props).map(([name, value]) => [
      name,
      name === "upload" ? withoutLookalike(markUnknown(value, true)) : markUnknown(value, false),
    ]),
  );
}

/** The same for a set of jobs, each of which may have a body. */
export function decodeSetProperties({ jobs, ...others }: Props): Record<string, unknown> {
  const known = markUnknown(jobs, true);
  if (!isRecord(known)) return { ...decodeProperties(others), jobs: known };
  const each = Object.entries(jobs as Record<string, unknown>).map(([name, job]) => [
    name,
    isRecord(job) ? decodeProperties(job) : known[name],
  ]);
  return { ...decodeProperties(others), jobs: Object.fromEntries(each) };
}

/** Any object may have a hash as an asset has; without it nothing takes it for a body. */
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
  // Where an asset lies on this machine is no part of what it is: `triggers` compare by content. Nor may it come back
  // as an asset among the outputs, since the SDK takes none that has no place.
  if (isAsset(value) && !keepPlace) return { hash: value.hash };
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, markUnknown(held, keepPlace)]),
  );
}

const isAsset = (value: object): value is { hash: unknown } =>
  (value as Record<string, unknown>)[signatureKey] === assetSignature && "hash" in value;

/** Members without a value do not travel. */
export function encodeProperties(props: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(props)) as Record<string, unknown>;
}
