/** Passes a call of a licensed API on to where that API answers. */
import { denied, invalid, ServiceError } from "../http/service-error";

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer that is not the service's own; status, headers and body go to the caller as they are. */
export class PassedOn {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Uint8Array,
  ) {}
}

/** Limits of API Gateway on how long an API may take and how much it may answer. */
const timeoutMs = 29_000;
const bodyLimit = 10 * 1024 ** 2;

const withoutBody = new Set(["GET", "HEAD"]);
/** Of one connection, and not of what goes over it. */
const hopByHop = new Set([
  "host",
  "connection",
  "expect",
  "upgrade",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
]);

export async function callApi(
  target: string,
  { method, path, query, headers, body }: ApiCall,
): Promise<PassedOn> {
  const url = new URL(`${target.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`);
  // A path such as `//other.host` or `..` must not lead away from the API.
  const base = `${new URL(target).href.replace(/\/+$/, "")}/`;
  if (!`${url.origin}${url.pathname}`.startsWith(base)) throw denied(`The path ${path} leaves the API.`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  try {
    const answer = await fetch(url, {
      method,
      headers: endToEnd(Object.entries(headers)),
      body: withoutBody.has(method.toUpperCase()) ? undefined : body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return new PassedOn(answer.status, endToEnd(answer.headers), await bounded(answer));
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    // A method or a header that HTTP does not allow is the caller's mistake; all else is the API's.
    if (error instanceof TypeError && error.cause === undefined) throw invalid(error.message);
    throw new ServiceError("InternalServerException", 500, `The API at ${url.origin} did not answer.`);
  }
}

const endToEnd = (headers: Iterable<[string, string]>): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !hopByHop.has(name.toLowerCase())));

async function bounded(answer: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > bodyLimit) throw invalid(`The API answered with more than ${bodyLimit} bytes.`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
