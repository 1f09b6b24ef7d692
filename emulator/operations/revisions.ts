import { limitsByAssetType } from "../../service-model/errors";
import { conflict, invalid } from "../state/api-error";
import { activeGrants, autoExport, publish } from "../data-grants/publication";
import { arnOf } from "../state/records";
import type { Asset, Revision } from "../state/records";
import { OrderedCollection } from "../state/ordered-collection";
import type { Context, Handlers } from "./handler";
import { paginate, assertBelowLimit, timestamps, touch } from "./handler";
import { assertValidTags } from "./tags";

interface ById {
  readonly dataSetId: string;
  readonly revisionId: string;
}

export const revisionHandlers = {
  CreateRevision: ({ dataSetId, comment, tags }, context) => {
    const { state } = context;
    const dataSet = state.ownDataSet(dataSetId);
    assertValidTags(tags);
    assertBelowLimit(limitsByAssetType[dataSet.assetType]!.revisions, dataSet.revisions.size, context);
    const id = state.newId();
    const revision: Revision = {
      id,
      arn: arnOf(state.accountRegion, `data-sets/${dataSetId}/revisions/${id}`),
      dataSetId,
      comment,
      finalized: false,
      tags,
      ...timestamps(context),
      assets: new OrderedCollection<Asset>(({ name }) => name),
    };
    dataSet.revisions.add(revision);
    return revision;
  },

  GetRevision: ({ dataSetId, revisionId }, { state }) => state.revision(dataSetId, revisionId),

  ListDataSetRevisions: (input, { state }) => {
    const { revisions } = state.dataSet(input.dataSetId);
    const { items, nextToken } = paginate(revisions, `revisions of ${input.dataSetId}`, input);
    return { revisions: items, nextToken };
  },

  UpdateRevision: (input, context) => {
    const { comment, finalized } = input;
    const revision = ownRevision(input, context);
    if (finalized === false) definalize(revision, context);
    if (comment !== undefined && comment !== revision.comment) {
      // Source: user guide, "Revisions": no changes can be made in the finalized state.
      assertNotFinalized(revision);
      revision.comment = comment;
    }
    if (finalized) finalizeRevision(revision, context);
    touch(revision, context);
    return revision;
  },

  DeleteRevision: (input, context) => {
    const revision = ownRevision(input, context);
    assertNotFinalized(revision);
    context.state.dataSet(input.dataSetId).revisions.delete(revision.id);
    void context.objects.deleteObjects(revision.assets.all().map(({ objectKey }) => objectKey));
  },

  RevokeRevision: (input, context) => {
    const revision = ownRevision(input, context);
    if (!revision.finalized) {
      throw invalid(`The revision ${revision.id} is not finalized, so it has no subscribers.`);
    }
    // Source: user guide, "Editing an asset revocation reason" (console); that the API does the same is unverified.
    revision.revoked = true;
    revision.revokedAt ??= context.clock.now().toISOString();
    revision.revocationComment = input.revocationComment;
    touch(revision, context);
    return revision;
  },
} satisfies Partial<Handlers>;

/** A finalized revision and its assets are read-only until it is de-finalized. */
export function assertNotFinalized({ id, finalized }: Revision): void {
  if (finalized) throw conflict("REVISION", id, `The revision ${id} is finalized and therefore read-only.`);
}

/** The revision, if the account may change it. */
export function ownRevision({ dataSetId, revisionId }: ById, { state }: Context): Revision {
  state.ownDataSet(dataSetId);
  return state.revision(dataSetId, revisionId);
}

function finalizeRevision(revision: Revision, { state, stateOf, clock, runner }: Context): void {
  if (revision.finalized) return;
  if (revision.assets.size === 0) {
    throw invalid(`The revision ${revision.id} has no assets; only a revision with assets can be finalized.`);
  }
  revision.finalized = true;
  const now = clock.now();
  const published = publish(state.dataSet(revision.dataSetId), revision, state, stateOf, now);
  published.forEach((copy) => autoExport(copy, now, runner));
}

function definalize(revision: Revision, { state, clock }: Context): void {
  const { id, dataSetId, finalized, revoked } = revision;
  if (!finalized) return;
  if (revoked || activeGrants(dataSetId, state, clock.now()).length > 0) {
    throw conflict("REVISION", id, `The revision ${id} is published and cannot be de-finalized.`);
  }
  revision.finalized = false;
}
