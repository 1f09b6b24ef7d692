import { CodedError } from "../../../lib/message-code";
import type { ServiceRevision } from "../../../service-model/job";
import { struct } from "../../../service-model/shape";
import { dataSetIdFor, revisionIdFor } from "../../../service-model/shared-shapes";
import { pages } from "../ports";
import type { Lookup } from "./lookup";
import { described } from "./lookup";

/** Arguments of getLatestRevision. */
export interface GetLatestRevisionArgs {
  /** The data set, your own or an entitled one. 30 to 40 letters and digits. */
  dataSetId: string;
}

/** Arguments of getRevision. */
export interface GetRevisionArgs extends GetLatestRevisionArgs {
  /** The revision. 30 to 40 letters and digits. */
  revisionId: string;
}

/** A revision as it is now. */
export interface GetRevisionResult {
  /** The data set that owns the revision. */
  dataSetId: string;
  /** Id of the revision. */
  revisionId: string;
  /** ARN of the revision. */
  arn: string;
  /** Comment of its owner; absent if there is none. */
  comment?: string;
  /** Whether its content is final. Only a finalized revision can be published. */
  finalized: boolean;
  /** Whether subscribers have lost their access to it. */
  revoked: boolean;
  // Source of the second sentence: AWS Data Exchange User Guide, "Data sets".
  /** When the revision was created, ISO 8601. For an entitled data set, this is when it was published. */
  createdAt: string;
}

const dataSetId = dataSetIdFor("that owns the revision");

export const getRevision: Lookup<GetRevisionArgs, GetRevisionResult> = {
  name: "getRevision",
  args: struct("GetRevisionArgs", { dataSetId, revisionId: revisionIdFor("to look up") }),
  run: async (revision, { service }) =>
    toResult(
      revision.dataSetId,
      await described(`Revision ${revision.revisionId}`, service.getRevision(revision)),
    ),
};

export const getLatestRevision: Lookup<GetLatestRevisionArgs, GetRevisionResult> = {
  name: "getLatestRevision",
  args: struct("GetLatestRevisionArgs", { dataSetId }),
  async run({ dataSetId }, { service }) {
    const unusable: ServiceRevision[] = [];
    const list = (nextToken?: string) =>
      described(`Data set ${dataSetId}`, service.listRevisions(dataSetId, nextToken));
    // The newest come first (source: API Reference, ListDataSetRevisions), so most data sets need one page.
    for await (const page of pages(list)) {
      const [latest] = page.filter(isUsable).sort(newestFirst);
      if (latest) return toResult(dataSetId, latest);
      unusable.push(...page);
    }
    throw new CodedError({ code: "no-finalized-revision", text: describeLack(dataSetId, unusable) });
  },
};

const isUsable = ({ finalized, revoked }: ServiceRevision): boolean => finalized && !revoked;

/**
 * Revisions of one time stay in the order of the service. A grant that is accepted publishes all revisions at once, and their
 * ids say nothing about their age.
 */
const newestFirst = (a: ServiceRevision, b: ServiceRevision): number =>
  Date.parse(b.createdAt) - Date.parse(a.createdAt);

function describeLack(dataSetId: string, revisions: readonly ServiceRevision[]): string {
  const revoked = revisions.filter((revision) => revision.revoked).length;
  const has =
    revisions.length === 0
      ? "no revision"
      : `no revision that is finalized and not revoked (${revoked} revoked, ${revisions.length - revoked} not finalized)`;
  return (
    `Data set ${dataSetId} has ${has}. In a data set of your own, finalize a revision, for example by a ` +
    "RevisionPublication. In an entitled data set, wait until its owner publishes one. Then run `pulumi up` again."
  );
}

const toResult = (
  dataSetId: string,
  { id, arn, comment, finalized, revoked = false, createdAt }: ServiceRevision,
): GetRevisionResult => ({
  ...{ dataSetId, revisionId: id, arn },
  ...(comment && { comment }),
  ...{ finalized, revoked, createdAt },
});
