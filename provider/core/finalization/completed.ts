import { isFailure } from "../errors/service-error";
import type { DataExchange } from "../ports";
import type { FinalizationInputs } from "./inputs";

/** Calls in flight at once for jobs that have to be asked for one by one. */
const atOnce = 10;

/**
 * The named jobs that have not completed, with their states. A list of the revision's jobs tells most in one call for
 * 200 of them, and each that it does not show as completed is asked for. A job whose record has expired had completed,
 * or it would not be in the stack.
 */
export async function unfinishedJobs(
  service: DataExchange,
  inputs: FinalizationInputs,
): Promise<{ id: string; state: string }[]> {
  const left = new Set(inputs.jobs);
  if (left.size > 1) await leaveOutCompleted(left, service, inputs);
  const unfinished: { id: string; state: string }[] = [];
  const ids = [...left];
  for (let from = 0; from < ids.length; from += atOnce) {
    const states = await Promise.all(ids.slice(from, from + atOnce).map((id) => stateOf(service, id)));
    states.forEach((state, index) => {
      if (state !== "COMPLETED") unfinished.push({ id: ids[from + index]!, state });
    });
  }
  return unfinished;
}

async function leaveOutCompleted(
  left: Set<string>,
  service: DataExchange,
  { dataSetId, revisionId }: FinalizationInputs,
): Promise<void> {
  try {
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ dataSetId, revisionId, nextToken });
      for (const { id, state } of page.items) if (state === "COMPLETED") left.delete(id);
      nextToken = page.nextToken;
      if (!nextToken || left.size === 0) return;
    }
  } catch (error) {
    // Listing takes a permission of its own, and GetJob tells the same.
    if (!isFailure(error, "accessDenied")) throw error;
  }
}

async function stateOf(service: DataExchange, id: string): Promise<string> {
  try {
    return (await service.getJob(id)).state;
  } catch (error) {
    if (isFailure(error, "notFound")) return "COMPLETED";
    throw error;
  }
}
