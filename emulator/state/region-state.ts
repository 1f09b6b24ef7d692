/** Everything stored for one account in one region; no other region sees any of it. */
import { jobRecordDays } from "../../provider/model/service-errors";
import { notFound } from "../protocol/service-error";
import type { Place } from "./names";
import type { Asset, DataSet, Job, Revision } from "./records";
import { Shelf } from "./shelf";

export class RegionState {
  readonly dataSets = new Shelf<DataSet>();
  readonly jobs = new Shelf<Job>();
  readonly #jobsOf = new Map<string, Shelf<Job>>();
  readonly #inProgress = new Map<string, number>();

  constructor(readonly place: Place) {}

  dataSet(id: string): DataSet {
    const found = this.dataSets.get(id);
    if (!found) throw notFound("DATA_SET", id);
    return found;
  }

  revision(dataSetId: string, id: string): Revision {
    const found = this.dataSet(dataSetId).revisions.get(id);
    if (!found) throw notFound("REVISION", id);
    return found;
  }

  asset(dataSetId: string, revisionId: string, id: string): Asset {
    const found = this.revision(dataSetId, revisionId).assets.get(id);
    if (!found) throw notFound("ASSET", id);
    return found;
  }

  job(id: string, now: Date): Job {
    const found = this.jobs.get(id);
    if (!found || hasVanished(found, now)) throw notFound("JOB", id);
    return found;
  }

  /** Stores a job; `about` are the ids of the data set and of the revision under which it is listed. */
  addJob(job: Job, about: readonly string[]): void {
    this.jobs.add(job);
    about.forEach((id) => this.#shelfOf(id).add(job));
  }

  /** Jobs on a data set or on a revision. */
  jobsOf(id: string): Shelf<Job> {
    return this.#jobsOf.get(id) ?? new Shelf<Job>();
  }

  inProgress(type: string): number {
    return this.#inProgress.get(type) ?? 0;
  }

  countInProgress(type: string, change: 1 | -1): void {
    this.#inProgress.set(type, this.inProgress(type) + change);
  }

  #shelfOf(id: string): Shelf<Job> {
    let shelf = this.#jobsOf.get(id);
    if (!shelf) this.#jobsOf.set(id, (shelf = new Shelf<Job>()));
    return shelf;
  }
}

/** The service drops a job's record some time after the job was created; what the job did stays. */
export const hasVanished = ({ createdAt }: { readonly createdAt: string }, now: Date): boolean =>
  now.getTime() - Date.parse(createdAt) >= jobRecordDays * 24 * 60 * 60 * 1000;

/** The stores of all accounts and regions, each made when it is first asked for. */
export class States {
  readonly #states = new Map<string, RegionState>();

  of(place: Place): RegionState {
    const name = `${place.account}/${place.region}`;
    let state = this.#states.get(name);
    if (!state) this.#states.set(name, (state = new RegionState(place)));
    return state;
  }

  all(): RegionState[] {
    return [...this.#states.values()];
  }
}
