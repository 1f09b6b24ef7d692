/** Jobs for tests. */
import type { JobError, JobState } from "../../service-model/job";
import { operationOf } from "../../service-model/operations/index";
import { maskSecretMembers } from "../../service-model/operations/operation";
import type { Job } from "../state/records";
import type { RegionState } from "../state/region-state";
import { isExpired } from "../state/region-state";

/** A job as it is stored, with the API's member names in camelCase; credentials are masked. */
export interface JobSnapshot {
  /** 30 to 40 letters and digits. */
  readonly id: string;
  /** ARN of the job. */
  readonly arn: string;
  /** Region of the job. */
  readonly region: string;
  /** Type of the job, such as `IMPORT_ASSETS_FROM_S3`. */
  readonly type: string;
  /** State of the job. */
  readonly state: JobState;
  /** The details of the request and those that the service added, under the key of the type. */
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Configuration of the assets that the job creates. */
  readonly assetConfiguration?: {
    /** Tags of the assets. */
    readonly tags?: readonly {
      /** Key of the tag. */
      readonly key: string;
      /** Value of the tag. */
      readonly value: string;
    }[];
  };
  /** Errors of the job, as in GetJob. */
  readonly errors?: readonly JobError[];
  /** When it was created, ISO 8601. */
  readonly createdAt: string;
  /** When it last changed, ISO 8601. */
  readonly updatedAt: string;
  /** How many times the job was started. */
  readonly startCount: number;
  /** Whether the body was uploaded to the signed URL. */
  readonly uploaded: boolean;
  /** Whether the record has expired, so that the API no longer returns it. */
  readonly expired: boolean;
}

const shape = operationOf("GetJob").output!;

/** Internal members of a record. */
const internal = new Set(["upload", "arriving", "origin"]);

export function snapshotOf(job: Job, { accountRegion }: RegionState, now: Date): JobSnapshot {
  const visible = Object.entries(job).filter(([name]) => !internal.has(name));
  const shown = maskSecretMembers(shape, Object.fromEntries(visible)) as Omit<
    JobSnapshot,
    "region" | "uploaded" | "expired"
  >;
  return {
    ...shown,
    region: accountRegion.region,
    uploaded: job.upload !== undefined,
    expired: isExpired(job, now),
  };
}
