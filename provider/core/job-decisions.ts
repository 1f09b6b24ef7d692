/** Decides which job does the work of a resource. Pure: `job-record.ts` and `obtain-job.ts` gather the facts and act. */
import type { ServiceJob } from "../../service-model/job";
import { isFailed, isUnfinished } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import type { JobInputs } from "./arguments";
import type { FoundRecord } from "./ports";

/** Facts about the job that an earlier run of this resource recorded. */
export interface RecordFacts {
  readonly record: FoundRecord;
  /** The recorded job. Absent if the service does not know it, or another resource owns it. */
  readonly job?: ServiceJob;
  /** Digest of the resource's present request. */
  readonly digest: string;
  readonly inputs: Pick<JobInputs, "adopt" | "onDelete">;
  readonly jobType: Pick<JobType, "upload" | "createsAssets">;
  /** The job in state that this run replaces. */
  readonly replaced?: { readonly createdAt: string };
  /** Whether this run knows which job the state names. */
  readonly isStateRead: boolean;
  /** The wait for another process has reached its timeout. */
  readonly isTimedOut: boolean;
  /** CancelJob was called, and `job` shows the state after the call. */
  readonly isCancelTried?: boolean;
  /** How many assets of the completed job no listing shows. Absent if they were not listed yet. */
  readonly missingAssets?: number;
}

export type RecordDecision =
  /** Another process creates a job for the same work; read the record again later. */
  | { readonly kind: "wait" }
  | { readonly kind: "cancel" | "list-assets" | "adopt" | "withdraw"; readonly job: ServiceJob }
  /** Create a new job, and leave the recorded one as it is. */
  | { readonly kind: "create" };

export function decideOnRecord(facts: RecordFacts): RecordDecision {
  const { record, job, inputs, jobType, replaced } = facts;
  const isSameWork = record.work === facts.digest;
  if (record.active && isSameWork && !hasStarted(job) && !facts.isTimedOut) return { kind: "wait" };
  if (!job || (replaced && Date.parse(job.createdAt) <= Date.parse(replaced.createdAt))) {
    // A job older than the one in state comes from a record that was restored, for example by a pipeline's cache.
    return { kind: "create" };
  }
  const mayAdopt = isSameWork && inputs.adopt !== "none";
  // Its upload URL is valid for a minute, and an unknown part of that has passed.
  const isUploadLate = job.state === "WAITING" && jobType.upload !== undefined;
  if (mayAdopt && isUploadLate && !facts.isCancelTried) return { kind: "cancel", job };

  // `--replace` and `taint` do not show the provider the state. The job is most likely the one in state.
  const isReplacedByUser = record.inError === true && !facts.isStateRead && !isUnfinished(job.state);
  if (mayAdopt && !isReplacedByUser) {
    if (isUnfinished(job.state)) return { kind: "adopt", job };
    // A completed export runs again, which writes the same bytes.
    if (!isFailed(job.state) && jobType.createsAssets) {
      if (facts.missingAssets === undefined) return { kind: "list-assets", job };
      if (facts.missingAssets === 0) return { kind: "adopt", job };
    }
  }
  // A state that this run has not read may name a returned job, unless that job is to be replaced in any case.
  const isReplaced = isFailed(job.state) || inputs.onDelete === "deleteAssets" || replaced !== undefined;
  const mayBeInState = record.returned && !isReplaced;
  return mayBeInState || record.active || record.shared ? { kind: "create" } : { kind: "withdraw", job };
}

/** Whether the job has had an effect, so that only its end is waited for. */
const hasStarted = (job: ServiceJob | undefined): boolean =>
  job !== undefined && job.state !== "WAITING" && !isFailed(job.state);

/** A job of another process with the same request. */
export interface Rival {
  readonly job: ServiceJob;
  /** It was created no earlier than this resource asked for its job, so it reads the same content. */
  readonly isNewer: boolean;
  /** It shows all secrets and tags that the request contains, and they are equal. */
  readonly isEqual: boolean;
  /** If it waits for a body, its upload URL is still valid. */
  readonly canStart: boolean;
}

export interface RaceFacts {
  /** The job of this run, which waits. */
  readonly ours: ServiceJob;
  /** `lagging`: ListJobs does not show our job yet, so it may not show rivals either. */
  readonly listing: "complete" | "lagging" | "denied";
  readonly rivals: readonly Rival[];
}

export type RaceDecision =
  | { readonly kind: "list-again" }
  /** `winner` does the work. `others` wait as well and are cancelled, so that no later run finds them. */
  | { readonly kind: "cancel-ours"; readonly winner: ServiceJob; readonly others: readonly ServiceJob[] }
  | {
      readonly kind: "cancel-rivals";
      readonly rivals: readonly ServiceJob[];
      readonly similar?: ServiceJob;
    }
  /** `similar`: the newest job with the same request that has read other content, or may have. */
  | { readonly kind: "start"; readonly similar?: ServiceJob };

/** Every process decides alike: a rival that has started wins, then the oldest that can start. */
export function decideRace({ ours, listing, rivals }: RaceFacts): RaceDecision {
  if (listing === "denied") return { kind: "start" };
  if (listing === "lagging") return { kind: "list-again" };
  const started = rivals.filter(({ job }) => job.state !== "WAITING");
  const winner = started.find(({ isNewer, isEqual }) => isNewer && isEqual);
  if (winner) return { kind: "cancel-ours", winner: winner.job, others: [] };

  const waiting = rivals.filter(({ job }) => job.state === "WAITING");
  const [oldest] = oldestFirst([ours, ...rivalJobs(waiting.filter(({ canStart }) => canStart))]);
  if (oldest && oldest.id !== ours.id) {
    return {
      kind: "cancel-ours",
      winner: oldest,
      others: rivalJobs(waiting).filter((job) => job !== oldest),
    };
  }
  const similar = oldestFirst(rivalJobs(started)).at(-1);
  if (waiting.length === 0) return { kind: "start", similar };
  return { kind: "cancel-rivals", rivals: rivalJobs(waiting), similar };
}

const rivalJobs = (rivals: readonly Rival[]): ServiceJob[] => rivals.map(({ job }) => job);

const oldestFirst = (jobs: readonly ServiceJob[]): ServiceJob[] =>
  [...jobs].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1));
