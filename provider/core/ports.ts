/**
 * What the core needs of the world: the service, a place to put bodies, time, and somebody to tell.
 * Adapters implement these; tests implement them with a few lines.
 */
import type { Clock } from "../../lib/clock";
import type { ServiceAsset, ServiceJob } from "../../service-model/job";

/**
 * AWS Data Exchange in one region for one identity. Every call fails with a `ServiceError`, and does so at once when
 * its signal is raised.
 */
export interface DataExchange {
  createJob(request: JobRequest, signal?: AbortSignal): Promise<ServiceJob>;
  startJob(jobId: string, signal?: AbortSignal): Promise<void>;
  getJob(jobId: string, signal?: AbortSignal): Promise<ServiceJob>;
  /** Works in WAITING only. */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void>;
  /** Newest first. */
  listJobs(query: JobQuery, signal?: AbortSignal): Promise<Page<ServiceJob>>;
  listRevisionAssets(
    revision: RevisionRef,
    nextToken?: string,
    signal?: AbortSignal,
  ): Promise<Page<ServiceAsset>>;
  deleteAsset(revision: RevisionRef, assetId: string, signal?: AbortSignal): Promise<void>;
  getRevision(revision: RevisionRef, signal?: AbortSignal): Promise<RevisionState>;
  /** Makes a revision read-only, or opens it again, which a published one refuses with a conflict. */
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

export interface RevisionState {
  /** Read-only; its assets cannot be deleted unless it is revoked as well. */
  finalized: boolean;
  /** Its subscribers have lost their access to it. */
  revoked: boolean;
}

export interface Page<T> {
  items: T[];
  nextToken?: string;
}

/** Where a body comes from: a file, a text or a remote file. `hash` is its SHA-256, all that state ever holds of it. */
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
   * As base64. Reads the body as a stream, and fails when its SHA-256 is not the source's `hash`, because the file has
   * changed since the program declared it; so it is asked for before each CreateJob.
   */
  md5(source: BodySource): Promise<string>;
  /** Puts the body to a signed URL in one request. Fails with a `ServiceError`, at once when the signal is raised. */
  put(
    source: BodySource,
    url: string,
    md5: string,
    onProgress: (sentBytes: number) => void,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** Tells the person in front of the terminal about one resource. */
export interface Reporter {
  /** What is being done from now on, until the next status takes its place. */
  status(text: string): void;
  /** Stays on the screen. */
  note(text: string): void;
  /** Stays on the screen, as something to see to. */
  warn(text: string): void;
}

/** What a machine remembers of the job that a resource makes, from before CreateJob until a state names the job. */
export interface JobRecord {
  /** Digest of everything that is asked for, with triggers and secrets. */
  work: string;
  /** Id of the job. Absent until CreateJob has answered. StartJob is never called before it is written. */
  job?: string;
  /** Another process made the job for the same work, and only that process deletes its assets. */
  shared?: boolean;
  /** A CreateJob got no answer, and may have made another job, which then waits. */
  unanswered?: boolean;
  /** The engine has received the job, so a state may name it. */
  returned?: boolean;
  /**
   * The engine has received it with an error. Then a state almost certainly names it: the record of a job without an
   * error is removed once the engine has registered the job, and that of one with an error is not.
   */
  inError?: boolean;
}

export interface FoundRecord extends JobRecord {
  /** Another process wrote it, and that process still runs. */
  active: boolean;
}

/** Where the records lie: they outlive the process, so the run after a crash finds its own job by them. */
export interface JobRecords {
  find(key: string): Promise<FoundRecord | undefined>;
  /** Writes the record of a key that has none. False where another process was faster. */
  claim(key: string, record: JobRecord): Promise<boolean>;
  /** Resolves once the record would survive a crash of the machine, if it names a job that has not returned. */
  write(key: string, record: JobRecord): Promise<void>;
  /** Removes the record of the key if it names that job. */
  remove(key: string, job: string): Promise<void>;
  /** Key of the record that names the job. */
  keyOf(job: string): Promise<string | undefined>;
}

/** Throws when whoever asked for the work is gone, so that nothing new is begun for nobody. */
export type AssertEngineAlive = () => Promise<void>;

export type { Clock };
