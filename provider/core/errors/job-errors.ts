import type { JobOutputs } from "../state";

/** The job exists, so its id and outputs have to stay in state; the next `up` goes on from there. */
export class UnfinishedJobError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: JobOutputs,
  ) {
    super(message);
    this.name = "UnfinishedJobError";
  }
}

/** Somebody cancelled the job before it was started, most likely because another process does the same work. */
export class LostRaceError extends UnfinishedJobError {}

/** A wait ran out. Nothing is wrong with the job itself. */
export class WaitTimeoutError extends Error {
  override readonly name = "WaitTimeoutError";
}
