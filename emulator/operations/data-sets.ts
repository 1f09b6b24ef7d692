import type { AssetType } from "../../service-model/job-type";
import { conflict } from "../http/service-error";
import { arnOf } from "../state/arns-and-keys";
import type { DataSet, Tags } from "../state/records";
import { hasEnded } from "../state/region-state";
import { Shelf } from "../state/ordered-collection";
import type { Context, Handler } from "./context";
import { refuseBeyond, stamps, touch } from "./context";
import type { PageInput } from "./pages";
import { pageOf } from "./pages";
import { refuseWrongTags } from "./tag-rules";

interface CreateDataSet {
  readonly assetType: AssetType;
  readonly name: string;
  readonly description: string;
  readonly tags?: Tags;
}

interface ById {
  readonly dataSetId: string;
}

interface UpdateDataSet extends ById {
  readonly name?: string;
  readonly description?: string;
}

export const dataSetHandlers = {
  CreateDataSet: ({ assetType, name, description, tags }: CreateDataSet, context: Context) => {
    const { state } = context;
    refuseWrongTags(tags);
    refuseBeyond("Data sets per account", state.dataSets.size, context);
    const id = state.newId();
    const dataSet: DataSet = {
      id,
      arn: arnOf(state.place, `data-sets/${id}`),
      assetType,
      name,
      description,
      origin: "OWNED",
      tags,
      ...stamps(context),
      revisions: new Shelf(),
    };
    state.dataSets.add(dataSet);
    return dataSet;
  },

  GetDataSet: ({ dataSetId }: ById, { state }: Context) => state.dataSet(dataSetId),

  ListDataSets: (input: PageInput & { readonly origin?: string }, { state, clock }: Context) => {
    const entitled = input.origin === "ENTITLED";
    const shelf = entitled ? state.entitledDataSets : state.dataSets;
    const { items, nextToken } = pageOf(shelf, entitled ? "entitled data-sets" : "data-sets", input);
    return { dataSets: items.filter(({ grant }) => !grant || !hasEnded(grant, clock.now())), nextToken };
  },

  UpdateDataSet: ({ dataSetId, name, description }: UpdateDataSet, context: Context) => {
    const dataSet = context.state.ownDataSet(dataSetId);
    dataSet.name = name ?? dataSet.name;
    dataSet.description = description ?? dataSet.description;
    touch(dataSet, context);
    return dataSet;
  },

  /** Its revisions go with it. */
  DeleteDataSet: ({ dataSetId }: ById, { state, objects }: Context) => {
    const { revisions } = state.ownDataSet(dataSetId);
    const granted = state.dataGrantsOf.of(dataSetId).size;
    if (granted > 0) {
      throw conflict("DATA_SET", dataSetId, `The data set ${dataSetId} has data grants; delete them first.`);
    }
    state.dataSets.delete(dataSetId);
    const assets = revisions.all().flatMap((revision) => revision.assets.all());
    void objects.deleteObjects(assets.map(({ objectKey }) => objectKey));
  },
} satisfies Record<string, Handler>;
