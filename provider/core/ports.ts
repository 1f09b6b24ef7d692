/**
 * What the core needs of the world: the service, a place to put bodies, time, and somebody to tell.
 * Adapters implement these; tests implement them with a few lines.
 */
import type { ServiceAsset, ServiceJob } from "../model/job";

/** AWS Data Exchange in one region for one identity. Every call fails with a `ServiceError`. */
export interface DataExchange {
  createJob(request: JobRequest): Promise<ServiceJob>;
  startJob(jobId: string): Promise<void>;
  getJob(jobId: string): Promise<ServiceJob>;
  /** Works in WAITING only. */
  cancelJob(jobId: string): Promise<void>;
  /** Newest first. */
  listJobs(query: JobQuery): Promise<Page<ServiceJob>>;
  listRevisionAssets(revision: RevisionRef, nextToken?: string): Promise<Page<ServiceAsset>>;
  deleteAsset(revision: RevisionRef, assetId: string): Promise<void>;
  getRevision(revision: RevisionRef): Promise<{ finalized: boolean }>;
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

/** Where a body comes from: a file, a text or a remote file. `hash` is its SHA-256, all that state ever holds of it. */
export interface BodySource {
  hash: string;
  path?: string;
  text?: string;
  uri?: string;
}

export interface Bodies {
  /** In bytes. */
  size(source: BodySource): Promise<number>;
  /** As base64; reads the body as a stream, once for each version of it. */
  md5(source: BodySource): Promise<string>;
  /** Puts the body to a signed URL in one request. Fails with a `ServiceError`. */
  put(source: BodySource, url: string, md5: string, onProgress: (sentBytes: number) => void): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early, without an error, when the signal is raised. */
  sleep(milliseconds: number, wake?: AbortSignal): Promise<void>;
}

/** Tells the person in front of the terminal about one resource. */
export interface Reporter {
  /** What is being done from now on, until the next status takes its place. */
  status(text: string): void;
  /** Stays on the screen. */
  warn(text: string): void;
}

/** Throws when whoever asked for the work is gone, so that nothing new is begun for nobody. */
export type AssertWanted = () => Promise<void>;
