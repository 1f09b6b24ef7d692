/** AWS Data Exchange in memory and on virtual time, with injected faults. */
import type { DataExchange, JobQuery, JobRequest, Page, RevisionRef } from "../../provider/core/ports";
import type {
  DataSetOrigin,
  ServiceAsset,
  ServiceDataSet,
  ServiceJob,
  ServiceRevision,
} from "../../service-model/job";
import { jobTypeOf } from "../../service-model/job-types";
import { VirtualClock } from "./clock";
import { createdAssets } from "./created-assets";
import type { Operation } from "./faults";
import { Faults, serviceError } from "./faults";
import type { SimulatorOptions } from "./simulator-options";

export interface SimulatedJob extends ServiceJob {
  /** Number of StartJob calls that took effect. */
  runs: number;
  endsAt: number;
}

const recordLife = 90 * 86_400_000;

export class Simulator implements DataExchange {
  readonly clock = new VirtualClock();
  readonly calls: { operation: Operation; subject: string; at: number }[] = [];
  readonly jobs: SimulatedJob[] = [];
  readonly assets: (ServiceAsset & RevisionRef)[] = [];
  readonly dataSets: ServiceDataSet[] = [];
  /** Newest first. */
  readonly revisions: ServiceRevision[] = [];
  readonly finalized = new Set<string>();
  /** Published revisions stay finalized. */
  readonly published = new Set<string>();
  /** Assets of revoked revisions can be deleted, although the revisions are finalized. */
  readonly revoked = new Set<string>();
  /** Uploaded bodies by the URL without its query. */
  readonly bodies = new Map<string, string>();
  private readonly faults = new Faults();
  private ids = 0;
  private messages = 0;

  constructor(private readonly options: SimulatorOptions = {}) {}

  /** Makes the next call of an operation fail. */
  fail(...fault: Parameters<Faults["add"]>): this {
    this.faults.add(...fault);
    return this;
  }

  createJob(request: JobRequest, signal?: AbortSignal): Promise<ServiceJob> {
    return this.call("createJob", request.type, () => this.newJob(request), signal);
  }

  /** A job that was created `age` milliseconds ago. */
  newJob(request: JobRequest, age = 0): SimulatedJob {
    const { jobId = (n: number) => `job${n}`, urlLifetime = 3_600_000, tick = 1 } = this.options;
    const id = jobId(++this.ids);
    const { upload, detailsKey } = jobTypeOf(request.type);
    const details = structuredClone(request.details);
    if (upload) {
      details[detailsKey]![upload.url] = `https://uploads.test/${id}?X-Amz-Signature=SECRET${id}`;
      details[detailsKey]![upload.expiresAt] = this.clock.iso(urlLifetime - age);
    }
    const { type, assetConfiguration } = request;
    const createdAt = new Date(tick * Math.floor((this.clock.now() - age) / tick)).toISOString();
    const facts = { type, details, createdAt, updatedAt: createdAt, runs: 0, endsAt: Infinity };
    const arn = `arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`;
    const job: SimulatedJob = { id, arn, state: "WAITING", ...facts };
    if (assetConfiguration) job.assetConfiguration = assetConfiguration;
    this.jobs.push(job);
    return job;
  }

  startJob(id: string, signal?: AbortSignal): Promise<void> {
    return this.call("startJob", id, () => this.run(this.find(id)), signal);
  }

  /** Starts a job as StartJob does. */
  run(job: SimulatedJob): void {
    if (job.state !== "WAITING") throw serviceError("startJob", "conflict");
    const running = this.jobs.filter(({ type, state }) => type === job.type && state === "IN_PROGRESS");
    if (running.length >= (this.options.quota ?? Infinity)) throw serviceError("startJob", "limit");
    const { duration = 5_000 } = this.options;
    job.state = "IN_PROGRESS";
    job.runs++;
    job.updatedAt = this.clock.iso();
    job.endsAt = this.clock.now() + (typeof duration === "number" ? duration : duration(job));
  }

  getJob(id: string, signal?: AbortSignal): Promise<ServiceJob> {
    return this.call("getJob", id, () => this.find(id), signal);
  }

  cancelJob(id: string): Promise<void> {
    return this.call("cancelJob", id, () => {
      const job = this.find(id);
      if (job.state !== "WAITING") throw serviceError("cancelJob", "conflict");
      job.state = "CANCELLED";
    });
  }

  listJobs(query: JobQuery, signal?: AbortSignal): Promise<Page<ServiceJob>> {
    const isInScope = ({ type, details }: ServiceJob) => {
      const { dataSetId, revisionId } = details[jobTypeOf(type).detailsKey]!;
      const { dataSetId: d = dataSetId, revisionId: r = revisionId } = query;
      return d === dataSetId && r === revisionId;
    };
    const list = () => {
      const listed = this.present().filter((job) => isInScope(job) && this.isListed(job));
      const newestFirst = listed.reverse().sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
      return this.page(newestFirst, query.nextToken);
    };
    return this.call("listJobs", JSON.stringify(query), list, signal);
  }

