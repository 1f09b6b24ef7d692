import type { Input, OperationName } from "../../service-model/operations/index";
import type { Clock } from "../control/clock";
import type { JobRunner } from "../jobs/job-runner";
import type { LimitName } from "../../service-model/errors";
import { invalid, limitExceeded } from "../http/service-error";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { RegionState } from "../state/region-state";
import { createHmac, randomBytes } from "node:crypto";
import type { Page, OrderedCollection } from "../state/ordered-collection";

/** What a handler may reach beside its input. */
export interface Context {
  readonly state: RegionState;
  /** The same region of another account. */
  readonly stateOf: (account: string) => RegionState;
  /** Where the caller found this server. */
  readonly origin?: string;
  readonly clock: Clock;
  readonly objects: ServiceStorage;
  readonly urls: SignedUrls;
  readonly runner: JobRunner;
  /** How many jobs of a type may be in progress at once. */
  readonly quotaOf: (type: string) => number;
  readonly limitOf: (name: LimitName) => number;
  /** Where an API of API Gateway answers, when there is one to call. */
  readonly apiTarget: (apiId: string) => string | undefined;
  /** Whether a bucket that event actions export to must allow the service to write to it; unless false, it must. */
  readonly requireBucketPolicy?: boolean;
  /** Whether a data set that is granted must have a finalized revision. */
  readonly requireFinalizedRevision: boolean;
  /** Whether every data set counts as one of a product of AWS Marketplace. */
  readonly marketplace: boolean;
}

/**
 * Answers each operation. The input was validated against the operation's shape; the result is reduced to the members
 * of the operation's output.
 */
export type Handlers = {
  readonly [Name in OperationName]: (input: Input<Name>, context: Context) => unknown;
};

/** `createdAt` and `updatedAt` of something that is made now. */
export const timestamps = ({ clock }: Pick<Context, "clock">): { createdAt: string; updatedAt: string } => {
  const now = clock.now().toISOString();
  return { createdAt: now, updatedAt: now };
};

export const touch = (record: { updatedAt: string }, { clock }: Pick<Context, "clock">): void => {
  record.updatedAt = clock.now().toISOString();
};

/** Refuses one more when there are as many as a limit allows. */
export function assertBelowLimit(name: LimitName, count: number, { limitOf }: Context): void {
  const limit = limitOf(name);
  if (count >= limit) throw limitExceeded(name, limit);
}

/** Pages of lists. A token names the entry that a page ended with, so entries added meanwhile change nothing. */

export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The API model gives no default. */
const defaultSize = 100;

/** `scope` says what is listed; a token of one list is refused by another. */
export function paginate<T extends { readonly id: string }>(
  shelf: OrderedCollection<T>,
  scope: string,
  { maxResults = defaultSize, nextToken }: PageInput,
): { items: readonly T[]; nextToken?: string } {
  const page: Page<T> = shelf.page(maxResults, nextToken === undefined ? undefined : read(nextToken, scope));
  return { items: page.items, nextToken: page.next === undefined ? undefined : write(page.next, scope) };
}

/** Tokens are made here alone: one that was changed is none of a list's, whatever it would say. */
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
    // Falls through to the refusal, as every other token does that this list never gave.
  }
  throw invalid("NextToken must be one that this list answered with.");
}
