import type { Clock } from "../control/clock";
import type { JobRunner } from "../jobs/runner";
import type { Objects } from "../s3/objects";
import type { SignedUrls } from "../s3/signed-urls";
import type { RegionState } from "../state/region-state";

/** What a handler may reach beside its input. */
export interface Context {
  readonly state: RegionState;
  readonly clock: Clock;
  readonly objects: Objects;
  readonly urls: SignedUrls;
  readonly runner: JobRunner;
  /** How many jobs of a type may be in progress at once. */
  readonly quotaOf: (type: string) => number;
}

/**
 * Answers one operation. The input was held against the operation's shape, so a handler names the input's type and
 * relies on it; what it returns is cut down to the operation's output.
 */
export type Handler = (input: never, context: Context) => unknown;

/** `createdAt` and `updatedAt` of something that is made now. */
export const stamps = ({ clock }: Context): { createdAt: string; updatedAt: string } => {
  const now = clock.now().toISOString();
  return { createdAt: now, updatedAt: now };
};

export const touch = (record: { updatedAt: string }, { clock }: Context): void => {
  record.updatedAt = clock.now().toISOString();
};
