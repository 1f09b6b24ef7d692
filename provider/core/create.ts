import { isFailed } from "../../service-model/job";
import type { JobInputs } from "./arguments";
import { timeoutsOf } from "./arguments";
import { JobSlots } from "./concurrency";
import { deleteLeftoversInState } from "./delete-assets";
import { failureError } from "./error-messages";
import { LostRaceError, UnfinishedJobError } from "./errors";
import type { Dependencies, JobContext } from "./job-context";
import { createJobContext } from "./job-context";
import { markReturned } from "./job-record";
import { obtainJob } from "./obtain-job";
import { finishJob } from "./run-job";
import type { JobOutputs } from "./state";

/** Attempts after another process cancelled our job. More than this many means a different problem. */
const maxRaces = 5;

export interface Created {
  id: string;
  outputs: JobOutputs;
}

/**
 * Resumes or creates the job, uploads its body, starts it, waits for its end, and collects its assets.
 * @throws UnfinishedJobError if a job exists that must stay in state.
 */
export async function createJob(inputs: JobInputs, dependencies: Dependencies): Promise<Created> {
  const { session, reporter, ownership } = dependencies;
  const slots = new JobSlots(inputs.type, timeoutsOf(inputs).queue, session, reporter);
  let context: JobContext | undefined;
  try {
    const askedAt = session.clock.now();
    await slots.acquirePreparation();
    dependencies.assertMayStart?.();
    // The body is read only now, so that a stack with many uploads does not read all of them at once.
    context = await createJobContext(inputs, dependencies, askedAt);
    const created = await obtainAndFinish(context, slots);
    ownership.markEnded(context.resource);
    await markReturned(context, created.id);
    return created;
  } catch (error) {
    if (!(error instanceof UnfinishedJobError))
      throw failureError(error, `No ${inputs.type} job was started`, inputs);
    if (context) {
      ownership.markEnded(context.resource);
      await markReturned(context, error.id, true);
    }
    throw error;
  } finally {
    slots.release();
  }
}

async function obtainAndFinish(context: JobContext, slots: JobSlots): Promise<Created> {
  let cleaned: Promise<void> | undefined;
  const cleanUp = () => (cleaned ??= cleanUpFailedJob(context));
  for (let race = 1; ; race++) {
    await slots.acquirePreparation();
    const obtained = await obtainJob(context, cleanUp);
    const { job } = obtained;
    try {
      const outputs = await finishJob(context, obtained, slots);
      // Pulumi leaves the last status on the finished row.
      if (job.state === "COMPLETED") {
        context.reporter.status(`adopted job ${job.id}, completed at ${job.updatedAt}; no job ran`);
      }
      return { id: job.id, outputs };
    } catch (error) {
      if (!(error instanceof LostRaceError) || race === maxRaces) throw error;
    }
  }
}

/** Deletes the assets that the failed run left, because the retry creates all of them again. */
async function cleanUpFailedJob(context: JobContext): Promise<void> {
  const failed = context.ownership.replacedJob(context.resource);
  if (failed && isFailed(failed.outputs.state)) await deleteLeftoversInState(context, failed);
}
