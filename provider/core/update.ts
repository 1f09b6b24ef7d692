import type { Message } from "../../lib/message-code";
import type { JobInputs } from "./arguments";
import { timeoutsOf } from "./arguments";
import { JobSlots } from "./concurrency";
import { needsResume } from "./diff";
import { describeFailure, failureError, nameJob } from "./error-messages";
import { LostRaceError, UnfinishedJobError, isFailure } from "./errors";
import { findJob } from "./find-job";
import type { Dependencies } from "./job-context";
import { createJobContext, resourceKeyOf } from "./job-context";
import { isInterruptedReplacement, withdrawInterruptedReplacement } from "./job-record";
import { finishJob } from "./run-job";
import type { JobOutputs } from "./state";
import { withInputs } from "./state";

/** Resumes an unfinished job. Otherwise writes the new inputs to state and calls nothing. */
export async function updateJob(
  id: string,
  olds: JobOutputs,
  inputs: JobInputs,
  dependencies: Dependencies,
): Promise<JobOutputs> {
  dependencies.ownership.claim(id, resourceKeyOf(dependencies.session, dependencies.urn));
  await withdrawStrayJob(id, olds, inputs, dependencies);
  if (!needsResume(olds)) return withInputs(olds, inputs);
  const slots = new JobSlots(
    inputs.type,
    timeoutsOf(inputs).queue,
    dependencies.session,
    dependencies.reporter,
  );
  try {
    const context = await createJobContext(inputs, dependencies);
    context.reporter.status("resuming the job");
    const job = await findJob(context.session, context.service, id, context.request);
    return await finishJob(context, { job, shared: olds.__shared }, slots);
  } catch (error) {
    if (error instanceof UnfinishedJobError && !(error instanceof LostRaceError)) throw error;
    // The service deletes old jobs. The work of a completed one is done.
    if (isFailure(error, "notFound") && olds.state === "COMPLETED") return withInputs(olds, inputs);
    const isCancelled = error instanceof LostRaceError;
    const isGone = isCancelled || isFailure(error, "notFound");
    const outputs: JobOutputs = {
      ...withInputs(olds, inputs),
      ...(isGone ? { state: "CANCELLED" } : {}),
      __pending: true,
    };
    const name = nameJob({ id, type: inputs.type });
    throw new UnfinishedJobError(
      isGone
        ? describeGone(name, isCancelled || olds.state !== "IN_PROGRESS")
        : describeFailure(error, name, inputs),
      id,
      outputs,
    );
  } finally {
    slots.release();
  }
}

async function withdrawStrayJob(
  id: string,
  { createdAt }: JobOutputs,
  inputs: JobInputs,
  dependencies: Dependencies,
): Promise<void> {
  const { session, urn, records } = dependencies;
  const resource = resourceKeyOf(session, urn);
  if (resource === undefined || !isInterruptedReplacement(await records.find(resource), id)) return;
  try {
    await withdrawInterruptedReplacement(await createJobContext(inputs, dependencies), { id, createdAt });
  } catch (error) {
    throw failureError(error, nameJob({ id, type: inputs.type }), inputs);
  }
}

/** A started job may have done its work before the service deleted it, 90 days after its creation. */
const describeGone = (name: string, hadNoEffect: boolean): Message =>
  hadNoEffect
    ? {
        code: "job-gone-before-start",
        text:
          `${name} was not started and had no effect. It is cancelled, or the service has deleted it. ` +
          "The next `pulumi up` creates a new job.",
      }
    : {
        code: "job-outcome-unknown",
        text:
          `${name} was in progress and no longer exists, so its outcome is unknown. Check whether its work ` +
          "is done. The next `pulumi up` creates a new job.",
      };
