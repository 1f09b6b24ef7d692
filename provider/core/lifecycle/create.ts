import { obtainJob } from "../adopt/obtain";
import { LostRaceError, UnfinishedJobError } from "../errors/job-errors";
import { describeFailure } from "../errors/sentences";
import type { JobInputs } from "../inputs/job-inputs";
import type { Release } from "../queue/turns";
import type { JobOutputs } from "../state";
import type { Surroundings, Work } from "../work";
import { planWork } from "../work";
import { finishJob } from "./finish";

/** A job that another process cancelled under our hands is obtained anew; so often, and the fault is elsewhere. */
const mostRaces = 5;

export interface Created {
  id: string;
  outputs: JobOutputs;
}

/** Observe, create, upload, start, wait, collect. */
export async function createJob(inputs: JobInputs, surroundings: Surroundings): Promise<Created> {
  let endTurn: Release | undefined;
  try {
    const work = await planWork(inputs, surroundings);
    endTurn = await takeTurn(work);
    for (let race = 1; ; race++) {
      const job = await obtainJob(work);
      try {
        const outputs = await finishJob(work, job, endTurn);
        // The engine leaves the last status on the finished row.
        if (job.state === "COMPLETED") {
          work.reporter.status(`took over job ${job.id}, completed at ${job.updatedAt}; nothing ran`);
        }
        return { id: job.id, outputs };
      } catch (error) {
        if (!(error instanceof LostRaceError) || race === mostRaces) throw error;
      }
    }
  } catch (error) {
    if (error instanceof UnfinishedJobError) throw error;
    throw new Error(describeNothingMade(error, inputs), { cause: error });
  } finally {
    endTurn?.();
  }
}

/** One of the places that the service has for jobs of the type. */
export function takeTurn({ session, jobType, timeouts, reporter }: Work): Promise<Release> {
  const { type, concurrency } = jobType;
  const quota = session.quotas[type] ?? concurrency.value;
  return session.turns.take(type, quota, timeouts.queue, (ahead) =>
    reporter.status(`waiting for its turn: ${quota} jobs of this type may run at once, ${ahead} wait ahead`),
  );
}

const describeNothingMade = (error: unknown, inputs: JobInputs): string =>
  describeFailure(error, `No ${inputs.type} job was started`);
