import { insufficientBucketPolicy, invalid } from "../state/api-error";
import { ObjectError } from "../storage/service-storage";
import { arnOf } from "../state/records";
import type { EventAction } from "../state/records";
import type { Context, Handlers } from "./handler";
import { paginate, assertBelowLimit, timestamps, touch } from "./handler";
import { assertValidTags } from "./tags";

export const eventActionHandlers = {
  CreateEventAction: async ({ action, event, tags }, context) => {
    const { state } = context;
    const { revisionPublished } = event;
    if (!revisionPublished)
      throw invalid("Event.RevisionPublished is required; it is the only event of the service.");
    const { dataSetId } = revisionPublished;
    assertValidTags(tags);
    // The API model lists no ResourceNotFoundException for this operation.
    const dataSet = state.findDataSet(dataSetId);
    if (!dataSet) throw invalid(`The data set ${dataSetId} does not exist.`);
    // Source: live test of alchemy-run/alchemy; event_action_test.go of Terraform's AWS provider.
    if (dataSet.origin !== "ENTITLED") {
      throw invalid(`Event actions require an entitled data set; the account owns ${dataSetId}.`);
    }
    const wanted = await checkAction(action, context);
    assertBelowLimit("Event actions per account", state.eventActions.size, context);
    assertBelowLimit(
      "Auto export event actions per data set",
      state.eventActionsOn.of(dataSetId).size,
      context,
    );
    const id = state.newId();
    const eventAction: EventAction = {
      id,
      arn: arnOf(state.accountRegion, `event-actions/${id}`),
      action: wanted,
      event: { revisionPublished },
      tags,
      ...timestamps(context),
    };
    state.eventActions.add(eventAction);
    state.eventActionsOn.add(dataSetId, eventAction);
    return eventAction;
  },

  GetEventAction: ({ eventActionId }, { state }) => state.eventAction(eventActionId),

  ListEventActions: (input, { state }) => {
    const { eventSourceId } = input;
    const eventActions =
      eventSourceId === undefined ? state.eventActions : state.eventActionsOn.of(eventSourceId);
    const { items, nextToken } = paginate(eventActions, `event-actions on ${eventSourceId ?? "all"}`, input);
    return { eventActions: items, nextToken };
  },

  UpdateEventAction: async (input, context) => {
    const eventAction = context.state.eventAction(input.eventActionId);
    if (input.action) eventAction.action = await checkAction(input.action, context);
    touch(eventAction, context);
    return eventAction;
  },

  DeleteEventAction: ({ eventActionId }, { state }) => {
    const { id, event } = state.eventAction(eventActionId);
    state.eventActions.delete(id);
    state.eventActionsOn.delete(event.revisionPublished.dataSetId, id);
  },
} satisfies Partial<Handlers>;

/**
 * Key of the object that the service writes to test the bucket. Source: user guide, "Automatically exporting revisions", prerequisites. It
 * calls this the object's naming format and shows no example.
 */
const testObject = "_ADX-TEST-ACCOUNTID#";

/** Tests the bucket, whose policy must allow the service to write because the service principal exports. */
async function checkAction(
  { exportRevisionToS3 }: Partial<EventAction["action"]>,
  { requireBucketPolicy, objects }: Context,
): Promise<EventAction["action"]> {
  if (!exportRevisionToS3)
    throw invalid("Action.ExportRevisionToS3 is required; it is the only action of the service.");
  const { bucket } = exportRevisionToS3.revisionDestination;
  if (requireBucketPolicy !== false && !(await objects.allowsServiceWrite(bucket))) {
    throw insufficientBucketPolicy(
      `The policy of the bucket ${bucket} does not allow s3:PutObject to the service principal dataexchange.amazonaws.com.`,
    );
  }
  try {
    await objects.writeEmptyObject({ bucket, key: testObject });
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    throw invalid(`The bucket ${bucket} cannot be written to: ${error.message}`);
  }
  return { exportRevisionToS3 };
}
