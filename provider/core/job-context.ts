import { createHash } from "node:crypto";

import { unlessAborted } from "../../lib/abort";
import type { ServiceJob } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { jobTypeOf } from "../../service-model/job-types";
import type { JobInputs, Timeouts } from "./arguments";
import { timeoutsOf } from "./arguments";
import type { JobOwnership } from "./job-ownership";
import { visibleText } from "./job-details";
import { canonicalText, normalText } from "./normalize";
import type {
  AssertEngineAlive,
  Clock,
  DataExchange,
  JobRecords,
  JobRequest,
  Reporter,
  UploadBodies,
} from "./ports";
import type { Session } from "./session";
import { clockOf, retryingService } from "./session";

/** Dependencies of one operation on a resource. */
export interface Dependencies {
  session: Session;
  bodies: UploadBodies;
  ownership: JobOwnership;
  records: JobRecords;
  /** URN of the resource. States of early versions do not have it. */
  urn?: string;
  reporter: Reporter;
  assertEngineAlive: AssertEngineAlive;
  /**
   * Set if a state has the resource, so that a create is a replacement. `read` if this run knows which job that state
   * names; `unread` if it does not, because the user asked for the replacement and Pulumi called no diff.
   */
  priorState?: "read" | "unread";
  /** Throws if no further job may be started. */
  assertMayStart?: () => void;
  /** Resolves when the job's assets may be listed. Jobs of a set wait for each other and share a listing. */
  beforeCollecting?: () => Promise<void>;
}

/** One job of a resource, with the dependencies to run it. */
export interface JobContext extends Dependencies {
  inputs: JobInputs;
  jobType: JobType;
  request: JobRequest;
  timeouts: Timeouts;
  /** Its sleeps end when the session's signal is aborted. */
  clock: Clock;
  /** When the engine asked for the job; milliseconds of this machine's clock. */
  askedAt: number;
  /** Key of the resource, if it has a URN. */
  resource?: string;
  /** Key of the resource's record. */
  recordKey: string;
  /** Digest of the whole request, with triggers and secrets. */
  digest: string;
  /** The session's service, with retries until `timeouts.request`. */
  service: DataExchange;
}

/** The job that does a resource's work. */
export interface ObtainedJob {
  /** It may have started or ended already. */
  readonly job: ServiceJob;
  /** Another process created it for the same work. */
  readonly shared?: boolean;
  /** Its body was uploaded. */
  readonly uploaded?: boolean;
}

export async function createJobContext(
  inputs: JobInputs,
  dependencies: Dependencies,
  askedAt = dependencies.session.clock.now(),
): Promise<JobContext> {
  const { session, bodies, reporter, urn } = dependencies;
  const resource = resourceKeyOf(session, urn);
  return {
    ...dependencies,
    records: urn === undefined ? noRecords : dependencies.records,
    askedAt,
    resource,
    recordKey: resource ?? "",
    digest: sha256(canonicalText([requestText(inputs), inputs.triggers ?? null])),
    inputs,
    jobType: jobTypeOf(inputs.type),
    request: await unlessAborted(toRequest(inputs, bodies), session.signal),
    timeouts: timeoutsOf(inputs),
    clock: clockOf(session),
    service: retryingService(session, inputs, reporter),
  };
}

/** The request of CreateJob: the inputs, with the MD5 of the body. */
export async function toRequest(inputs: JobInputs, bodies: UploadBodies): Promise<JobRequest> {
  const { detailsKey, upload } = jobTypeOf(inputs.type);
  const details = { ...inputs.details[detailsKey] };
  if (upload && inputs.upload) {
    // Always computed, because this fails if the body is no longer the declared one.
    const md5 = await bodies.md5(inputs.upload);
    details[upload.md5] ??= md5;
  }
  return {
    type: inputs.type,
    details: { [detailsKey]: details },
    ...(inputs.assetConfiguration && { assetConfiguration: inputs.assetConfiguration }),
  };
}

/** For a resource without a URN, which cannot be distinguished from others. */
const noRecords: JobRecords = {
  find: () => Promise.resolve(undefined),
  claim: () => Promise.resolve(true),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  findKey: () => Promise.resolve(undefined),
  recordDeletion: () => Promise.resolve(),
  removeDeletion: () => Promise.resolve(),
  hasDeletion: () => Promise.resolve(false),
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Identifies a resource, at the service that it uses, among all resources on this machine. */
export const resourceKeyOf = (
  { scope }: Pick<Session, "scope">,
  urn: string | undefined,
): string | undefined => (urn === undefined ? undefined : sha256(JSON.stringify([scope, urn])));

/** Equal for requests that the service may show as equal, because it need not repeat secrets or tags. */
export const visibleRequestText = ({ jobType, request }: JobContext): string =>
  canonicalText([jobType.type, visibleText(jobType, request)]);

/** Equal for equal requests, however their inputs are written. */
export function requestText({ type, details, upload, assetConfiguration, region }: JobInputs): string {
  const { details: shape, detailsKey } = jobTypeOf(type);
  const request = normalText(shape, details[detailsKey], (member) => member.fromUpload !== undefined);
  return canonicalText([type, request, upload?.hash, assetConfiguration, region]);
}
