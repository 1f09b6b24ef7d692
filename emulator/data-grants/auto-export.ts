/** What event actions do when a revision is published: an export job that nobody created. */
import { jobTypeOf } from "../../service-model/job-types/index";
import { futureKeyPattern } from "../../service-model/key-pattern";
import type { JobRunner } from "../jobs/runner";
import { arnOf } from "../state/arns-and-keys";
import type { EventAction, Job } from "../state/records";
import type { Published } from "./publication";

const type = "EXPORT_REVISIONS_TO_S3";

/** Starts the exports that event actions on the data set want; those beyond the quota wait for their turn. */
export function autoExport({ state, dataSet, revision }: Published, now: Date, runner: JobRunner): void {
  for (const action of state.eventActionsOn.of(dataSet.id).all()) {
    const job = exportJob(action, { state, dataSet, revision }, now.toISOString());
    state.addJob(job, [dataSet.id]);
    runner.enqueue(job, state);
  }
}

function exportJob({ arn, action }: EventAction, { state, dataSet, revision }: Published, now: string): Job {
  const id = state.newId();
  const { revisionDestination, encryption } = action.exportRevisionToS3;
  return {
    id,
    arn: arnOf(state.place, `jobs/${id}`),
    type,
    state: "WAITING",
    details: {
      [jobTypeOf(type).detailsKey]: {
        dataSetId: dataSet.id,
        revisionDestinations: [
          { revisionId: revision.id, keyPattern: futureKeyPattern, ...revisionDestination },
        ],
        encryption,
        eventActionArn: arn,
      },
    },
    createdAt: now,
    updatedAt: now,
    starts: 0,
  };
}
