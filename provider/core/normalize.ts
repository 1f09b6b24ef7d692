/**
 * The form in which two ways of writing the same thing are equal: sets are sorted, defaults are filled in, absent
 * members are gone. Comparison only; what is sent and kept is what the user wrote.
 */
import { canonicalJson } from "../../lib/canonical-json";
import { assetConfiguration } from "../../service-model/shared-shapes";
import type { JobType } from "../../service-model/job-type";
import type { Member, Shape } from "../../service-model/shape";
import { UNKNOWN, isRecord } from "../../service-model/validate";

type Leave = (member: Member) => boolean;
const leaveNone: Leave = () => false;

/** Equal texts mean equal values. `leave` says which members do not count. */
export const normalText = (shape: Shape, value: unknown, leave: Leave = leaveNone): string =>
  canonicalText(normal(shape, value, leave));

/** JSON with its members in one order, for values that have no shape. */
export const canonicalText = (value: unknown): string =>
  canonicalJson(value, (inner) => (inner === UNKNOWN ? { unknown: true } : inner));

/** Details as far as the service lets one see them: it need not repeat an API key. */
export const visibleText = ({ details: shape, detailsKey }: JobType, { details }: Asked): string =>
  normalText(shape, details[detailsKey], (member) => member.secret === true);

interface Asked {
  details: Record<string, unknown>;
  assetConfiguration?: unknown;
}

/** A client that does not know the asset configuration shows none, whatever the job was asked for. */
export function hasSameTags(job: Asked, request: Asked): boolean {
  if (job.assetConfiguration === undefined) return true;
  const text = (value: unknown) => normalText(assetConfiguration, value ?? {});
  return text(job.assetConfiguration) === text(request.assetConfiguration);
}

function normal(shape: Shape, value: unknown, leave: Leave): unknown {
  if (value === UNKNOWN) return { unknown: true };
  if (shape.kind === "list" && Array.isArray(value)) {
    const items = value.map((item) => normal(shape.of, item, leave));
    if (!shape.set) return items;
    return items.map((item) => canonicalText(item)).sort();
  }
  if (shape.kind === "struct" && isRecord(value)) {
    const members = Object.entries(shape.members)
      .filter(([, member]) => !leave(member))
      .map(([name, member]) => [name, value[name] ?? member.default, member] as const)
      .filter(([, held, member]) => held !== undefined && held !== null && !isEmptyChoice(held, member))
      .map(([name, held, member]) => [name, normal(member.shape, held, leave)] as const);
    return Object.fromEntries(members);
  }
  return value;
}

/** An optional list without items asks for nothing, and so does its absence. */
const isEmptyChoice = (held: unknown, { required }: Member): boolean =>
  !required && Array.isArray(held) && held.length === 0;
