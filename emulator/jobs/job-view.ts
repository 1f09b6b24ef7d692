/** Jobs as tests look at them: everything that is stored, credentials masked. */
import type { JobError, JobState } from "../../provider/model/job";
import { operationOf } from "../model/index";
import { masked } from "../protocol/wire";
import type { Job } from "../state/records";
import type { RegionState } from "../state/region-state";
import { hasVanished } from "../state/region-state";

export interface JobView {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly type: string;
  readonly state: JobState;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly assetConfiguration?: {
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  };
  readonly errors?: readonly JobError[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** How many times its work was begun: 1 for a job that was started. */
  readonly starts: number;
  /** Whether the body for its signed URL has come. */
  readonly uploaded: boolean;
  /** Whether its record is past its time: the service itself shows it no more. */
  readonly vanished: boolean;
}

const shape = operationOf("GetJob").output!;

/** What of a record is nobody's business. */
const kept = new Set(["upload", "origin"]);

export function viewOf(job: Job, { place }: RegionState, now: Date): JobView {
  const told = Object.entries(job).filter(([name]) => !kept.has(name));
  const shown = masked(shape, Object.fromEntries(told)) as Omit<JobView, "region" | "uploaded" | "vanished">;
  return {
    ...shown,
    region: place.region,
    uploaded: job.upload !== undefined,
    vanished: hasVanished(job, now),
  };
}
