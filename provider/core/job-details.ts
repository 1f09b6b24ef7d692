/** Reads the details of jobs and requests. */
import type { JobType } from "../../service-model/job-type";
import { findJobType } from "../../service-model/job-types";
import { assetConfiguration } from "../../service-model/shared-shapes";
import type { JobInputs } from "./arguments";
import { normalText } from "./normalize";
import type { RevisionRef } from "./ports";

interface Scoped {
  type: string;
  details: Record<string, Record<string, unknown>>;
}

const ownDetails = ({ type, details }: Scoped): Record<string, unknown> =>
  (details as Scoped["details"] | undefined)?.[findJobType(type)?.detailsKey ?? ""] ?? {};

/** Id of the data set that a job works on. */
export const dataSetOf = (job: Scoped): string => ownDetails(job).dataSetId as string;

/** The revision that a job works on. Undefined for a revision export, which has several. */
export function revisionOf(job: Scoped): RevisionRef | undefined {
  const { dataSetId, revisionId } = ownDetails(job);
  return typeof revisionId === "string" ? { dataSetId: dataSetId as string, revisionId } : undefined;
}

/** Details without secrets, which the service need not repeat. */
export const visibleText = ({ details: shape, detailsKey }: JobType, { details }: Asked): string =>
  normalText(shape, details[detailsKey], (member) => member.secret === true);

interface Asked {
  details: Record<string, unknown>;
  assetConfiguration?: unknown;
}

/** A client that does not know the asset configuration shows none. Then tags are not compared. */
export function hasSameTags(job: Asked, request: Asked): boolean {
  if (job.assetConfiguration === undefined) return true;
  const text = (value: unknown) => normalText(assetConfiguration, value ?? {});
  return text(job.assetConfiguration) === text(request.assetConfiguration);
}

/**
 * Masks what may be a secret of the details in a text: each credential, and each string if the program gave a secret. A
 * longer value is found before one that it contains.
 */
export function maskDetails(text: string, inputs: MaskedInputs = {}): string {
  const own = inputs.details ? ownDetails(inputs as Scoped) : {};
  const jobType = findJobType(inputs.type);
  const credentials = jobType ? requestedSecrets(jobType) : [];
  const values = stringsIn(inputs.__secret ? own : credentials.map((name) => own[name]));
  if (values.length === 0) return text;
  const escaped = values
    .sort((a, b) => b.length - a.length)
    .map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return text.replace(new RegExp(escaped.join("|"), "g"), "[secret]");
}

/** The inputs of a job, as far as they are known. */
export type MaskedInputs = Partial<Pick<JobInputs, "type" | "details" | "__secret">>;

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Members of the details that are credentials. */
export const requestedSecrets = ({ details }: JobType): string[] =>
  Object.keys(details.members).filter((name) => details.members[name]!.secret);
