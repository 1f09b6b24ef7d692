import { isFailed } from "../../service-model/job";
import { obtainJob } from "./obtain-job";
import { markReturned } from "./job-record";
import { deleteLeftoversInState } from "./delete-assets";
import { LostRaceError, UnfinishedJobError } from "./errors";
import { describeFailure } from "./error-messages";
import type { JobInputs } from "./arguments";
import { JobSlots } from "./concurrency";
import type { JobOutputs } from "./state";
import type { Dependencies, JobContext } from "./job-context";
import { createJobContext } from "./job-context";
import { finishJob } from "./run-job";

/** A job that another process cancelled under our hands is obtained anew; so often, and the fault is elsewhere. */
const maxRaces = 5;

export interface Created {
  id: string;
  outputs: JobOutputs;
}

/** Resume or create, upload, start, wait, collect. */
export async function createJob(inputs: JobInputs, surroundings: Dependencies): Promise<Created> {
  const places = new JobSlots(inputs, surroundings.session, surroundings.reporter);
  let work: JobContext | undefined;
  try {
    const askedAt = surroundings.session.clock.now();
    await places.acquirePreparation();
    surroundings.assertMayBegin?.();
    // The body is read when its turn has come: of many, some at once.
    const planned = await createJobContext(inputs, surroundings, askedAt);
    work = planned;
    let cleaned: Promise<void> | undefined;
    const cleanUp = () => (cleaned ??= cleanUpAfter(planned));
    for (let race = 1; ; race++) {
      await places.acquirePreparation();
      const obtained = await obtainJob(work, cleanUp);
      const { job } = obtained;
      try {
        const outputs = await finishJob(work, obtained, places);
        // The engine leaves the last status on the finished row.
        if (job.state === "COMPLETED") {
          work.reporter.status(`took over job ${job.id}, completed at ${job.updatedAt}; nothing ran`);
        }
        work.ownership.markMade(work.resource);
        await markReturned(work, job.id);
        return { id: job.id, outputs };
      } catch (error) {
        if (!(error instanceof LostRaceError) || race === maxRaces) throw error;
      }
    }
  } catch (error) {
    if (error instanceof UnfinishedJobError) {
      if (work) {
        work.ownership.markMade(work.resource);
        await markReturned(work, error.id, true);
      }
      throw error;
    }
    throw new Error(describeNothingMade(error, inputs), { cause: error });
  } finally {
    places.release();
  }
}

/** A retry takes away what the failed run left, because it makes all of it again. */
async function cleanUpAfter(work: JobContext): Promise<void> {
  const failed = work.ownership.replacedJob(work.resource);
  if (failed && isFailed(failed.outputs.state)) await deleteLeftoversInState(work, failed);
}

const describeNothingMade = (error: unknown, inputs: JobInputs): string =>
  describeFailure(error, `No ${inputs.type} job was started`);
