import type { JobError, JobState, ServiceJob } from "../../service-model/job";

/** How a simulated service behaves. */
export interface SimulatorOptions {
  /** Milliseconds that one message after another takes to the service or back, in turn. */
  latency?: readonly number[];
  /** Milliseconds from StartJob to the end. */
  duration?: number | ((job: ServiceJob) => number);
  /** How a job ends. */
  outcome?: (job: ServiceJob) => { state: JobState; errors?: JobError[] };
  /** Limit of concurrent jobs of one type. */
  quota?: number;
  pageSize?: number;
  /** Resolution of the service's timestamps in milliseconds. */
  tick?: number;
  /** Id of the n-th job. */
  jobId?: (n: number) => string;
  urlLifetime?: number;
  /** Milliseconds by which ListJobs and ListRevisionAssets lag. */
  listingLag?: number;
}
