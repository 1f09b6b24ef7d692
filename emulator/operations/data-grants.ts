import { conflict, invalid, notFound } from "../state/api-error";
import { entitle } from "../data-grants/publication";
import { arnOf } from "../state/records";
import type { DataGrant } from "../state/records";
import { hasEnded } from "../state/region-state";
import type { Context, Handlers } from "./handler";
import { paginate, assertBelowLimit, timestamps, touch } from "./handler";
import { assertValidTags } from "./tags";

export const dataGrantHandlers = {
  CreateDataGrant: (input, context) => {
    const { state, stateOf, clock, requireFinalizedRevision } = context;
    const { endsAt, receiverPrincipal, sourceDataSetId } = input;
    const { revisions } = state.ownDataSet(sourceDataSetId);
    assertValidTags(input.tags);
    // Source: user guide, "Creating data grants" (console); that the API refuses it is unverified.
    if (requireFinalizedRevision && !revisions.all().some(({ finalized }) => finalized)) {
      throw invalid(`The data set ${sourceDataSetId} has no finalized revision, so it cannot be granted.`);
    }
    if (endsAt !== undefined && Date.parse(endsAt) <= clock.now().getTime()) {
      throw invalid(`EndsAt must be in the future, not ${endsAt}.`);
    }
    assertBelowLimits(receiverPrincipal, context);
    const id = state.newId();
    const grant: DataGrant = {
      ...input,
      endsAt: endsAt && new Date(endsAt).toISOString(),
      id,
      arn: arnOf(state.accountRegion, `data-grants/${id}`),
      senderPrincipal: state.accountRegion.account,
      dataSetId: state.newId(),
      acceptanceState: "PENDING_RECEIVER_ACCEPTANCE",
      ...timestamps(context),
    };
    state.dataGrants.add(grant);
    state.dataGrantsOf.add(sourceDataSetId, grant);
    stateOf(receiverPrincipal).receivedDataGrants.add(grant);
    return grant;
  },

  GetDataGrant: ({ dataGrantId }, context) => findSentGrant(dataGrantId, context),

  ListDataGrants: (input, { state }) => {
    const { items, nextToken } = paginate(state.dataGrants, "data-grants", input);
    return { dataGrantSummaries: items, nextToken };
  },

  /** The receiver loses the data set; exported objects stay. */
  DeleteDataGrant: ({ dataGrantId }, context) => {
    const { state, stateOf } = context;
    const grant = findSentGrant(dataGrantId, context);
    const receiver = stateOf(grant.receiverPrincipal);
    state.dataGrants.delete(grant.id);
    state.dataGrantsOf.delete(grant.sourceDataSetId, grant.id);
    receiver.receivedDataGrants.delete(grant.id);
    receiver.entitledDataSets.delete(grant.dataSetId);
  },

  AcceptDataGrant: ({ dataGrantArn }, context) => {
    const { state, stateOf, clock } = context;
    const grant = findReceivedGrant(dataGrantArn, context);
    if (grant.acceptanceState === "ACCEPTED") {
      throw conflict("DATA_GRANT", grant.id, `The data grant ${grant.id} is already accepted.`);
    }
    if (hasEnded(grant, clock.now())) throw invalid(`The data grant ${grant.id} ended at ${grant.endsAt}.`);
    grant.acceptanceState = "ACCEPTED";
    grant.acceptedAt = clock.now().toISOString();
    touch(grant, context);
    entitle(grant, stateOf(grant.senderPrincipal).dataSet(grant.sourceDataSetId), state, clock.now());
    return grant;
  },

  GetReceivedDataGrant: ({ dataGrantArn }, context) => findReceivedGrant(dataGrantArn, context),

  ListReceivedDataGrants: ({ acceptanceState, ...input }, { state }) => {
    const { items, nextToken } = paginate(state.receivedDataGrants, "received-data-grants", input);
    const wanted = items.filter((grant) => acceptanceState?.includes(grant.acceptanceState) ?? true);
    return { dataGrantSummaries: wanted, nextToken };
  },
} satisfies Partial<Handlers>;

/** A grant of the account, by its id or ARN. */
function findSentGrant(idOrArn: string, { state }: Context): DataGrant {
  const grant = state.dataGrants.get(idOrArn.slice(idOrArn.lastIndexOf("/") + 1));
  if (!grant || (idOrArn !== grant.id && idOrArn !== grant.arn)) throw notFound("DATA_GRANT", idOrArn);
  return grant;
}

/** A grant that the account received. */
function findReceivedGrant(arn: string, { state }: Context): DataGrant {
  const grant = state.receivedDataGrants.get(arn.slice(arn.lastIndexOf("/") + 1));
  if (grant?.arn !== arn) throw notFound("DATA_GRANT", arn);
  return grant;
}

function assertBelowLimits(receiver: string, context: Context): void {
  const now = context.clock.now();
  const live = context.state.dataGrants.all().filter((grant) => !hasEnded(grant, now));
  assertBelowLimit("Active and pending data grants", live.length, context);
  const pending = live.filter(
    (grant) => grant.receiverPrincipal === receiver && grant.acceptanceState !== "ACCEPTED",
  );
  assertBelowLimit("Pending data grants per consumer", pending.length, context);
}
