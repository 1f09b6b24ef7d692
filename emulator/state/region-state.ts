/** The state of one account in one region, and the states of all accounts and regions. */
import { jobTypeOf } from "../../service-model/job-types";
import { jobRetentionDays } from "../../service-model/errors";
import type { SeededRandom } from "../control/seeded-random";
import type { Clock } from "../control/clock";
import { denied, notFound } from "./api-error";
import { GroupedCollection, OrderedCollection } from "./ordered-collection";
import type {
  Asset,
  DataGrant,
  DataSet,
  EventAction,
  Job,
  Notification,
  AccountRegion,
  Revision,
} from "./records";
import { JobRecords } from "./job-records";

/** Maximum of stored notifications, by which repeated ones are recognized. */
const maxNotifications = 1000;

export class RegionState {
  /** Data sets that the account owns. */
  readonly dataSets = new OrderedCollection<DataSet>();
  /** Data sets of accepted grants; some grants may have ended. */
  readonly entitledDataSets = new OrderedCollection<DataSet>();
  readonly jobs = new OrderedCollection<Job>();
  /** By data set and by revision. */
  readonly jobsAbout = new GroupedCollection<Job>();
  readonly eventActions = new OrderedCollection<EventAction>();
  /** By data set. */
  readonly eventActionsOn = new GroupedCollection<EventAction>();
  readonly dataGrants = new OrderedCollection<DataGrant>();
  /** By the owner's data set. */
  readonly dataGrantsOf = new GroupedCollection<DataGrant>();
  readonly receivedDataGrants = new OrderedCollection<DataGrant>();
  readonly notifications = new OrderedCollection<Notification>(undefined, maxNotifications);
  readonly #inProgress = new Map<string, number>();

  constructor(
    readonly accountRegion: AccountRegion,
    private readonly clock: Clock,
    private readonly random: SeededRandom,
    private readonly jobRecords: JobRecords,
  ) {}

  newId(): string {
    return this.random.id();
  }

  /** Whether nothing is stored, so that the state can be deleted. */
  get isEmpty(): boolean {
    const { dataSets, jobs, eventActions, dataGrants, receivedDataGrants } = this;
    return [dataSets, jobs, eventActions, dataGrants, receivedDataGrants].every(({ size }) => size === 0);
  }

  /** A data set that the account owns or is entitled to now. */
  findDataSet(id: string): DataSet | undefined {
    const found = this.dataSets.get(id) ?? this.entitledDataSets.get(id);
    return found?.grant && hasEnded(found.grant, this.clock.now()) ? undefined : found;
  }

  dataSet(id: string): DataSet {
    const found = this.findDataSet(id);
    if (!found) throw notFound("DATA_SET", id);
    return found;
  }

  /** A data set that the account may change. */
  ownDataSet(id: string): DataSet {
    const found = this.dataSet(id);
    if (found.origin === "ENTITLED") {
      throw denied(`The data set ${id} is entitled; its subscriber can only read and export it.`);
    }
    return found;
  }

  revision(dataSetId: string, id: string): Revision {
    const found = this.dataSet(dataSetId).revisions.get(id);
    if (!found) throw notFound("REVISION", id);
    return found;
  }

  /** A revision that the account may export; a subscriber may not after it was revoked. */
  exportableRevision(dataSetId: string, id: string): Revision {
    const found = this.revision(dataSetId, id);
    if (found.revoked && this.dataSet(dataSetId).origin === "ENTITLED") {
      throw denied(`The revision ${id} was revoked: ${found.revocationComment}`);
    }
    return found;
  }

  asset(dataSetId: string, revisionId: string, id: string): Asset {
    const found = this.revision(dataSetId, revisionId).assets.get(id);
    if (!found) throw notFound("ASSET", id);
    return found;
  }

  eventAction(id: string): EventAction {
    const found = this.eventActions.get(id);
    if (!found) throw notFound("EVENT_ACTION", id);
    return found;
  }

  job(id: string): Job {
    const found = this.jobs.get(id);
    const now = this.clock.now();
    if (!found || isExpired(found, now)) throw notFound("JOB", id);
    return expireIfDue(found, now);
  }

  /** Throws ThrottlingException if no more jobs can be stored. */
  makeRoomForJob(): void {
    this.jobRecords.makeRoom();
  }

  /** Stores a job; `about` are the ids of the data set and of the revision under which it is listed. */
  addJob(job: Job, about: readonly string[]): void {
    this.jobs.add(job);
    about.forEach((id) => this.jobsAbout.add(id, job));
    this.jobRecords.add(job, {
      hasEnded: () => {
        const now = this.clock.now();
        return !["WAITING", "IN_PROGRESS"].includes(expireIfDue(job, now).state) || isExpired(job, now);
      },
      remove: () => {
        this.jobs.delete(job.id);
        about.forEach((id) => this.jobsAbout.delete(id, job.id));
      },
    });
  }

  inProgress(type: string): number {
    return this.#inProgress.get(type) ?? 0;
  }

  countInProgress(type: string, change: 1 | -1): void {
    this.#inProgress.set(type, this.inProgress(type) + change);
  }
}

/** The service deletes a job's record 90 days after its creation; the effect of the job remains. */
export const isExpired = ({ createdAt }: { readonly createdAt: string }, now: Date): boolean =>
  now.getTime() - Date.parse(createdAt) >= jobRetentionDays * 24 * 60 * 60 * 1000;

/** Times a job out if its signed URL has expired. Every read calls this, because no timer follows the service's clock. */
export function expireIfDue(job: Job, now: Date): Job {
  const { upload, detailsKey } = jobTypeOf(job.type);
  if (job.state !== "WAITING" || !upload || job.upload || job.arriving) return job;
  const expiresAt = job.details[detailsKey]![upload.expiresAt] as string;
  if (now.getTime() >= Date.parse(expiresAt)) {
    job.state = "TIMED_OUT";
    job.updatedAt = expiresAt;
  }
  return job;
}

export const hasEnded = ({ endsAt }: DataGrant, now: Date): boolean =>
  endsAt !== undefined && now.getTime() >= Date.parse(endsAt);

/** Empty states are deleted at this number of states, because requests may name any region. */
const maxStates = 1000;

/** The states of all accounts and regions, each created at its first use. */
export class RegionStates {
  readonly #states = new Map<string, RegionState>();
  readonly #jobRecords = new JobRecords();

  constructor(
    private readonly clock: Clock,
    private readonly random: SeededRandom,
  ) {}

  of(accountRegion: AccountRegion): RegionState {
    const name = `${accountRegion.account}/${accountRegion.region}`;
    const existing = this.#states.get(name);
    if (existing) return existing;
    if (this.#states.size >= maxStates) this.#deleteEmpty();
    const state = new RegionState(accountRegion, this.clock, this.random, this.#jobRecords);
    this.#states.set(name, state);
    return state;
  }

  all(): RegionState[] {
    return [...this.#states.values()];
  }

  #deleteEmpty(): void {
    for (const [name, state] of this.#states) if (state.isEmpty) this.#states.delete(name);
  }
}