  listRevisionAssets({ revisionId }: RevisionRef, nextToken?: string, signal?: AbortSignal) {
    const list = (): Page<ServiceAsset> => {
      const listed = this.assets.filter((asset) => asset.revisionId === revisionId && this.isListed(asset));
      return this.page(listed, nextToken);
    };
    return this.call("listRevisionAssets", revisionId, list, signal);
  }

  deleteAsset({ revisionId }: RevisionRef, assetId: string, signal?: AbortSignal): Promise<void> {
    const remove = () => {
      const isLocked = this.finalized.has(revisionId) && !this.revoked.has(revisionId);
      if (isLocked) throw serviceError("deleteAsset", "conflict");
      const index = this.assets.findIndex(({ id }) => id === assetId);
      if (index < 0) throw serviceError("deleteAsset", "notFound");
      this.assets.splice(index, 1);
    };
    return this.call("deleteAsset", assetId, remove, signal);
  }

  getRevision({ revisionId: id }: RevisionRef): Promise<ServiceRevision> {
    const known = () => this.revisions.find((revision) => revision.id === id);
    const flags = () => ({ finalized: this.finalized.has(id), revoked: this.revoked.has(id) });
    return this.call("getRevision", id, () => known() ?? { id, arn: "", createdAt: "", ...flags() });
  }

  listDataSets(origin: DataSetOrigin, nextToken?: string): Promise<Page<ServiceDataSet>> {
    const list = () => this.dataSets.filter((dataSet) => dataSet.origin === origin);
    return this.call("listDataSets", origin, () => this.page(list(), nextToken));
  }

  listRevisions(dataSetId: string, nextToken?: string): Promise<Page<ServiceRevision>> {
    return this.call("listRevisions", dataSetId, () => this.page(this.revisions, nextToken));
  }

  setFinalized({ revisionId }: RevisionRef, finalized: boolean): Promise<void> {
    return this.call("setFinalized", revisionId, () => {
      if (!finalized && this.published.has(revisionId)) throw serviceError("setFinalized", "conflict");
      if (finalized) this.finalized.add(revisionId);
      else this.finalized.delete(revisionId);
    });
  }

  put(url: string, body: string, signal?: AbortSignal): Promise<void> {
    return this.call("put", url, () => void this.bodies.set(url.split("?")[0]!, body), signal);
  }

  /** The operations called, in order. */
  story(): Operation[] {
    return this.calls.map(({ operation }) => operation);
  }

  count(operation: Operation): number {
    return this.story().filter((called) => called === operation).length;
  }

  /** Ids of the started jobs, once for each start. */
  effects(): string[] {
    return this.jobs.flatMap(({ id, runs }) => Array<string>(runs).fill(id));
  }

  /** Ends the jobs whose time has come. */
  advance(): void {
    const ended = this.jobs.filter((job) => job.state === "IN_PROGRESS" && job.endsAt <= this.clock.now());
    for (const job of ended.sort((a, b) => a.endsAt - b.endsAt)) {
      job.updatedAt = new Date(job.endsAt).toISOString();
      Object.assign(job, this.options.outcome?.(job) ?? { state: "COMPLETED" });
      if (job.state === "COMPLETED") this.complete(job);
    }
  }

  /** Creates the assets of a completed job. */
  complete(job: SimulatedJob): void {
    const { detailsKey, response, upload } = jobTypeOf(job.type);
    const details = job.details[detailsKey]!;
    if (!upload && "signedUrl" in response) {
      details.signedUrl = `https://downloads.test/${job.id}?X-Amz-Signature=SECRET${job.id}`;
      details.signedUrlExpiresAt = new Date(Date.parse(job.updatedAt) + 60_000).toISOString();
    }
    for (const asset of createdAssets(job)) this.assets.push({ id: `asset${++this.ids}`, ...asset });
  }

  private present(): SimulatedJob[] {
    return this.jobs.filter(({ createdAt }) => this.clock.now() - Date.parse(createdAt) < recordLife);
  }

  private isListed({ createdAt }: { createdAt: string }): boolean {
    return this.clock.now() - Date.parse(createdAt) >= (this.options.listingLag ?? 0);
  }

  private find(id: string): SimulatedJob {
    const job = this.present().find((present) => present.id === id);
    if (!job) throw serviceError("getJob", "notFound", { resourceId: id, resourceType: "JOB" });
    return job;
  }

  private page<T>(all: readonly T[], nextToken = "0"): Page<T> {
    const [from, to] = [Number(nextToken), Number(nextToken) + (this.options.pageSize ?? 200)];
    return { items: all.slice(from, to), ...(to < all.length && { nextToken: String(to) }) };
  }

  private async call<T>(
    operation: Operation,
    subject: string,
    effect: () => T,
    signal?: AbortSignal,
  ): Promise<T> {
    const { latency = [0] } = this.options;
    const travel = () => this.clock.sleep(latency[this.messages++ % latency.length]!);
    this.calls.push({ operation, subject, at: this.clock.now() });
    await travel();
    const fault = this.faults.take(operation);
    const error = fault && serviceError(operation, fault.kind, fault.facts);
    if (error && fault.hangs) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    if (error && !fault.after) throw error;
    this.advance();
    const answer = structuredClone(effect());
    await travel();
    if (error) throw error;
    return answer;
  }
}
