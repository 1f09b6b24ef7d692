/** Runs started jobs. A job ends when its work is done and its minimum run time is over. */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobState } from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types/index";
import type { Clock } from "../control/clock";
import type { FaultRule, Faults } from "../control/faults";
import { waitForDelay } from "../control/faults";
import type { LimitName } from "../../service-model/errors";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { Job } from "../state/records";
import type { RegionState } from "../state/region-state";
import { toJobError } from "./worker";
import { commitAssets } from "./commit-assets";
import type { Worker, WorkerResult } from "./worker";
import {
  runCreateS3DataAccessFromS3Bucket,
  runImportAssetsFromLakeFormationTagPolicy,
  runImportAssetsFromRedshiftDataShares,
} from "./import-shared-resources";
import {
  runExportAssetToSignedUrl,
  runImportAssetFromApiGatewayApi,
  runImportAssetFromSignedUrl,
} from "./signed-url-jobs";
import { runExportAssetsToS3, runExportRevisionsToS3 } from "./export-to-s3";
import { runImportAssetsFromS3 } from "./import-from-s3";

export interface JobRunnerDependencies {
  readonly clock: Clock;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  readonly faults: Faults;
  /** Minimum run time of a type, in milliseconds of the machine's time. */
  readonly durationOf: (type: string) => number;
  /** Maximum number of jobs of a type in progress at once. */
  readonly quotaOf: (type: string) => number;
  readonly limitOf: (name: LimitName) => number;
  readonly requireBucketPolicy?: boolean;
}

interface Queued {
  readonly job: Job;
  readonly state: RegionState;
}

export class JobRunner {
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** Jobs of event actions that wait for their quota. */
  readonly #queue: Queued[] = [];
  #paused: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: JobRunnerDependencies) {
    // Every job in progress adds a listener.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Keeps all jobs in progress until the returned function is called. */
  pause(): () => void {
    let release!: () => void;
    this.#paused = new Promise((resolve) => (release = resolve));
    this.#stopping.signal.addEventListener("abort", release, { once: true });
    return release;
  }

  start(job: Job, state: RegionState): void {
    job.startCount += 1;
    this.#enter(job, "IN_PROGRESS");
    state.countInProgress(job.type, 1);
    const running = this.#run(job, state)
      // Only `stop` interrupts a run; the job then keeps its state.
      .catch(() => undefined)
      .finally(() => {
        state.countInProgress(job.type, -1);
        this.#running.delete(running);
        this.#startQueued();
      });
    this.#running.add(running);
  }

  /** Starts a job as soon as the quota of its type permits. */
  enqueue(job: Job, state: RegionState): void {
    this.#queue.push({ job, state });
    this.#startQueued();
  }

  /** Interrupts every running job and waits until all have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  #startQueued(): void {
    if (this.#stopping.signal.aborted) return;
    const waiting = this.#queue.splice(0);
    for (const entry of waiting) {
      const { job, state } = entry;
      if (state.inProgress(job.type) >= this.dependencies.quotaOf(job.type)) this.#queue.push(entry);
      // Its owner may have cancelled or started it.
      else if (job.state === "WAITING") this.start(job, state);
    }
  }

  async #run(job: Job, state: RegionState): Promise<void> {
    const { signal } = this.#stopping;
    const fault = this.dependencies.faults.take("RunJob");
    if (fault) await waitForDelay(fault, signal);
    const failsBefore = fault?.error !== undefined && fault.when !== "after";
    const [outcome] = await Promise.all([
      failsBefore ? {} : this.#work(job, state),
      sleep(this.dependencies.durationOf(job.type), undefined, { signal }),
    ]);
    await this.#paused;
    signal.throwIfAborted();
    this.#finish(job, state, outcome, fault);
  }

  async #work(job: Job, state: RegionState): Promise<WorkerResult> {
    const { signal } = this.#stopping;
    const { objects, urls, requireBucketPolicy } = this.dependencies;
    const details = job.details[jobTypeOf(job.type).detailsKey] as never;
    try {
      const { accountRegion } = state;
      const work = { job, details, state, accountRegion, objects, urls, requireBucketPolicy, signal };
      return await workers[job.type]!(work);
    } catch (error) {
      signal.throwIfAborted();
      return { errors: [toJobError(error)] };
    }
  }

  #finish(job: Job, state: RegionState, outcome: WorkerResult, fault?: FaultRule): void {
    const { objects } = this.dependencies;
    const { assets = [], errors = [], response } = outcome;
    const all = [...errors, ...commitAssets(job, state, assets, this.dependencies)];
    const timedOut = fault?.error === "TIMED_OUT";
    if (fault?.error !== undefined && !timedOut) {
      all.push({ code: String(fault.error), message: "A fault rule failed this job." });
    }
    if (all.length > 0) job.errors = all;
    else if (response) Object.assign(job.details[jobTypeOf(job.type).detailsKey]!, response);
    this.#enter(job, timedOut ? "TIMED_OUT" : all.length > 0 ? "ERROR" : "COMPLETED");
    if (job.upload) void objects.deleteObjects([job.upload.key]);
  }

  #enter(job: Job, state: JobState): void {
    job.state = state;
    job.updatedAt = this.dependencies.clock.now().toISOString();
  }
}

/** The worker of each job type. The details were validated against the shape of the type. */
const workers: Readonly<Record<string, Worker<never>>> = {
  IMPORT_ASSETS_FROM_S3: runImportAssetsFromS3,
  IMPORT_ASSET_FROM_SIGNED_URL: runImportAssetFromSignedUrl,
  IMPORT_ASSET_FROM_API_GATEWAY_API: runImportAssetFromApiGatewayApi,
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: runImportAssetsFromRedshiftDataShares,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: runImportAssetsFromLakeFormationTagPolicy,
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: runCreateS3DataAccessFromS3Bucket,
  EXPORT_ASSETS_TO_S3: runExportAssetsToS3,
  EXPORT_ASSET_TO_SIGNED_URL: runExportAssetToSignedUrl,
  EXPORT_REVISIONS_TO_S3: runExportRevisionsToS3,
};
