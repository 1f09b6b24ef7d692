/** Interfaces of the core to the service, uploads, records, clock and terminal. */
import type { Clock } from "../../lib/clock";
import type { Message } from "../../lib/message-code";
import type {
  DataSetOrigin,
  ServiceAsset,
  ServiceDataSet,
  ServiceJob,
  ServiceRevision,
} from "../../service-model/job";

/**
 * AWS Data Exchange in one region for one identity. A failed call throws a `ServiceError`, immediately
 * if its signal is aborted.
 */
export interface DataExchange {
  createJob(request: JobRequest, signal?: AbortSignal): Promise<ServiceJob>;
  startJob(jobId: string, signal?: AbortSignal): Promise<void>;
  getJob(jobId: string, signal?: AbortSignal): Promise<ServiceJob>;
  /** Possible only in WAITING. */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void>;
  /** Newest first. */
  listJobs(query: JobQuery, signal?: AbortSignal): Promise<Page<ServiceJob>>;
  listRevisionAssets(
    revision: RevisionRef,
    nextToken?: string,
    signal?: AbortSignal,
  ): Promise<Page<ServiceAsset>>;
  deleteAsset(revision: RevisionRef, assetId: string, signal?: AbortSignal): Promise<void>;
  getRevision(revision: RevisionRef, signal?: AbortSignal): Promise<ServiceRevision>;
  /** Those that the account owns, or those that it is entitled to, in any order. */
  listDataSets(
    origin: DataSetOrigin,
    nextToken?: string,
    signal?: AbortSignal,
  ): Promise<Page<ServiceDataSet>>;
  /** Those of an owned or entitled data set, newest first. */
  listRevisions(dataSetId: string, nextToken?: string, signal?: AbortSignal): Promise<Page<ServiceRevision>>;
  /** Makes a revision read-only, or opens it again. A published revision cannot be opened: the call fails with a conflict. */
  setFinalized(revision: RevisionRef, finalized: boolean, signal?: AbortSignal): Promise<void>;
}

export interface JobRequest {
  type: string;
  /** Keyed by the type's details key. */
  details: Record<string, Record<string, unknown>>;
  assetConfiguration?: unknown;
}

export interface JobQuery {
  dataSetId?: string;
  revisionId?: string;
  nextToken?: string;
}

export interface RevisionRef {
  dataSetId: string;
  revisionId: string;
}

export interface Page<T> {
  items: T[];
  nextToken?: string;
}

/** The pages of a listing, one after another. */
export async function* pages<T>(list: (nextToken?: string) => Promise<Page<T>>): AsyncGenerator<T[]> {
  let nextToken: string | undefined;
  do {
    const page = await list(nextToken);
    yield page.items;
    nextToken = page.nextToken;
  } while (nextToken);
}

/** All items of a listing, without duplicates, because pages can shift while they are read and repeat an item. */
export async function listAll<T extends { id: string }>(
  list: (nextToken?: string) => Promise<Page<T>>,
): Promise<T[]> {
  const items = new Map<string, T>();
  for await (const page of pages(list)) for (const item of page) items.set(item.id, item);
  return [...items.values()];
}

/** A body to upload: a file, a text or a remote file. `hash` is its SHA-256, the only member in state. */
export interface BodySource {
  hash: string;
  path?: string;
  text?: string;
  uri?: string;
}

export interface UploadBodies {
  /** In bytes. */
  size(source: BodySource): Promise<number>;
  /**
   * MD5 as base64. Reads the body as a stream, and fails if its SHA-256 is not the source's `hash`, because the file has
   * changed since the program declared it. Called before each CreateJob.
   */
  md5(source: BodySource): Promise<string>;
  /** Puts the body to a signed URL in one request. Throws a `ServiceError`, immediately if the signal is aborted. */
  put(
    source: BodySource,
    url: string,
    md5: string,
    onProgress: (sentBytes: number) => void,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Shows messages about one resource in the terminal. */
export interface Reporter {
  /** Shows the present step until the next status replaces it. */
  status(text: string): void;
  /** Shows information that stays on the screen. */
  note(message: Message): void;
  /** Shows a warning that stays on the screen. */
  warn(message: Message): void;
}

/** The record on this machine of a resource's job, from before CreateJob until a state names the job. */
export interface JobRecord {
  /** Digest of the whole request, with triggers and secrets. */
  work: string;
  /** Id of the job. Absent until CreateJob has answered. It is written before StartJob is called. */
  job?: string;
  /** Another process created the job for the same work, and only that process deletes its assets. */
  shared?: boolean;
  /** A CreateJob got no answer, and may have created another job, which waits. */
  unanswered?: boolean;
  /** The engine has received the job, so a state may name it. */
  returned?: boolean;
  /**
   * The engine has received the job with an error, so a state almost certainly names it. The record remains, because it is
   * removed only for a job without an error, once the engine has registered that job.
   */
  inError?: boolean;
}

export interface FoundRecord extends JobRecord {
  /** Another process wrote it and still runs. */
  active: boolean;
}

/** Storage of the records on disk, so the run after a crash finds its job. */
export interface JobRecords {
  find(key: string): Promise<FoundRecord | undefined>;
  /** Writes the record of a key that has none. False if another process was faster. */
  claim(key: string, record: JobRecord): Promise<boolean>;
  /** For a job that has not returned, resolves once the record survives a crash of the machine. */
  write(key: string, record: JobRecord): Promise<void>;
  /** Removes the record of the key if it names that job. */
  remove(key: string, job: string): Promise<void>;
  /** Key of the record that names the job. */
  findKey(job: string): Promise<string | undefined>;
  /** Records that the deletion of the job begins, while a state may still name it and its assets. */
  recordDeletion(job: string): Promise<void>;
  /** Removes the record of a deletion that has deleted nothing. */
  removeDeletion(job: string): Promise<void>;
  /** Whether the deletion of the job has begun, and so some of its assets may be missing. */
  hasDeletion(job: string): Promise<boolean>;
}

/** Returns a permit. Calling it twice has no further effect. */
export type Release = () => void;

/** What the resources of one run of the engine agree on, also if several processes serve them. */
export interface Coordination {
  /**
   * Waits until fewer than `permits` callers have a permit of the key, at most `timeout` milliseconds and until `signal` is
   * aborted, and returns undefined after that. `onWait` receives the number of callers ahead if the caller has to wait.
   */
  acquire(
    key: string,
    permits: number,
    timeout: number,
    onWait: (ahead: number) => void,
    signal?: AbortSignal,
  ): Promise<Release | undefined>;
  /** The value of a fact. */
  find(fact: string): string | undefined;
  /** Gives the value to each fact that has none. The value of a fact never changes. */
  record(value: string, facts: readonly string[]): void;
  /** Ends the part of this process, after its last operation. */
  leave(): void;
}

/** Throws if Pulumi's engine has exited, so that no new job is started. */
export type AssertEngineAlive = () => Promise<void>;

export type { Clock };
