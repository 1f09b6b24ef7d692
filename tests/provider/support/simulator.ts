/** AWS Data Exchange in memory and on virtual time, with faults to order. */
import type {
  DataExchange,
  JobQuery,
  JobRequest,
  Page,
  RevisionRef,
  RevisionState,
} from "../../../provider/core/ports";
import type { FailureFacts, FailureKind } from "../../../provider/core/errors";
import { ServiceError, uploadOperation } from "../../../provider/core/errors";
import type { JobError, JobState, ServiceAsset, ServiceJob } from "../../../service-model/job";
import { jobTypeOf } from "../../../service-model/job-types";
import { VirtualClock } from "./clock";
import { assetsToMake } from "./expected-assets";

/** Operations of the service, and `Put` for a body put to a signed URL. */
export type Operation = keyof DataExchange | "put";

export interface SimulatedJob extends ServiceJob {
  /** How often it has begun to have an effect. */
  runs: number;
  endsAt: number;
}

interface Fault {
  operation: Operation;
  kind: FailureKind;
  times: number;
  /** Calls that still go well. */
  skip: number;
  /** The call takes effect, and only its answer is lost. */
  after: boolean;
  /** No answer comes until the caller breaks the call off. */
  hangs: boolean;
  facts: Partial<FailureFacts>;
}

export interface SimulatorOptions {
  /** Milliseconds on the way to the service, and back again. */
  latency?: () => number;
  /** Milliseconds from StartJob to the end. */
  duration?: number | ((job: ServiceJob) => number);
  /** How a job ends. */
  outcome?: (job: ServiceJob) => { state: JobState; errors?: JobError[] };
  /** Jobs of one type that may be in progress at once. */
  quota?: number;
  pageSize?: number;
  /** Milliseconds between two moments that the service's timestamps tell apart. */
  tick?: number;
  /** Id of the n-th job. */
  jobId?: (n: number) => string;
  urlLifetime?: number;
  /** Milliseconds after which ListJobs shows a job that CreateJob made, and ListRevisionAssets an asset. */
  listingLag?: number;
}

const names: Record<FailureKind, [name: string, status: number]> = {
  throttled: ["ThrottlingException", 429],
  unavailable: ["InternalServerException", 500],
  limit: ["ServiceLimitExceededException", 402],
  notFound: ["ResourceNotFoundException", 404],
  conflict: ["ConflictException", 409],
  accessDenied: ["AccessDeniedException", 403],
  invalid: ["ValidationException", 400],
  expired: ["AccessDenied", 403],
  other: ["UnrecognizedClientException", 403],
};

const recordLife = 90 * 86_400_000;

export class Simulator implements DataExchange {
  readonly clock = new VirtualClock();
  readonly calls: { operation: Operation; subject: string; at: number }[] = [];
  readonly jobs: SimulatedJob[] = [];
  readonly assets: (ServiceAsset & RevisionRef)[] = [];
  readonly finalized = new Set<string>();
  /** Revisions that subscribers have, which stay finalized. */
  readonly published = new Set<string>();
  /** Revisions that were revoked, whose assets can be deleted although they are finalized. */
  readonly revoked = new Set<string>();
  /** Bodies that were put, by the URL without its query. */
  readonly bodies = new Map<string, string>();
  private readonly faults: Fault[] = [];
  private ids = 0;

  constructor(private readonly options: SimulatorOptions = {}) {}

  /** Makes the next calls of an operation fail: once, unless told otherwise. */
  fail(operation: Operation, kind: FailureKind, how: Partial<Omit<Fault, "operation" | "kind">> = {}): this {
    this.faults.push({ operation, kind, times: 1, skip: 0, after: false, hangs: false, facts: {}, ...how });
    return this;
  }

  createJob(request: JobRequest, signal?: AbortSignal): Promise<ServiceJob> {
    return this.call("createJob", request.type, () => this.newJob(request), signal);
  }

  /** A job that is there already, made `age` milliseconds ago. */
  newJob(request: JobRequest, state: JobState = "WAITING", age = 0): SimulatedJob {
    const { jobId = (n: number) => `job${n}` } = this.options;
    const id = jobId(++this.ids);
    const { upload, detailsKey } = jobTypeOf(request.type);
    const details = structuredClone(request.details);
    if (upload) {
      details[detailsKey]![upload.url] = `https://uploads.test/${id}?X-Amz-Signature=SECRET${id}`;
      details[detailsKey]![upload.expiresAt] = this.clock.iso((this.options.urlLifetime ?? 3_600_000) - age);
    }
    const { type, assetConfiguration } = request;
    const made = this.clock.now() - age;
    const createdAt = new Date(made - (made % (this.options.tick ?? 1))).toISOString();
    const facts = { type, state, details, createdAt, updatedAt: createdAt, runs: 0, endsAt: Infinity };
    const job = { id, arn: `arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`, ...facts };
    this.jobs.push(Object.assign(job, assetConfiguration && { assetConfiguration }));
    return this.jobs.at(-1)!;
  }

  startJob(id: string, signal?: AbortSignal): Promise<void> {
    return this.call("startJob", id, () => this.run(this.find(id)), signal);
  }

