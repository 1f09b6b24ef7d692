import type { Clock } from "../control/clock";
import type { JobRunner } from "../jobs/runner";
import type { LimitName } from "../../service-model/operations/limits";
import { limitExceeded } from "../http/service-error";
import type { ServiceStorage } from "../storage/service-storage";
import type { SignedUrls } from "../storage/signed-urls";
import type { RegionState } from "../state/region-state";

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
 * Answers one operation. The input was held against the operation's shape, so a handler names the input's type and
 * relies on it; what it returns is cut down to the operation's output.
 */
export type Handler = (input: never, context: Context) => unknown;

/** `createdAt` and `updatedAt` of something that is made now. */
export const stamps = ({ clock }: Pick<Context, "clock">): { createdAt: string; updatedAt: string } => {
  const now = clock.now().toISOString();
  return { createdAt: now, updatedAt: now };
};

export const touch = (record: { updatedAt: string }, { clock }: Pick<Context, "clock">): void => {
  record.updatedAt = clock.now().toISOString();
};

/** Refuses one more when there are as many as a limit allows. */
export function refuseBeyond(name: LimitName, count: number, { limitOf }: Context): void {
  const limit = limitOf(name);
  if (count >= limit) throw limitExceeded(name, limit);
}
