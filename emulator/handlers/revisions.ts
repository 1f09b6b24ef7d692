import { conflict, invalid } from "../protocol/service-error";
import { arnOf, assetKey, newId } from "../state/names";
import type { Asset, Revision, Tags } from "../state/records";
import { Shelf } from "../state/shelf";
import type { Context, Handler } from "./context";
import { stamps, touch } from "./context";
import type { PageInput } from "./pages";
import { pageOf } from "./pages";

interface CreateRevision {
  readonly dataSetId: string;
  readonly comment?: string;
  readonly tags?: Tags;
}

interface ById {
  readonly dataSetId: string;
  readonly revisionId: string;
}

interface UpdateRevision extends ById {
  readonly comment?: string;
  readonly finalized?: boolean;
}

export const revisionHandlers = {
  CreateRevision: ({ dataSetId, comment = "", tags }: CreateRevision, context: Context) => {
    const { state } = context;
    const dataSet = state.dataSet(dataSetId);
    const id = newId();
    const revision: Revision = {
      id,
      arn: arnOf(state.place, `data-sets/${dataSetId}/revisions/${id}`),
      dataSetId,
      comment,
      finalized: false,
      tags,
      ...stamps(context),
      assets: new Shelf<Asset>(({ name }) => name),
    };
    dataSet.revisions.add(revision);
    return revision;
  },

  GetRevision: ({ dataSetId, revisionId }: ById, { state }: Context) => state.revision(dataSetId, revisionId),

  ListDataSetRevisions: (input: PageInput & { readonly dataSetId: string }, { state }: Context) => {
    const { revisions } = state.dataSet(input.dataSetId);
    const { items, nextToken } = pageOf(revisions, `revisions of ${input.dataSetId}`, input);
    return { revisions: items, nextToken };
  },

  UpdateRevision: ({ dataSetId, revisionId, comment, finalized }: UpdateRevision, context: Context) => {
    const revision = context.state.revision(dataSetId, revisionId);
    if (finalized && revision.assets.size === 0) {
      throw invalid(`The revision ${revisionId} holds no asset; finalizing needs at least one.`);
    }
    revision.comment = comment ?? revision.comment;
    revision.finalized = finalized ?? revision.finalized;
    touch(revision, context);
    return revision;
  },

  DeleteRevision: ({ dataSetId, revisionId }: ById, { state, objects }: Context) => {
    const revision = state.revision(dataSetId, revisionId);
    refuseFinalized(revision);
    state.dataSet(dataSetId).revisions.delete(revisionId);
    void objects.discard(revision.assets.all().map(({ id }) => assetKey(state.place, id)));
  },
} satisfies Record<string, Handler>;

/** A finalized revision and its assets are read-only until it is de-finalized. */
export function refuseFinalized({ id, finalized }: Revision): void {
  if (finalized) throw conflict("REVISION", id, `The revision ${id} is finalized, and so read-only.`);
}
