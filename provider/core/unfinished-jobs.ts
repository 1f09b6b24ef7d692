import { inPool } from "../../lib/map-concurrently";
import { isFailure } from "./service-error";
import type { Clock, DataExchange } from "./ports";
import { backoffDelay } from "../../lib/backoff";
import { longestLag } from "./listing-lag";
import type { FinalizationInputs } from "./finalization-inputs";

/** Calls in flight at once for jobs that have to be asked for one by one. */
const atOnce = 10;

interface Dependencies {
  service: DataExchange;
  clock: Clock;
}

/**
 * The named jobs that have not completed, with their states. A list of the revision's jobs shows most in one call for
 * 200 of them, and each that it does not show as completed is asked for. A job that neither call knows has expired:
 * it had completed, or it would not be in the stack.
 */
export async function unfinishedJobs(
  dependencies: Dependencies,
  inputs: FinalizationInputs,
): Promise<{ id: string; state: string }[]> {
  const listed = await listStates(dependencies.service, inputs);
  const ids = [...new Set(inputs.jobs)].filter((id) => listed.get(id) !== "COMPLETED");
  // Jobs that have expired are not to be waited for one after the other.
  const giveUpAt = dependencies.clock.now() + longestLag;
  const states = await inPool(ids, atOnce, (id) => stateOf(dependencies, id, listed.get(id), giveUpAt));
  return ids.map((id, index) => ({ id, state: states[index]! })).filter(({ state }) => state !== "COMPLETED");
}

async function listStates(
  service: DataExchange,
  { dataSetId, revisionId }: FinalizationInputs,
): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  try {
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ dataSetId, revisionId, nextToken });
      for (const { id, state } of page.items) states.set(id, state);
      nextToken = page.nextToken;
      if (!nextToken) return states;
    }
  } catch (error) {
    // Listing takes a permission of its own, and GetJob tells the same.
    if (!isFailure(error, "accessDenied")) throw error;
    return states;
  }
}

/** On the word of one call that does not find a job no revision is finalized: the answer may be behind. */
async function stateOf(
  { service, clock }: Dependencies,
  id: string,
  listed: string | undefined,
  giveUpAt: number,
): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await service.getJob(id)).state;
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      const delay = backoffDelay(attempt);
      if (clock.now() + delay > giveUpAt) return listed ?? "COMPLETED";
      await clock.sleep(delay);
    }
  }
}
