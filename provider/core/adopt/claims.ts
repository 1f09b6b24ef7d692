import { Locks } from "../locks";

/**
 * Which jobs and assets belong to a resource that this run knows, so that no two resources come to share one. Lives
 * as long as the host process, which is one run of the engine.
 */
export class Claims {
  private readonly locks = new Locks();
  private readonly known = new Set<string>();
  private readonly kept = new Set<string>();
  private readonly assets = new Map<string, string>();
  private readonly reruns = new Map<string, string>();

  /** One at a time for work that looks the same at the service, whichever way it is reached. */
  oneByOne<T>(work: string, run: () => Promise<T>): Promise<T> {
    return this.locks.run(work, run);
  }

  /** A job that some resource's state names, and its assets. */
  seenInState(jobId: string, assets: readonly { id: string }[] = []): void {
    this.known.add(jobId);
    for (const { id } of assets) this.takeAsset(id, jobId);
  }

  /** A job that a resource of this run keeps, made or took over: no other's deletion may touch what it made. */
  keep(jobId: string): void {
    this.known.add(jobId);
    this.kept.add(jobId);
  }

  isKept(jobId: string): boolean {
    return this.kept.has(jobId);
  }

  isKnown(jobId: string): boolean {
    return this.known.has(jobId);
  }

  /** Whether the asset is this job's; the first that asks for it gets it. */
  takeAsset(assetId: string, jobId: string): boolean {
    const owner = this.assets.get(assetId) ?? jobId;
    this.assets.set(assetId, owner);
    return owner === jobId;
  }

  /**
   * Work that is to be done again although a job made at `createdAt` has done it. Only a job younger than that one,
   * cut off from state by a crash, can be what was asked for.
   */
  rerun(work: string, createdAt: string): void {
    this.reruns.set(work, createdAt);
  }

  /** The moment before which no completed job can stand in for this work. */
  rerunSince(work: string): string {
    return this.reruns.get(work) ?? "";
  }
}
