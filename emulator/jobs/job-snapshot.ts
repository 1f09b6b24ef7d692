/** Jobs as tests look at them: everything that is stored, credentials masked. */
import type { JobError, JobState } from "../../service-model/job";
import { operationOf } from "../../service-model/operations/index";
import { maskSecrets } from "../http/request-input";
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
  /** What it does, such as `IMPORT_ASSETS_FROM_S3`. */
  readonly type: string;
  /** Where it is in its life. */
  readonly state: JobState;
  /** The details that it was made with and what was added to them, under the key that goes with the type. */
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** How the assets that it makes are to be. */
  readonly assetConfiguration?: {
    /** Tags of the assets. */
    readonly tags?: readonly {
      /** Key of the tag. */
      readonly key: string;
      /** Value of the tag. */
      readonly value: string;
    }[];
  };
  /** What went wrong, as GetJob tells it. */
  readonly errors?: readonly JobError[];
  /** When it was created, ISO 8601. */
  readonly createdAt: string;
  /** When it last changed, ISO 8601. */
  readonly updatedAt: string;
  /** How many times its work was begun: 1 for a job that was started. */
  readonly startCount: number;
  /** Whether the body for its signed URL has come. */
  readonly uploaded: boolean;
  /** Whether its record is past its time: the service itself shows it no more. */
  readonly expired: boolean;
}

const shape = operationOf("GetJob").output!;

/** Members of a record that are internal. */
const kept = new Set(["upload", "arriving", "origin"]);

export function snapshotOf(job: Job, { accountRegion }: RegionState, now: Date): JobSnapshot {
  const visible = Object.entries(job).filter(([name]) => !kept.has(name));
  const shown = maskSecrets(shape, Object.fromEntries(visible)) as Omit<
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
