/** What was asked of the service, for tests to look at. */

/** A request to the service, and how it was answered. */
export interface RecordedRequest {
  /** Name of the operation, `UploadBody`, `DownloadBody`, or `Unknown` when the request named none. */
  readonly operation: string;
  /** Under the names of the shapes, secrets masked; absent when it could not be read. A very long one is cut. */
  readonly input?: unknown;
  /** The region that it was signed for; absent when it named none. */
  readonly region?: string;
  /** The status answered, or that the connection was broken instead. */
  readonly status: number | "reset";
  /** Name of the error answered. */
  readonly error?: string;
  /** The answer's `x-amzn-requestid`, of bodies at signed URLs `x-amz-request-id`. */
  readonly requestId: string;
  /** The service's time, ISO 8601. */
  readonly at: string;
}

/** What is kept at most: so many requests, of so many characters together, and of each input so many. */
const maxRequests = 10_000;
const maxCharacters = 32 * 1024 ** 2;
const maxInputCharacters = 64 * 1024;

interface Kept {
  readonly request: RecordedRequest;
  readonly characters: number;
}

/** The last requests to the service. Requests to S3 are not among them. */
export class RequestLog {
  /** Cut off at the front from time to time, so that a full log costs no more than a short one. */
  #kept: Kept[] = [];
  #first = 0;
  #characters = 0;

  add(request: RecordedRequest): void {
    const text = JSON.stringify(request.input) ?? "";
    const long = text.length > maxInputCharacters;
    // A slice of a string keeps all of it alive; a copy does not.
    const input = long ? `${Buffer.from(text.slice(0, maxInputCharacters)).toString()}…` : request.input;
    const kept = { request: { ...request, input }, characters: Math.min(text.length, maxInputCharacters) };
    this.#kept.push(kept);
    this.#characters += kept.characters;
    while (this.#size > maxRequests || this.#characters > maxCharacters) {
      this.#characters -= this.#kept[this.#first]!.characters;
      this.#first += 1;
    }
    if (this.#first > maxRequests) this.#forget(this.#first);
  }

  all(): RecordedRequest[] {
    return this.#kept.slice(this.#first).map(({ request }) => request);
  }

  clear(): void {
    this.#forget(this.#kept.length);
    this.#characters = 0;
  }

  get #size(): number {
    return this.#kept.length - this.#first;
  }

  #forget(count: number): void {
    this.#kept = this.#kept.slice(count);
    this.#first = 0;
  }
}
