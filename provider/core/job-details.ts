/** Reads the details of jobs and requests. */
import { hideValues } from "../../lib/redact";
import type { JobType } from "../../service-model/job-type";
import { findJobType } from "../../service-model/job-types";
import type { Shape } from "../../service-model/shape";
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

/** What a job was created with, without secrets and without what the service added. */
export function requestedDetails({ type, details }: Scoped): Scoped["details"] {
  const jobType = findJobType(type);
  if (!jobType) return details;
  const { detailsKey, details: shape } = jobType;
  const requested = Object.entries(details[detailsKey] ?? {}).filter(
    ([name]) => name in shape.members && !shape.members[name]!.secret,
  );
  return { [detailsKey]: Object.fromEntries(requested) };
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

/** Masks what may be a secret of the details in a text: each credential, and each string if the program gave a secret. */
export function maskDetails(text: string, inputs: MaskedInputs = {}): string {
  const jobType = findJobType(inputs.type);
  if (!jobType || !inputs.details) return text;
  const own = ownDetails(inputs as Scoped);
  const credentials = () => Object.fromEntries(requestedSecrets(jobType).map((name) => [name, own[name]]));
  return hideValues(text, textsIn(inputs.__secret ? own : credentials(), jobType.details));
}

/** The inputs of a job, as far as they are known. */
export type MaskedInputs = Partial<Pick<JobInputs, "type" | "details" | "__secret">>;

/** Ids of the service, which messages show. */
const shownIds = ["dataSetId", "revisionId", "assetId"];

/** Strings that the program chose freely. */
function textsIn(value: unknown, shape: Shape | undefined): string[] {
  if (typeof value === "string") return shape?.kind === "string" && shape.values ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .filter(([name]) => !shownIds.includes(name))
    .flatMap(([name, held]) =>
      textsIn(
        held,
        shape?.kind === "struct" ? shape.members[name]?.shape : shape?.kind === "list" ? shape.of : undefined,
      ),
    );
}

/** Members of the details that are credentials. */
export const requestedSecrets = ({ details }: JobType): string[] =>
  Object.keys(details.members).filter((name) => details.members[name]!.secret);