  /** Starts a job as StartJob does. */
  run(job: SimulatedJob): void {
    if (job.state !== "WAITING") throw this.error("startJob", "conflict");
    const running = this.jobs.filter(({ type, state }) => type === job.type && state === "IN_PROGRESS");
    if (running.length >= (this.options.quota ?? Infinity)) throw this.error("startJob", "limit");
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
      if (job.state !== "WAITING") throw this.error("cancelJob", "conflict");
      job.state = "CANCELLED";
    });
  }

  listJobs(query: JobQuery, signal?: AbortSignal): Promise<Page<ServiceJob>> {
    const list = () => {
      const scoped = this.present()
        .filter(({ type, details }) => {
          const { dataSetId, revisionId } = details[jobTypeOf(type).detailsKey]!;
          const { dataSetId: d = dataSetId, revisionId: r = revisionId } = query;
          return d === dataSetId && r === revisionId;
        })
        .filter(({ createdAt }) => this.isListed(createdAt));
      const newestFirst = scoped.reverse().sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
      return this.page(newestFirst, query.nextToken);
    };
    return this.call("listJobs", JSON.stringify(query), list, signal);
  }

  listRevisionAssets(
    { revisionId }: RevisionRef,
    nextToken?: string,
    signal?: AbortSignal,
  ): Promise<Page<ServiceAsset>> {
    const list = () =>
      this.page(
        this.assets.filter((asset) => asset.revisionId === revisionId && this.isListed(asset.createdAt)),
        nextToken,
      );
    return this.call("listRevisionAssets", revisionId, list, signal);
  }

  deleteAsset({ revisionId }: RevisionRef, assetId: string): Promise<void> {
    return this.call("deleteAsset", assetId, () => {
      if (this.finalized.has(revisionId) && !this.revoked.has(revisionId)) {
        throw this.error("deleteAsset", "conflict");
      }
      const index = this.assets.findIndex(({ id }) => id === assetId);
      if (index < 0) throw this.error("deleteAsset", "notFound");
      this.assets.splice(index, 1);
    });
  }

  getRevision({ revisionId }: RevisionRef): Promise<RevisionState> {
    const state = () => ({
      finalized: this.finalized.has(revisionId),
      revoked: this.revoked.has(revisionId),
    });
    return this.call("getRevision", revisionId, state);
  }

  setFinalized({ revisionId }: RevisionRef, finalized: boolean): Promise<void> {
    return this.call("setFinalized", revisionId, () => {
      if (!finalized && this.published.has(revisionId)) throw this.error("setFinalized", "conflict");
      if (finalized) this.finalized.add(revisionId);
      else this.finalized.delete(revisionId);
    });
  }

  put(url: string, body: string, signal?: AbortSignal): Promise<void> {
    return this.call("put", url, () => void this.bodies.set(url.split("?")[0]!, body), signal);
  }

  /** The operations called, in order; without those named. */
  story(...without: Operation[]): Operation[] {
    return this.calls.map(({ operation }) => operation).filter((operation) => !without.includes(operation));
  }

  count(operation: Operation): number {
    return this.story().filter((called) => called === operation).length;
  }

  /** Ids of the jobs that had an effect, once for each time that they began to. */
  effects(): string[] {
    return this.jobs.flatMap(({ id, runs }) => Array<string>(runs).fill(id));
  }

  error(operation: Operation, kind: FailureKind, facts: Partial<FailureFacts> = {}): ServiceError {
    const [name, status] = names[kind];
    const called =
      operation === "put" ? uploadOperation : operation.charAt(0).toUpperCase() + operation.slice(1);
    const message = `${name} to order`;
    const action = `dataexchange:${called}`;
    return new ServiceError({ kind, operation: called, name, status, message, action, ...facts });
  }

  /** Lets what has come to its end by now end. */
  advance(): void {
    const ended = this.jobs.filter((job) => job.state === "IN_PROGRESS" && job.endsAt <= this.clock.now());
    for (const job of ended.sort((a, b) => a.endsAt - b.endsAt)) {
      job.updatedAt = new Date(job.endsAt).toISOString();
      Object.assign(job, this.options.outcome?.(job) ?? { state: "COMPLETED" });
      if (job.state === "COMPLETED") this.complete(job);
    }
  }

  /** What a job that went well leaves behind. */
  complete(job: SimulatedJob): void {
    const { detailsKey, createsAssets, response, upload } = jobTypeOf(job.type);
    const details = job.details[detailsKey]!;
    if (!upload && "signedUrl" in response) {
      details.signedUrl = `https://downloads.test/${job.id}?X-Amz-Signature=SECRET${job.id}`;
      details.signedUrlExpiresAt = new Date(Date.parse(job.updatedAt) + 60_000).toISOString();
    }
    if (createsAssets) {
      this.assets.push(
        ...assetsToMake(job, createsAssets, details).map((made) => ({ ...made, id: `asset${++this.ids}` })),
      );
    }
  }

  private present(): SimulatedJob[] {
    return this.jobs.filter(({ createdAt }) => this.clock.now() - Date.parse(createdAt) < recordLife);
  }

  private isListed(createdAt: string): boolean {
    return this.clock.now() - Date.parse(createdAt) >= (this.options.listingLag ?? 0);
  }

  private find(id: string): SimulatedJob {
    const job = this.present().find((present) => present.id === id);
    if (!job) throw this.error("getJob", "notFound", { resourceId: id, resourceType: "JOB" });
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
    const { latency = () => 0 } = this.options;
    this.calls.push({ operation, subject, at: this.clock.now() });
    await this.clock.sleep(latency());
    const ordered = this.faults.find((fault) => fault.operation === operation && fault.times > 0);
    const fault = ordered && ordered.skip-- > 0 ? undefined : ordered;
    if (fault) fault.times--;
    const error = fault && this.error(operation, fault.kind, fault.facts);
    if (error && fault.hangs) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    if (error && !fault.after) throw error;
    this.advance();
    const answer = structuredClone(effect());
    await this.clock.sleep(latency());
    if (error) throw error;
    return answer;
  }
}
