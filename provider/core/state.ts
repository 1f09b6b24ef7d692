/**
 * What a Job leaves in state, and how it is read back. State is a contract: whatever one version wrote, every later
 * one reads, so members are added and never renamed, and readers bear what is missing.
 */
import type { JobError, ServiceAsset, ServiceJob } from "../model/job";
import { findJobType, jobTypeOf } from "../model/job-types";
import { args } from "./inputs/args";
import type { JobInputs } from "./inputs/job-inputs";

/** Written into each state; raised when what is written changes its meaning. */
const schemaVersion = 1;

/** Outputs whose values are credentials: top-level, because only such can be marked secret in state. */
export interface SecretOutputs {
  signedUrl?: string;
  apiSpecificationUploadUrl?: string;
  apiKey?: string;
}

/** An asset that an import made. */
export interface JobAsset {
  /** 30 to 40 letters and digits. */
  id: string;
  /** ARN of the asset. */
  arn: string;
  /** Name of the asset; not unique in a revision. */
  name: string;
  /** `S3_SNAPSHOT`, `REDSHIFT_DATA_SHARE`, `API_GATEWAY_API`, `S3_DATA_ACCESS` or `LAKE_FORMATION_DATA_PERMISSION`. */
  assetType: string;
}

/** Inputs, echoed, and beside them what the service said. */
export interface JobOutputs extends Omit<JobInputs, "upload">, SecretOutputs {
  /** SHA-256 of the uploaded body, in hex: an asset without its bytes is none, and the bytes never enter the state. */
  uploadHash?: string;
  arn: string;
  state: string;
  createdAt: string;
  updatedAt: string;
  errors: JobError[];
  assets: JobAsset[];
  /** Keyed like `details`, without its secrets. */
  responseDetails: Record<string, Record<string, unknown>>;
  signedUrlExpiresAt?: string;
  apiSpecificationUploadUrlExpiresAt?: string;
  eventActionArn?: string;
  __schema: number;
  /** The last operation did not get to its end; the next `up` goes on from here. */
  __pending?: true;
  /** Another process made the job for the same work, and only that process deletes its assets. */
  __shared?: true;
  /** ListRevisionAssets did not show all assets of the completed job in time; a refresh looks for the missing ones. */
  __incomplete?: true;
  /** Ids of assets that the last refresh did not find listed: deleted by somebody, or the listing was behind. */
  __unlisted?: string[];
}

/** The whole outputs of a job as the service shows it. */
export function toOutputs(inputs: JobInputs, job: ServiceJob, assets: readonly JobAsset[] = []): JobOutputs {
  const { type, arn, state, createdAt, updatedAt, errors = [] } = job;
  const { visible, lifted } = splitResponse(type, job.details);
  return {
    ...echo(inputs),
    arn,
    state,
    createdAt,
    updatedAt,
    errors,
    assets: [...assets],
    responseDetails: visible,
    ...lifted,
    __schema: schemaVersion,
  };
}

/** The job as a state shows it. */
export const toServiceJob = ({ id, outputs }: { id: string; outputs: JobOutputs }): ServiceJob => {
  const { arn, type, state, details, errors, createdAt, updatedAt } = outputs;
  return { id, arn, type, state: state as ServiceJob["state"], details, errors, createdAt, updatedAt };
};

/** New inputs over an old job: nothing that the service said changes. */
export function withInputs(olds: JobOutputs, inputs: JobInputs): JobOutputs {
  const kept: Record<string, unknown> = { ...olds };
  for (const name of ["type", "details", "uploadHash", "triggers", "__pending", ...Object.keys(args)])
    delete kept[name];
  return { ...(kept as unknown as JobOutputs), ...echo(inputs) };
}

/** Outputs as any version of this package may have written them. */
export function readOutputs(props: Readonly<Record<string, unknown>>): JobOutputs {
  return { errors: [], assets: [], responseDetails: {}, ...props } as unknown as JobOutputs;
}

export const toJobAsset = ({ id, arn, name, assetType }: ServiceAsset): JobAsset => ({
  id,
  arn,
  name,
  assetType,
});

function echo({ upload, ...inputs }: JobInputs): Omit<JobInputs, "upload"> & { uploadHash?: string } {
  return { ...inputs, ...(upload && { uploadHash: upload.hash }) };
}

/**
 * What the service answers beyond the request becomes an output of its own name, and what is a credential leaves the
 * response details: only a top-level output can be kept secret without hiding all the rest.
 */
function splitResponse(type: string, details: ServiceJob["details"]) {
  const jobType = findJobType(type);
  const visible: Record<string, unknown> = { ...(jobType && details[jobType.detailsKey]) };
  const lifted: Record<string, unknown> = {};
  if (!jobType) return { visible: details, lifted };
  for (const [name, member] of Object.entries({ ...jobType.details.members, ...jobType.response })) {
    if (!(name in visible)) continue;
    if (member.secret || name in jobType.response) lifted[name] = visible[name];
    if (member.secret) delete visible[name];
  }
  return { visible: { [jobTypeOf(type).detailsKey]: visible }, lifted };
}
