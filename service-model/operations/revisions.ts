import { boolean, list, optional, required, string, struct, timestamp } from "../shape";
import {
  comment,
  dataSetId,
  finalized,
  identity,
  nextToken,
  paging,
  revisionId,
  sourceId,
  tags,
} from "../shared-shapes";
import type { Operation } from "./operation";
import { changeErrors, readErrors, writeErrors } from "./operation";

const reason = string({ minLength: 10, maxLength: 512 });

const entry = {
  ...identity,
  dataSetId,
  comment,
  finalized,
  sourceId,
  revoked: optional(boolean(), "Whether subscribers lost their access to it."),
  revokedAt: optional(timestamp(), "When they did."),
  revocationComment: optional(reason, "Why they did."),
};

export const revisionOperations = {
  CreateRevision: {
    method: "POST",
    path: "/v1/data-sets/{dataSetId}/revisions",
    status: 201,
    input: struct("CreateRevisionRequest", { dataSetId, comment, tags }),
    output: struct("CreateRevisionResponse", { ...entry, tags }),
    // ServiceLimitExceededException is not modelled here, yet its LimitName lists the revisions per data set.
    errors: [...writeErrors, "ServiceLimitExceededException"],
  },
  GetRevision: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 200,
    input: struct("GetRevisionRequest", { dataSetId, revisionId }),
    output: struct("GetRevisionResponse", { ...entry, tags }),
    errors: readErrors,
  },
  ListDataSetRevisions: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}/revisions",
    query: ["maxResults", "nextToken"],
    status: 200,
    input: struct("ListDataSetRevisionsRequest", { dataSetId, ...paging }),
    output: struct("ListDataSetRevisionsResponse", {
      revisions: required(list(struct("RevisionEntry", entry)), "Revisions, newest first."),
      nextToken,
    }),
    errors: readErrors,
  },
  UpdateRevision: {
    method: "PATCH",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 200,
    input: struct("UpdateRevisionRequest", { dataSetId, revisionId, comment, finalized }),
    output: struct("UpdateRevisionResponse", entry),
    errors: changeErrors,
  },
  DeleteRevision: {
    method: "DELETE",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 204,
    input: struct("DeleteRevisionRequest", { dataSetId, revisionId }),
    errors: changeErrors,
  },
  RevokeRevision: {
    method: "POST",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}/revoke",
    status: 200,
    input: struct("RevokeRevisionRequest", {
      dataSetId,
      revisionId,
      revocationComment: required(reason, "Comment for subscribers, 10 to 512 characters."),
    }),
    output: struct("RevokeRevisionResponse", entry),
    errors: changeErrors,
  },
} as const satisfies Record<string, Operation>;
