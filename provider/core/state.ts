/**
 * What a Job leaves in state, and how it is read back. State is a contract: whatever one version wrote, every later
 * one reads, so members are added and never renamed, and readers bear what is missing.
 */
import type { JobError, CreatedAsset, ServiceJob } from "../../service-model/job";
import { withImpliedNames, withoutImpliedNames } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { findJobType } from "../../service-model/job-types";
import { args } from "./arguments";
import type { JobInputs } from "./arguments";

/** Written into each state; raised when what is written changes its meaning. */
const schemaVersion = 1;

/** Outputs whose values are credentials: top-level, because only such can be marked secret in state. */
export interface SecretOutputs {
  signedUrl?: string;
  apiKey?: string;
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
  assets: CreatedAsset[];
  signedUrlExpiresAt?: string;
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
export function toOutputs(
  inputs: JobInputs,
  job: ServiceJob,
  assets: readonly CreatedAsset[] = [],
): JobOutputs {
  const { arn, state, createdAt, updatedAt, errors = [] } = job;
  return {
    ...copyInputs(inputs),
    arn,
    state,
    createdAt,
    updatedAt,
    errors,
    assets: [...assets],
    ...answeredBeyond(job),
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
  return { ...(kept as unknown as JobOutputs), ...copyInputs(inputs) };
}

/** What is written into state: an asset has no name there where it has the one that was asked for at its place. */
export const toState = (outputs: JobOutputs): object => ({
  ...outputs,
  assets: withoutImpliedNames(outputs, outputs.assets),
});

/** Outputs as any version of this package may have written them. */
export function readOutputs(props: Readonly<Record<string, unknown>>): JobOutputs {
  const outputs = { errors: [], assets: [], ...props } as unknown as JobOutputs;
  return { ...outputs, assets: withImpliedNames(outputs, outputs.assets) };
}

function copyInputs({ upload, ...inputs }: JobInputs): Omit<JobInputs, "upload"> & { uploadHash?: string } {
  return { ...inputs, ...(upload && { uploadHash: upload.hash }) };
}

/**
 * What the service answers beyond the request becomes an output of its own name; what follows from the request is not
 * kept. Neither is a URL that a body was uploaded to: it lives for a minute, and is a credential.
 */
function answeredBeyond({ type, details }: ServiceJob): Record<string, unknown> {
  const jobType = findJobType(type);
  if (!jobType) return {};
  const answered = details[jobType.detailsKey] ?? {};
  return Object.fromEntries(
    namesBeyond(jobType)
      .filter((name) => name in answered)
      .map((name) => [name, answered[name]]),
  );
}

/** Names of what the service answers beyond the request, and what is kept of it. */
export const namesAnswered = ({ response, upload }: JobType): string[] =>
  Object.keys(response).filter((name) => name !== upload?.url && name !== upload?.expiresAt);

/** Names of the outputs that a type has beyond those of every type. */
export const namesBeyond = (jobType: JobType): string[] => [
  ...namesAnswered(jobType),
  ...secretsAsked(jobType),
];

/** Members of the details that are credentials. */
export const secretsAsked = ({ details }: JobType): string[] =>
  Object.keys(details.members).filter((name) => details.members[name]!.secret);
