/** What the service has been, so that an answer can show it as it was a while ago. */
interface JobLike {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Version {
  readonly at: number;
  readonly state: string;
  readonly updatedAt: string;
}

export class Past<Asset extends { readonly id: string; readonly createdAt: string }> {
  private readonly jobs = new Map<string, Version[]>();
  private readonly present = new Map<string, Asset>();
  private readonly gone: { readonly asset: Asset; readonly at: number }[] = [];

  /** The jobs as they are at a moment; called after whatever may have changed them. */
  noteJobs(jobs: readonly JobLike[], now: number): void {
    for (const { id, state, createdAt, updatedAt } of jobs) {
      const versions = this.jobs.get(id) ?? [
        { at: Date.parse(createdAt), state: "WAITING", updatedAt: createdAt },
      ];
      this.jobs.set(id, versions);
      if (versions.at(-1)!.state === state) continue;
      // A job ends by itself, and says when.
      const at = state === "COMPLETED" || state === "ERROR" ? Date.parse(updatedAt) : now;
      versions.push({ at, state, updatedAt });
    }
  }

  noteAssets(assets: readonly Asset[], now: number): void {
    const ids = new Set(assets.map(({ id }) => id));
    for (const asset of assets) this.present.set(asset.id, asset);
    for (const [id, asset] of this.present) {
      if (ids.has(id)) continue;
      this.present.delete(id);
      this.gone.push({ asset, at: now });
    }
  }

  /** The job as it was; nothing when it was not there yet. */
  jobAt(id: string, moment: number): Version | undefined {
    return this.jobs.get(id)?.findLast(({ at }) => at <= moment);
  }

  /** Assets as they were, each at a moment of its own. */
  assetsAt(momentOf: (id: string) => number): Asset[] {
    const there = [...this.present.values()].filter(
      ({ id, createdAt }) => Date.parse(createdAt) <= momentOf(id),
    );
    const still = this.gone.filter(
      ({ asset, at }) => at > momentOf(asset.id) && Date.parse(asset.createdAt) <= momentOf(asset.id),
    );
    return [...there, ...still.map(({ asset }) => asset)];
  }
}
