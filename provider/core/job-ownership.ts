import { KeyedMutex } from "../../lib/keyed-mutex";
import type { JobOutputs } from "./state";

/** A job in state that this run replaces. */
export interface ReplacedJob {
  readonly id: string;
  readonly outputs: JobOutputs;
}

/**
 * Which jobs and assets belong to a resource that this run knows, so that no two resources come to share one. Lives
 * as long as the host process, which is one run of the engine. A resource goes by its `resourceKeyOf`.
 */
export class JobOwnership {
  private readonly locks = new KeyedMutex();
  private readonly known = new Set<string>();
  private readonly kept = new Set<string>();
  private readonly assets = new Map<string, string>();
  private readonly replaced = new Map<string, ReplacedJob>();
  private readonly makers = new Set<string>();

  /** One at a time for work that looks the same at the service, whichever way it is reached. */
  runExclusive<T>(work: string, run: () => Promise<T>): Promise<T> {
    return this.locks.run(work, run);
  }

  /** A job that some resource's state names, and its assets. */
  recordFromState(jobId: string, assets: readonly { id: string }[] = []): void {
    this.known.add(jobId);
    this.claimAssets(assets, jobId);
  }

  /** A job that a resource of this run made or took over. */
  claim(jobId: string): void {
    this.known.add(jobId);
    this.kept.add(jobId);
  }

  /** Whether a resource of this run made or took over the job, so that what it made is in use. */
  isClaimed(jobId: string): boolean {
    return this.kept.has(jobId);
  }

  isOwned(jobId: string): boolean {
    return this.known.has(jobId);
  }

  /** Whether the asset is this job's, or no job's that this run knows. */
  mayClaimAsset({ id }: { id: string }, jobId: string): boolean {
    return (this.assets.get(id) ?? jobId) === jobId;
  }

  /** The first job that takes an asset has it. */
  claimAssets(assets: readonly { id: string }[], jobId: string): void {
    for (const asset of assets) if (this.mayClaimAsset(asset, jobId)) this.assets.set(asset.id, jobId);
  }

  /** A job of this run has come to its end for the resource. */
  markMade(resource: string | undefined): void {
    if (resource !== undefined) this.makers.add(resource);
  }

  hasMade(resource: string | undefined): boolean {
    return resource !== undefined && this.makers.has(resource);
  }

  /** The state of this resource names the job, and a job that this run makes comes in its place. */
  recordReplacement(resource: string, job: ReplacedJob): void {
    this.replaced.set(resource, job);
  }

  replacedJob(resource: string | undefined): ReplacedJob | undefined {
    return resource === undefined ? undefined : this.replaced.get(resource);
  }
}
