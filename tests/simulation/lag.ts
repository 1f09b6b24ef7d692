/** Kinds of lag: by how much answers are stale and how pages shift; and the simulator with such answers. */
import { createHash } from "node:crypto";

import type { DataExchange } from "../../provider/core/ports";
import type { ServiceJob } from "../../service-model/job";
import { serviceError } from "./faults";
import type { Simulator } from "./simulator";

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
export const perItem = (maxLag: number, seed: string): Lag => ({
  ...plain,
  name: `each item 0 to ${maxLag / 1_000} s late`,
  listing: () => (id) => maxLag * seededFraction(seed + id),
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

interface Job {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface Asset {
  readonly id: string;
  readonly createdAt: string;
}

const pageSize = 3;

/** The answers of a service as its lag shows them. */
export class StaleAnswers<AnyJob extends Job> {
  private readonly jobs = new Map<string, (Pick<Job, "state" | "updatedAt"> & { readonly at: number })[]>();
  private readonly counts = { listing: 0, getJob: 0, page: 0 };

  constructor(
    private readonly lag: Lag,
    private readonly now: () => number,
  ) {}

  /** Records the jobs as they are now; called after each call that may have changed them. */
  recordJobs(jobs: readonly Job[]): void {
    for (const { id, state, createdAt, updatedAt } of jobs) {
      const versions = this.jobs.get(id) ?? [
        { at: Date.parse(createdAt), state: "WAITING", updatedAt: createdAt },
      ];
      this.jobs.set(id, versions);
      if (versions.at(-1)!.state === state) continue;
      // A job ends without a call, and its `updatedAt` is the time.
      const hasEnded = state === "COMPLETED" || state === "ERROR";
      versions.push({ at: hasEnded ? Date.parse(updatedAt) : this.now(), state, updatedAt });
    }
  }

  /** Undefined if the job is too young to be shown. */
  getJob(job: AnyJob): AnyJob | undefined {
    return this.jobAt(job, this.lag.getJob(++this.counts.getJob)(job.id));
  }

  listJobs(jobs: readonly AnyJob[], token: string | undefined): Page<AnyJob> {
    const lagOf = this.nextListing(token);
    const shown = jobs.flatMap((job) => this.jobAt(job, lagOf(job.id)) ?? []);
    return this.page(shown, token);
  }

  listAssets<Any extends Asset>(
    assets: AssetHistory<Any>,
    token: string | undefined,
    isListed: (asset: Any) => boolean = () => true,
  ): Page<Any> {
    const lagOf = this.nextListing(token);
    const shown = assets.at((id) => this.now() - lagOf(id));
    return this.page(shown.filter(isListed), token);
  }

  /** The lag of a listing is that of its first page. */
  private nextListing(token: string | undefined): LagFor {
    return this.lag.listing(token === undefined ? ++this.counts.listing : this.counts.listing);
  }

  private jobAt(job: AnyJob, lag: number): AnyJob | undefined {
    const version = this.jobs.get(job.id)?.findLast(({ at }) => at <= this.now() - lag);
    return version && { ...job, state: version.state, updatedAt: version.updatedAt };
  }

  /** The token of a page is the number of its first item. */
  private page<Item>(all: readonly Item[], token: string | undefined): Page<Item> {
    const shift = this.lag.pageShift(++this.counts.page);
    const from = token === undefined ? 0 : Math.max(0, Number(token) + shift);
    const to = from + pageSize;
    return { items: all.slice(from, to), ...(to < all.length && { nextToken: String(to) }) };
  }
}

interface Page<Item> {
  readonly items: Item[];
  readonly nextToken?: string;
}

/** The present and the deleted assets of a revision or of a service. */
export class AssetHistory<Any extends Asset> {
  private present: readonly Any[] = [];
  private readonly deleted: { readonly asset: Any; readonly until: number }[] = [];

  record(assets: readonly Any[], now: number): void {
    const ids = new Set(assets.map(({ id }) => id));
    for (const asset of this.present) if (!ids.has(asset.id)) this.deleted.push({ asset, until: now });
    this.present = [...assets];
  }

  /** The assets, each as it was at the moment for its id. */
  at(momentOf: (id: string) => number): Any[] {
    const deleted = this.deleted.filter(({ asset, until }) => until > momentOf(asset.id));
    const all = [...this.present, ...deleted.map(({ asset }) => asset)];
    return all.filter(({ id, createdAt }) => Date.parse(createdAt) <= momentOf(id));
  }
}

/** The same service, seen through stale answers. */
export function laggingSimulator(service: Simulator, lag: Lag): Simulator {
  const now = () => service.clock.now();
  const assets = new AssetHistory<Simulator["assets"][number]>();
  const answers = new StaleAnswers<ServiceJob>(lag, now);
  const record = () => {
    const before = now();
    service.advance();
    answers.recordJobs(service.jobs);
    assets.record(service.assets, before);
  };
  const own: Partial<DataExchange> = {
    async listJobs({ nextToken, ...query }, signal) {
      const { items } = await service.listJobs(query, signal);
      record();
      return answers.listJobs(items, nextToken);
    },
    async listRevisionAssets(revision, token, signal) {
      await service.listRevisionAssets(revision, undefined, signal);
      record();
      return answers.listAssets(assets, token, ({ revisionId }) => revisionId === revision.revisionId);
    },
    async getJob(id, signal) {
      const job = await service.getJob(id, signal);
      record();
      const shown = answers.getJob(job);
      if (shown) return shown;
      throw serviceError("getJob", "notFound", { resourceId: id, resourceType: "JOB" });
    },
  };
  return new Proxy(service, {
    get(target, name) {
      const answer: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      if (typeof answer !== "function" || !changing.includes(name)) return answer;
      return async (...args: unknown[]) => {
        const result: unknown = await Reflect.apply(answer, target, args);
        record();
        return result;
      };
    },
  });
}

/** Calls that change what the service shows. */
const changing: readonly (string | symbol)[] = ["createJob", "startJob", "cancelJob", "deleteAsset"];
