/**
 * The state of a Job. Every version must read the states of earlier versions, so members are added and never renamed, and
 * readers accept missing members.
 */
import type { JobError, CreatedAsset, ServiceJob } from "../../service-model/job";
import { withImpliedNames, withoutImpliedNames } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { findJobType } from "../../service-model/job-types";
import { args } from "./arguments";
import { requestedSecrets } from "./job-details";
import type { JobInputs } from "./arguments";

/** Written into each state. Raised when a member changes its meaning. */
const schemaVersion = 1;

/** Outputs that are credentials. Top-level, because only top-level outputs can be marked secret in state. */
export interface SecretOutputs {
  signedUrl?: string;
  apiKey?: string;
}

export const secretOutputs: readonly string[] = ["signedUrl", "apiKey"] satisfies (keyof SecretOutputs)[];

/** Outputs that repeat details. They are secret if the details contain a secret. */
export const repeatingOutputs: readonly string[] = ["assets", "errors"];

/** The inputs, and the service's answer. */
export interface JobOutputs extends Omit<JobInputs, "upload">, SecretOutputs {
  /** SHA-256 of the uploaded body, in hex. The body itself is never stored. */
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
  /** The last operation did not finish. The next `up` resumes it. */
  __pending?: true;
  /** Another process created the job for the same work, and only that process deletes its assets. */
  __shared?: true;
  /** ListRevisionAssets did not show all assets of the job in time. A refresh looks for the missing ones. */
  __incomplete?: true;
  /** Ids of assets that the last refresh did not find: they were deleted, or the listing lagged. */
  __unlisted?: string[];
}

/** The outputs of a job as the service shows it. */
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

/** The job that a state describes. */
export const toServiceJob = ({ id, outputs }: { id: string; outputs: JobOutputs }): ServiceJob => {
  const { arn, type, state, details, errors, createdAt, updatedAt } = outputs;
  return { id, arn, type, state: state as ServiceJob["state"], details, errors, createdAt, updatedAt };
};

/** New inputs with the service's answers of the old job. */
export function withInputs(olds: JobOutputs, inputs: JobInputs): JobOutputs {
  const kept: Record<string, unknown> = { ...olds };
  const own = ["type", "details", "uploadHash", "triggers", "__pending", "__secret"];
  for (const name of [...own, ...Object.keys(args)]) delete kept[name];
  return { ...(kept as unknown as JobOutputs), ...copyInputs(inputs) };
}

/** The outputs as they are stored: an asset's name is left out if it follows from the inputs. */
export const toState = (outputs: JobOutputs): object => ({
  ...outputs,
  assets: withoutImpliedNames(outputs, outputs.assets),
});

/** Reads outputs that any version of this package may have written. */
export function readOutputs(props: Readonly<Record<string, unknown>>): JobOutputs {
  const outputs = { errors: [], assets: [], ...props } as unknown as JobOutputs;
  return { ...outputs, assets: withImpliedNames(outputs, outputs.assets) };
}

function copyInputs({ upload, ...inputs }: JobInputs): Omit<JobInputs, "upload"> & { uploadHash?: string } {
  return { ...inputs, ...(upload && { uploadHash: upload.hash }) };
}

/**
 * Members that the service adds to the request become outputs of the same name. A URL for an upload does not, because it
 * is a credential and expires within a minute.
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

/** Names of the members that the service adds to the request, as far as they become outputs. */
export const namesAnswered = ({ response, upload }: JobType): string[] =>
  Object.keys(response).filter((name) => name !== upload?.url && name !== upload?.expiresAt);

/** Names of the outputs that not every type has. */
export const namesBeyond = (jobType: JobType): string[] => [
  ...namesAnswered(jobType),
  ...requestedSecrets(jobType),
];
