import { boolean, list, optional, required, string, struct, timestamp } from "../../provider/model/shape";
import {
  changing,
  comment,
  dataSetId,
  finalized,
  identity,
  nextToken,
  paging,
  reading,
  revisionId,
  tags,
  writing,
} from "./common";
import type { Operation } from "./operation";

const entry = {
  ...identity,
  dataSetId,
  comment,
  finalized,
  revoked: optional(boolean(), "Whether subscribers lost their access to it."),
  revokedAt: optional(timestamp(), "When they did."),
  revocationComment: optional(string({ minLength: 10, maxLength: 512 }), "Why they did."),
};

export const revisionOperations = {
  CreateRevision: {
    method: "POST",
    path: "/v1/data-sets/{dataSetId}/revisions",
    status: 201,
    input: struct("CreateRevisionRequest", { dataSetId, comment, tags }),
    output: struct("CreateRevisionResponse", { ...entry, tags }),
    errors: writing,
  },
  GetRevision: {
    method: "GET",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 200,
    input: struct("GetRevisionRequest", { dataSetId, revisionId }),
    output: struct("GetRevisionResponse", { ...entry, tags }),
    errors: reading,
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
    errors: reading,
  },
  UpdateRevision: {
    method: "PATCH",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 200,
    input: struct("UpdateRevisionRequest", { dataSetId, revisionId, comment, finalized }),
    output: struct("UpdateRevisionResponse", entry),
    errors: changing,
  },
  DeleteRevision: {
    method: "DELETE",
    path: "/v1/data-sets/{dataSetId}/revisions/{revisionId}",
    status: 204,
    input: struct("DeleteRevisionRequest", { dataSetId, revisionId }),
    errors: changing,
  },
} as const satisfies Record<string, Operation>;
