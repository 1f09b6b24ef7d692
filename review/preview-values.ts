/** Values and URNs as the engine writes them into a preview. */
import { canonicalJson } from "../lib/canonical-json";
import { assetSignature, secretMask, signatureKey, unknownValue } from "../lib/pulumi-values";
import { dynamicToken } from "../provider/resources/state-contract";

export type Values = Readonly<Record<string, unknown>>;

export const isUnknown = (value: unknown): boolean => value === unknownValue;
export const isSecret = (value: unknown): boolean => value === secretMask;
/** Whether the preview shows no value here. */
export const isHidden = (value: unknown): boolean => isUnknown(value) || isSecret(value);
export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const membersOf = (value: unknown): Values => (isObject(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Whether the value, or any value in it, fulfils the condition. */
export function contains(value: unknown, condition: (value: unknown) => boolean): boolean {
  if (condition(value)) return true;
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((inner) => contains(inner, condition))
  );
}

/** The hash of a file. The triggers in state contain only this hash of a file. */
export const hashOf = (value: unknown): unknown =>
  isObject(value) && (value[signatureKey] === assetSignature || Object.keys(value).join() === "hash")
    ? value.hash
    : undefined;

/** A value for people; objects and lists as JSON. */
export function showValue(value: unknown): string {
  if (isUnknown(value)) return "(not known yet)";
  if (hashOf(value) !== undefined) return `file ${String(hashOf(value)).slice(0, 8)}…`;
  // An ETag includes its quotes.
  if (typeof value === "string") return value.replace(/^"([0-9a-f]{32}(?:-\d+)?)"$/, "$1");
  return JSON.stringify(value, (_name, inner: unknown) => (isUnknown(inner) ? "(not known yet)" : inner));
}

/** Shortens an id of the service, which has 30 to 40 letters and digits. */
export const shortId = (id: string): string => (/^[a-zA-Z0-9]{30,40}$/.test(id) ? `${id.slice(0, 8)}…` : id);

export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** Canonical JSON, with files by their hash. */
export const canonical = (value: unknown): string =>
  canonicalJson(value, (inner) => {
    const hash = hashOf(inner);
    return hash === undefined ? inner : { hash };
  });

/** The parsed URN of a resource. */
export interface Urn {
  readonly text: string;
  readonly stack: string;
  readonly project: string;
  /** The resource's own type, without the types of its parents. That of the dynamic provider for one of the plugin. */
  readonly type: string;
  readonly name: string;
}

export const stackType = "pulumi:pulumi:Stack";

/** `urn:pulumi:stack::project::parent's type$type::name`; a name may contain any character. */
export function parseUrn(urn: unknown): Urn | undefined {
  const [, stack, project, types, name] =
    /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(typeof urn === "string" ? urn : "") ?? [];
  if (stack === undefined) return undefined;
  const type = dynamicToken(types!.split("$").at(-1)!);
  return { text: urn as string, stack, project: project!, type, name: name! };
}
