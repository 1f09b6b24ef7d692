/** Event actions, which the service runs when a revision is published. */
import { checkKeyPattern, autoExportKeyPattern } from "../key-pattern";
import { list, optional, required, string, struct } from "../shape";
import { bucketName, encryption, id } from "../shared-shapes";
import { identity, nextToken, paging, tags } from "../shared-shapes";
import type { Operation } from "./operation";
import { createErrors, readErrors, writeErrors } from "./operation";

const action = struct("Action", {
  exportRevisionToS3: optional(
    struct("AutoExportRevisionToS3RequestDetails", {
      revisionDestination: required(
        struct("AutoExportRevisionDestinationEntry", {
          bucket: required(bucketName, "Bucket to write to."),
          keyPattern: optional(
            string({ minLength: 1, check: checkKeyPattern }),
            "Pattern of the keys to write to.",
            { default: autoExportKeyPattern },
          ),
        }),
        "Destination of each revision.",
      ),
      encryption,
    }),
    "Exports the revision that was published.",
  ),
});

const event = struct("Event", {
  revisionPublished: optional(
    struct("RevisionPublished", { dataSetId: required(id, "The data set.") }),
    "A revision of the data set was published.",
  ),
});

const entry = {
  ...identity,
  action: required(action, "The action."),
  event: required(event, "The event that starts the action."),
};

const eventActionId = required(string(), "The event action.");

export const eventActionOperations = {
  CreateEventAction: {
    method: "POST",
    path: "/v1/event-actions",
    status: 201,
    input: struct("CreateEventActionRequest", {
      action: required(action, "The action."),
      event: required(event, "The event that starts the action."),
      tags,
    }),
    output: struct("CreateEventActionResponse", { ...entry, tags }),
    errors: createErrors,
  },
  GetEventAction: {
    method: "GET",
    path: "/v1/event-actions/{eventActionId}",
    status: 200,
    input: struct("GetEventActionRequest", { eventActionId }),
    output: struct("GetEventActionResponse", { ...entry, tags }),
    errors: readErrors,
  },
  ListEventActions: {
    method: "GET",
    path: "/v1/event-actions",
    query: ["eventSourceId", "maxResults", "nextToken"],
    status: 200,
    input: struct("ListEventActionsRequest", {
      eventSourceId: optional(string(), "Only actions for events of this data set."),
      ...paging,
    }),
    output: struct("ListEventActionsResponse", {
      eventActions: required(list(struct("EventActionEntry", entry)), "Event actions, newest first."),
      nextToken,
    }),
    errors: readErrors,
  },
  UpdateEventAction: {
    method: "PATCH",
    path: "/v1/event-actions/{eventActionId}",
    status: 200,
    input: struct("UpdateEventActionRequest", {
      eventActionId,
      action: optional(action, "The new action."),
    }),
    output: struct("UpdateEventActionResponse", entry),
    errors: writeErrors,
  },
  DeleteEventAction: {
    method: "DELETE",
    path: "/v1/event-actions/{eventActionId}",
    status: 204,
    input: struct("DeleteEventActionRequest", { eventActionId }),
    errors: readErrors,
  },
} as const satisfies Record<string, Operation>;
