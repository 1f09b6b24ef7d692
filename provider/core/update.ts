import { isStray, withdrawStray } from "./job-record";
import { LostRaceError, UnfinishedJobError, isFailure } from "./errors";
import { describeFailure, nameJob } from "./error-messages";
import { needsResume } from "./diff";
import type { JobInputs } from "./arguments";
import { JobSlots } from "./concurrency";
import type { JobOutputs } from "./state";
import { withInputs } from "./state";
import type { Dependencies } from "./job-context";
import { createJobContext, resourceKeyOf } from "./job-context";
import { findJob } from "./find-job";
import { finishJob } from "./run-job";

/** Goes on with a job that was left before its end; otherwise takes the new inputs over and asks the service nothing. */
export async function updateJob(
  id: string,
  olds: JobOutputs,
  inputs: JobInputs,
  surroundings: Dependencies,
): Promise<JobOutputs> {
  await takeBack(id, olds, inputs, surroundings);
  if (!needsResume(olds)) return withInputs(olds, inputs);
  const places = new JobSlots(inputs, surroundings.session, surroundings.reporter);
  try {
    const work = await createJobContext(inputs, surroundings);
    work.reporter.status("going on with the job");
    const job = await findJob(work.session, work.service, id, work.request);
    surroundings.ownership.claim(id);
    return await finishJob(work, { job, shared: olds.__shared }, places);
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
    const name = nameJob({ id, type: inputs.type });
    const what = gone ? describeGone(name, olds) : describeFailure(error, name);
    throw new UnfinishedJobError(what, id, outputs);
  } finally {
    places.release();
  }
}

async function takeBack(
  id: string,
  { createdAt }: JobOutputs,
  inputs: JobInputs,
  surroundings: Dependencies,
): Promise<void> {
  const { session, urn, records } = surroundings;
  const resource = resourceKeyOf(session, urn);
  if (resource === undefined || !isStray(await records.find(resource), id)) return;
  try {
    await withdrawStray(await createJobContext(inputs, surroundings), { id, createdAt });
  } catch (error) {
    throw new Error(describeFailure(error, nameJob({ id, type: inputs.type })), { cause: error });
  }
}

/** A job that was started may have done its work before the service forgot it, 90 days after it was made. */
const describeGone = (name: string, { state }: JobOutputs): string =>
  state === "IN_PROGRESS"
    ? `${name} was in progress when last seen, and the service no longer knows it, so nobody can tell how it ended. See ` +
      "whether its work is done; the next `pulumi up` makes a new one."
    : `${name} is gone before it was started, and had no effect. The next \`pulumi up\` makes a new one.`;
