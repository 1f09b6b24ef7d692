import { LostRaceError, UnfinishedJobError } from "../errors/job-errors";
import { describeFailure, nameJob } from "../errors/sentences";
import { isFailure } from "../errors/service-error";
import { goesOn } from "../inputs/diff";
import type { JobInputs } from "../inputs/job-inputs";
import type { Release } from "../queue/turns";
import type { JobOutputs } from "../state";
import { withInputs } from "../state";
import type { Surroundings } from "../work";
import { planWork } from "../work";
import { takeTurn } from "./create";
import { finishJob } from "./finish";

/** Goes on with a job that was left before its end; otherwise takes the new inputs over and asks the service nothing. */
export async function updateJob(
  id: string,
  olds: JobOutputs,
  inputs: JobInputs,
  surroundings: Surroundings,
): Promise<JobOutputs> {
  if (!goesOn(olds)) return withInputs(olds, inputs);
  let endTurn: Release | undefined;
  try {
    const work = await planWork(inputs, surroundings);
    endTurn = await takeTurn(work);
    work.reporter.status("going on with the job");
    const job = await work.service.getJob(id);
    surroundings.claims.take(id);
    return await finishJob(work, job, endTurn);
  } catch (error) {
    if (error instanceof UnfinishedJobError && !(error instanceof LostRaceError)) throw error;
    // The record of a completed job has expired; what the job did stands.
    if (isFailure(error, "notFound") && olds.state === "COMPLETED") return withInputs(olds, inputs);
    const gone = error instanceof LostRaceError || isFailure(error, "notFound");
    const outputs: JobOutputs = {
      ...withInputs(olds, inputs),
      ...(gone ? { state: "CANCELLED" } : {}),
      __pending: true,
    };
    const what = gone
      ? `${nameJob({ id, type: inputs.type })} is gone before it was started, and had no effect. The next \`pulumi up\` makes a new one.`
      : describeFailure(error, nameJob({ id, type: inputs.type }));
    throw new UnfinishedJobError(what, id, outputs);
  } finally {
    endTurn?.();
  }
}
