import { createHash } from "node:crypto";

import { systemClock } from "../../lib/clock";
import { LocalCoordination } from "./locks";
import type { Coordination } from "./ports";
import type { JobOutputs } from "./state";

/** A job in state that this run replaces. */
export interface ReplacedJob {
  readonly id: string;
  readonly outputs: JobOutputs;
}

/**
 * Which jobs and assets belong to which resource, so that no two resources share one. Lives for one run of the engine, in all
 * of its processes that share the coordination. `resource` is always a `resourceKeyOf`.
 */
export class JobOwnership {
  private readonly replaced = new Map<string, ReplacedJob>();

  constructor(private readonly coordination: Coordination = new LocalCoordination(systemClock)) {}

  /** Runs one task at a time for requests that look equal at the service. A task that has begun is not interrupted. */
  async runExclusive<T>(work: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const key = `create ${createHash("sha256").update(work).digest("base64url")}`;
    const release = await this.coordination.acquire(key, 1, Infinity, () => undefined, signal);
    try {
      signal?.throwIfAborted();
      return await run();
    } finally {
      release?.();
    }
  }

  /** Records a job that a state names, and its assets. */
  recordFromState(jobId: string, assets: readonly { id: string }[] = []): void {
    this.coordination.record("", [`owned ${jobId}`]);
    this.coordination.record(jobId, assets.map(assetFact));
  }

  /** Records a job that a resource of this run created, adopted or keeps. */
  claim(jobId: string, resource = ""): void {
    this.coordination.record(resource, [`owned ${jobId}`, `claimed ${jobId}`]);
  }

  /** The resource of this run that created, adopted or keeps the job, so that its assets are in use. Empty if not known. */
  claimant(jobId: string): string | undefined {
    return this.coordination.find(`claimed ${jobId}`);
  }

  /** Whether a state names the job, or a resource of this run has claimed it. */
  isOwned(jobId: string): boolean {
    return this.coordination.find(`owned ${jobId}`) !== undefined;
  }

  /** Whether the asset is this job's, or has no known owner. */
  mayClaimAsset(asset: { id: string }, jobId: string): boolean {
    return (this.coordination.find(assetFact(asset)) ?? jobId) === jobId;
  }

  /** Claims the assets that `choose` returns for the job, and returns them. It chooses among those that are free. */
  claimAssets<T extends { id: string }>(jobId: string, choose: (mayTake: (asset: T) => boolean) => T[]): T[] {
    const mayTake = (asset: T): boolean => this.mayClaimAsset(asset, jobId);
    for (;;) {
      const chosen = choose(mayTake);
      this.coordination.record(jobId, chosen.map(assetFact));
      // Another process may have claimed one of them meanwhile.
      if (chosen.every(mayTake)) return chosen;
    }
  }

  /** Records that a job of this run has ended for the resource. */
  markEnded(resource: string | undefined): void {
    if (resource !== undefined) this.coordination.record("", [`ended ${resource}`]);
  }

  hasEndedJob(resource: string | undefined): boolean {
    return resource !== undefined && this.coordination.find(`ended ${resource}`) !== undefined;
  }

  /** Records that the resource's state names the job, and that this run replaces it. */
  recordReplacement(resource: string, job: ReplacedJob): void {
    this.replaced.set(resource, job);
  }

  replacedJob(resource: string | undefined): ReplacedJob | undefined {
    return resource === undefined ? undefined : this.replaced.get(resource);
  }
}

const assetFact = ({ id }: { id: string }): string => `asset ${id}`;
