/** Records requests for tests. */

/** A request to the service, with the outcome of its response. */
export interface RecordedRequest {
  /** Name of the operation, `UploadBody`, `DownloadBody`, or `Unknown` if the request names none. */
  readonly operation: string;
  /** The input under the names of the shapes, with secrets masked and cut at 64 Ki characters; absent if unreadable. */
  readonly input?: unknown;
  /** The region of the request's signature; absent if there is none. */
  readonly region?: string;
  /** The HTTP status, or `reset` if a fault reset the connection instead. */
  readonly status: number | "reset";
  /** Name of the returned error. */
  readonly error?: string;
  /** The response header `x-amzn-requestid`, for bodies at signed URLs `x-amz-request-id`. */
  readonly requestId: string;
  /** The service's time, ISO 8601. */
  readonly at: string;
}

/** Maximum of recorded requests, of characters in all inputs, and of characters in one input. */
const maxRequests = 10_000;
const maxCharacters = 32 * 1024 ** 2;
const maxInputCharacters = 64 * 1024;

interface Entry {
  readonly request: RecordedRequest;
  readonly characters: number;
}

/** The last requests to the service. Requests to S3 are not among them. */
export class RequestLog {
  /** Entries before `#first` are removed in batches, because removing one at a time would copy the whole list. */
  #entries: Entry[] = [];
  #first = 0;
  #characters = 0;

  add(request: RecordedRequest): void {
    const text = JSON.stringify(request.input) ?? "";
    const long = text.length > maxInputCharacters;
    // A slice would keep the whole string in memory; a copy does not.
    const input = long ? `${Buffer.from(text.slice(0, maxInputCharacters)).toString()}…` : request.input;
    const entry = { request: { ...request, input }, characters: Math.min(text.length, maxInputCharacters) };
    this.#entries.push(entry);
    this.#characters += entry.characters;
    while (this.#size > maxRequests || this.#characters > maxCharacters) {
      this.#characters -= this.#entries[this.#first]!.characters;
      this.#first += 1;
    }
    if (this.#first > maxRequests) this.#removeFirst(this.#first);
  }

  all(): RecordedRequest[] {
    return this.#entries.slice(this.#first).map(({ request }) => request);
  }

  clear(): void {
    this.#removeFirst(this.#entries.length);
    this.#characters = 0;
  }

  get #size(): number {
    return this.#entries.length - this.#first;
  }

  #removeFirst(count: number): void {
    this.#entries = this.#entries.slice(count);
    this.#first = 0;
  }
}
