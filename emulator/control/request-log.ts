/** What was asked of the service, for tests to look at. */

export interface RecordedRequest {
  /** Name of the operation, `UploadBody`, `DownloadBody`, or `Unknown` when the request named none. */
  readonly operation: string;
  /** Under the names of the shapes, secrets masked; absent when it could not be read. */
  readonly input?: unknown;
  readonly region?: string;
  /** The status answered, or that the connection was broken instead. */
  readonly status: number | "reset";
  /** Name of the error answered. */
  readonly error?: string;
  readonly requestId: string;
  /** The service's time, ISO 8601. */
  readonly at: string;
}

const capacity = 10_000;

/** The last 10,000 requests to the service. Requests to S3 are not among them. */
export class RequestLog {
  #held: RecordedRequest[] = [];

  add(request: RecordedRequest): void {
    this.#held.push(request);
    // Cut back seldom and far, so that a full log costs no more than a short one.
    if (this.#held.length > 2 * capacity) this.#held = this.#held.slice(-capacity);
  }

  all(): RecordedRequest[] {
    return this.#held.slice(-capacity);
  }

  clear(): void {
    this.#held = [];
  }
}
