import type { Input, OperationName } from "../../service-model/operations/index";
import type { JobRunner, JobRunnerDependencies } from "../jobs/job-runner";
import type { LimitName } from "../../service-model/errors";
import { invalid, limitExceeded } from "../state/api-error";
import type { RegionState } from "../state/region-state";
import { createHmac, randomBytes } from "node:crypto";
import type { Page, OrderedCollection } from "../state/ordered-collection";

/** Dependencies of a handler. */
export interface Context extends Pick<
  JobRunnerDependencies,
  "clock" | "objects" | "urls" | "quotaOf" | "limitOf"
> {
  readonly state: RegionState;
  /** The same region of another account. */
  readonly stateOf: (account: string) => RegionState;
  /** Origin at which the caller reached this server. */
  readonly origin?: string;
  readonly runner: JobRunner;
  /** URL of an API in API Gateway, if there is one to call. */
  readonly apiTarget: (apiId: string) => string | undefined;
  /** Unless false, event actions require a bucket policy that allows the service to write. */
  readonly requireBucketPolicy?: boolean;
  /** Whether a data grant requires a data set with a finalized revision. */
  readonly requireFinalizedRevision: boolean;
  /** Whether every data set counts as part of a product of AWS Marketplace. */
  readonly marketplace: boolean;
}

/**
 * The implementation of each operation. The input was validated against the operation's shape; the response contains
 * only the members of the operation's output.
 */
export type Handlers = {
  readonly [Name in OperationName]: (input: Input<Name>, context: Context) => unknown;
};

/** `createdAt` and `updatedAt` of a new resource. */
export const timestamps = ({ clock }: Pick<Context, "clock">): { createdAt: string; updatedAt: string } => {
  const now = clock.now().toISOString();
  return { createdAt: now, updatedAt: now };
};

export const touch = (record: { updatedAt: string }, { clock }: Pick<Context, "clock">): void => {
  record.updatedAt = clock.now().toISOString();
};

/** Throws if one more would exceed the limit. */
export function assertBelowLimit(name: LimitName, count: number, { limitOf }: Context): void {
  const limit = limitOf(name);
  if (count >= limit) throw limitExceeded(name, limit);
}

export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The API model specifies no default. */
const defaultSize = 100;

/**
 * A page of a list. A token contains the last item of its page, so that additions and deletions do not shift later pages.
 * A token is refused for a list of another `scope`.
 */
export function paginate<T extends { readonly id: string }>(
  collection: OrderedCollection<T>,
  scope: string,
  { maxResults = defaultSize, nextToken }: PageInput,
): { items: readonly T[]; nextToken?: string } {
  const page: Page<T> = collection.page(
    maxResults,
    nextToken === undefined ? undefined : read(nextToken, scope),
  );
  return { items: page.items, nextToken: page.next === undefined ? undefined : write(page.next, scope) };
}

/** Signs tokens, so that changed ones are refused. */
const secret = randomBytes(32);
const seal = (text: string): string => createHmac("sha256", secret).update(text).digest("base64url");

const write = (key: string, scope: string): string => {
  const text = JSON.stringify([scope, key]);
  return Buffer.from(JSON.stringify([text, seal(text)])).toString("base64url");
};

function read(token: string, scope: string): string {
  try {
    const [text] = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as [string];
    const [, key] = JSON.parse(text) as [unknown, string];
    if (write(key, scope) === token) return key;
  } catch {
    // Not a token of this service, and refused below.
  }
  throw invalid("NextToken must be a token that this list returned.");
}
