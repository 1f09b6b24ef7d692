import { createHash } from "node:crypto";

import type { ServiceJob } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { jobTypeOf } from "../../service-model/job-types";
import type { JobOwnership } from "./job-ownership";
import type { JobInputs, Timeouts } from "./arguments";
import { timeoutsOf, toRequest } from "./arguments";
import { canonicalText, normalText } from "./normalize";
import type {
  AssertEngineAlive,
  UploadBodies,
  Clock,
  DataExchange,
  JobRecords,
  JobRequest,
  Reporter,
} from "./ports";
import { withRetries } from "./retry";
import type { Session } from "./session";

/** What surrounds one resource's operation. */
export interface Dependencies {
  session: Session;
  bodies: UploadBodies;
  ownership: JobOwnership;
  records: JobRecords;
  /** URN of the resource; states of old do not have it. */
  urn?: string;
  reporter: Reporter;
  assertEngineAlive: AssertEngineAlive;
  /** A state has the resource, so a create that no diff went before is a replacement that the user asked for. */
  isInState?: boolean;
  /** What that state names is known, even if it names no job for this resource. */
  hasSeenState?: boolean;
  /** Throws where no other job is to be begun. */
  assertMayBegin?: () => void;
  /** Resolves when the assets of the job may be listed: of many jobs at once, in place of one by one. */
  beforeCollecting?: () => Promise<void>;
}

/** One job to be done, with all that doing it takes. */
export interface JobContext extends Dependencies {
  inputs: JobInputs;
  jobType: JobType;
  request: JobRequest;
  timeouts: Timeouts;
  clock: Clock;
  /** When the engine asked for the job; milliseconds of this machine's clock. */
  askedAt: number;
  /** Key of the resource, if it has a URN. */
  resource?: string;
  /** The same for its record. */
  recordKey: string;
  /** Digest of everything that is asked for, with triggers and secrets. */
  digest: string;
  /** The session's service, as patient as the job's timeouts say. */
  service: DataExchange;
}

export async function createJobContext(
  inputs: JobInputs,
  surroundings: Dependencies,
  askedAt = surroundings.session.clock.now(),
): Promise<JobContext> {
  const { session, bodies } = surroundings;
  const timeouts = timeoutsOf(inputs);
  return {
    ...surroundings,
    records: surroundings.urn === undefined ? noRecords : surroundings.records,
    askedAt,
    resource: resourceKeyOf(session, surroundings.urn),
    recordKey: resourceKeyOf(session, surroundings.urn) ?? "",
    digest: sha256(canonicalText([requestText(inputs), inputs.triggers ?? null])),
    inputs,
    jobType: jobTypeOf(inputs.type),
    request: await toRequest(inputs, bodies),
    timeouts,
    clock: session.clock,
    service: withRetries(session.service, {
      clock: session.clock,
      contact: session.contact,
      reporter: surroundings.reporter,
      budget: timeouts.request,
    }),
  };
}

/** For a resource without a URN, which nothing tells from others. */
const noRecords: JobRecords = {
  find: () => Promise.resolve(undefined),
  claim: () => Promise.resolve(true),
  write: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  keyOf: () => Promise.resolve(undefined),
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Tells a resource, at the service that it reaches, from all others on this machine. */
export const resourceKeyOf = (
  { scope }: Pick<Session, "scope">,
  urn: string | undefined,
): string | undefined => (urn === undefined ? undefined : sha256(JSON.stringify([scope, urn])));

/** The same for all work that the service may show as the same: it need repeat neither secrets nor tags. */
export function visibleRequestText({ jobType, request }: JobContext): string {
  const details = request.details[jobType.detailsKey];
  return canonicalText([
    jobType.type,
    normalText(jobType.details, details, (member) => member.secret === true),
  ]);
}

/** One text for one piece of work, however its inputs are written. */
export function requestText({ type, details, upload, assetConfiguration, region }: JobInputs): string {
  const { details: shape, detailsKey } = jobTypeOf(type);
  const work = normalText(shape, details[detailsKey], (member) => member.fromUpload !== undefined);
  return canonicalText([type, work, upload?.hash, assetConfiguration, region]);
}

/** The job that does a resource's work. */
export interface ObtainedJob {
  /** It may have started, or even ended, already. */
  readonly job: ServiceJob;
  /** Another process made it for the same work. */
  readonly shared?: boolean;
  /** Its body has been put. */
  readonly uploaded?: boolean;
}
