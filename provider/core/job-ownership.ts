import { KeyedMutex } from "./locks";
import type { JobOutputs } from "./state";

/** A job in state that this run replaces. */
export interface ReplacedJob {
  readonly id: string;
  readonly outputs: JobOutputs;
}

/**
 * Which jobs and assets belong to which resource, so that no two resources share one. Lives as long as the host process,
 * which is one run of the engine. `resource` is always a `resourceKeyOf`.
 */
export class JobOwnership {
  private readonly locks = new KeyedMutex();
  private readonly owned = new Set<string>();
  private readonly claimed = new Set<string>();
  private readonly assets = new Map<string, string>();
  private readonly replaced = new Map<string, ReplacedJob>();
  private readonly withEndedJob = new Set<string>();

  /** Runs one task at a time for requests that look equal at the service. */
  runExclusive<T>(work: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.locks.run(work, run, signal);
  }

  /** Records a job that a state names, and its assets. */
  recordFromState(jobId: string, assets: readonly { id: string }[] = []): void {
    this.owned.add(jobId);
    this.claimAssets(assets, jobId);
  }

  /** Records a job that a resource of this run created or adopted. */
  claim(jobId: string): void {
    this.owned.add(jobId);
    this.claimed.add(jobId);
  }

  /** Whether a resource of this run created or adopted the job, so that its assets are in use. */
  isClaimed(jobId: string): boolean {
    return this.claimed.has(jobId);
  }

  /** Whether a state names the job, or a resource of this run has claimed it. */
  isOwned(jobId: string): boolean {
    return this.owned.has(jobId);
  }

  /** Whether the asset is this job's, or has no known owner. */
  mayClaimAsset({ id }: { id: string }, jobId: string): boolean {
    return (this.assets.get(id) ?? jobId) === jobId;
  }

  /** Claims the assets that no other job has claimed. */
  claimAssets(assets: readonly { id: string }[], jobId: string): void {
    for (const asset of assets) if (this.mayClaimAsset(asset, jobId)) this.assets.set(asset.id, jobId);
  }

  /** Records that a job of this run has ended for the resource. */
  markEnded(resource: string | undefined): void {
    if (resource !== undefined) this.withEndedJob.add(resource);
  }

  hasEndedJob(resource: string | undefined): boolean {
    return resource !== undefined && this.withEndedJob.has(resource);
  }

  /** Records that the resource's state names the job, and that this run replaces it. */
  recordReplacement(resource: string, job: ReplacedJob): void {
    this.replaced.set(resource, job);
  }

  replacedJob(resource: string | undefined): ReplacedJob | undefined {
    return resource === undefined ? undefined : this.replaced.get(resource);
  }
}
