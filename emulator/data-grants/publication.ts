/** Publication: a finalized revision reaches every account that accepted a grant of its data set. */
import type { DataGrant, DataSet, EventAction, Job, Revision } from "../state/records";
import type { RegionState } from "../state/region-state";
import { hasEnded } from "../state/region-state";
import { entitledDataSet, entitledRevision } from "./entitled-views";
import { jobTypeOf } from "../../service-model/job-types";
import { autoExportKeyPattern } from "../../service-model/key-pattern";
import type { JobRunner } from "../jobs/job-runner";
import { arnOf } from "../state/records";

export interface Published {
  /** State of the subscriber's account, which now includes the revision. */
  readonly state: RegionState;
  readonly dataSet: DataSet;
  readonly revision: Revision;
}

/** Grants of a data set that were accepted and have not ended. */
export const activeGrants = (dataSetId: string, owner: RegionState, now: Date): DataGrant[] =>
  owner.dataGrantsOf
    .of(dataSetId)
    .all()
    .filter((grant) => grant.acceptanceState === "ACCEPTED" && !hasEnded(grant, now));

/** Adds a finalized revision to each subscriber's entitled data set, and returns the added revisions. */
export function publish(
  dataSet: DataSet,
  revision: Revision,
  owner: RegionState,
  stateOf: (account: string) => RegionState,
  now: Date,
): Published[] {
  return activeGrants(dataSet.id, owner, now).flatMap(({ receiverPrincipal, dataSetId }) => {
    const state = stateOf(receiverPrincipal);
    const entitled = state.entitledDataSets.get(dataSetId);
    return entitled ? [{ state, dataSet: entitled, revision: deliver(revision, entitled, state, now) }] : [];
  });
}

/** Adds the entitled data set of a grant, with all finalized revisions, to the receiver's account. */
export function entitle(grant: DataGrant, source: DataSet, receiver: RegionState, now: Date): void {
  const entitled = entitledDataSet(source, grant, receiver, now.toISOString());
  const finalized = source.revisions.all().filter((revision) => revision.finalized);
  finalized.forEach((revision) => deliver(revision, entitled, receiver, now));
  receiver.entitledDataSets.add(entitled);
}

function deliver(source: Revision, entitled: DataSet, receiver: RegionState, now: Date): Revision {
  const revision = entitledRevision(source, entitled, receiver, now.toISOString());
  entitled.revisions.add(revision);
  return revision;
}

/** Event actions start an export job when a revision is published. */

const type = "EXPORT_REVISIONS_TO_S3";

/** Starts the exports of the data set's event actions; exports beyond the quota are queued. */
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
    arn: arnOf(state.accountRegion, `jobs/${id}`),
    type,
    state: "WAITING",
    details: {
      [jobTypeOf(type).detailsKey]: {
        dataSetId: dataSet.id,
        revisionDestinations: [
          { revisionId: revision.id, keyPattern: autoExportKeyPattern, ...revisionDestination },
        ],
        encryption,
        eventActionArn: arn,
      },
    },
    createdAt: now,
    updatedAt: now,
    startCount: 0,
  };
}
