/** Kinds of lag: by how much answers are stale and how pages shift. */
import { createHash } from "node:crypto";

/** Milliseconds by which answers about the job or asset with that id are stale. */
export type LagFor = (id: string) => number;

export interface Lag {
  readonly name: string;
  /** Of the n-th listing. */
  readonly listing: (n: number) => LagFor;
  /** Of the n-th GetJob. */
  readonly getJob: (n: number) => LagFor;
  /** By how many items the next page begins too late; negative when items were inserted before it. */
  readonly pageShift: (n: number) => number;
}

const none = () => () => 0;
const plain = { listing: none, getJob: none, pageShift: () => 0 };

/** Anything from 0 up to 1, the same for the same text. */
const seededFraction = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;

/** All listings are stale by the same time. */
export const uniformLag = (lag: number): Lag => ({
  ...plain,
  name: `listings ${lag / 1_000} s behind`,
  listing: () => () => lag,
});

/** Each job and asset has a lag that depends on its id. */
export const perItem = (most: number, seed: string): Lag => ({
  ...plain,
  name: `each item 0 to ${most / 1_000} s late`,
  listing: () => (id) => most * seededFraction(seed + id),
});

/** Two replicas answer in turn. */
export const alternatingReplicas = (one: number, other: number): Lag => ({
  ...plain,
  name: `replicas ${one / 1_000} s and ${other / 1_000} s behind in turn`,
  listing: (n) => () => (n % 2 === 0 ? one : other),
});

/** Pages of a listing begin one item too early or too late. */
export const shiftingPages = (seed: string): Lag => ({
  ...plain,
  name: "pages that shift",
  pageShift: (n) => Math.floor(3 * seededFraction(`${seed} ${n}`)) - 1,
});

/** GetJob shows a job as it was, and none that is too young. */
export const staleJobs = (lag: number): Lag => ({
  ...plain,
  name: `GetJob ${lag / 1_000} s behind`,
  getJob: () => () => lag,
});

/** Each answer as stale as the most stale part. */
export const combined = (name: string, ...parts: readonly Lag[]): Lag => ({
  name,
  listing: (n) => (id) => Math.max(...parts.map((part) => part.listing(n)(id))),
  getJob: (n) => (id) => Math.max(...parts.map((part) => part.getJob(n)(id))),
  pageShift: (n) => parts.reduce((sum, part) => sum + part.pageShift(n), 0),
});

/** A page of so many items, whose token is the number of its first. */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number, pageShift: number) {
  const from = token === undefined ? 0 : Math.max(0, Number(token) + pageShift);
  const to = from + size;
  return { items: all.slice(from, to), ...(to < all.length && { nextToken: String(to) }) };
}

/** Earlier states of the service, for stale answers. */
interface JobSnapshot {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface JobVersion {
  readonly at: number;
  readonly state: string;
  readonly updatedAt: string;
}

export class History<Asset extends { readonly id: string; readonly createdAt: string }> {
  private readonly jobs = new Map<string, JobVersion[]>();
  private readonly present = new Map<string, Asset>();
  private readonly gone: { readonly asset: Asset; readonly at: number }[] = [];

  /** The jobs as they are at a moment; called after whatever may have changed them. */
  recordJobs(jobs: readonly JobSnapshot[], now: number): void {
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

  recordAssets(assets: readonly Asset[], now: number): void {
    const ids = new Set(assets.map(({ id }) => id));
    for (const asset of assets) this.present.set(asset.id, asset);
    for (const [id, asset] of this.present) {
      if (ids.has(id)) continue;
      this.present.delete(id);
      this.gone.push({ asset, at: now });
    }
  }

  /** The job as it was at the moment; undefined if it did not exist yet. */
  jobAt(id: string, moment: number): JobVersion | undefined {
    return this.jobs.get(id)?.findLast(({ at }) => at <= moment);
  }

  /** The assets, each as it was at the moment for its id. */
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
