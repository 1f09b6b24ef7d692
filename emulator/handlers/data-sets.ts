import type { AssetType } from "../../provider/model/job-type";
import { arnOf, assetKey, newId } from "../state/names";
import type { DataSet, Tags } from "../state/records";
import { Shelf } from "../state/shelf";
import type { Context, Handler } from "./context";
import { stamps, touch } from "./context";
import type { PageInput } from "./pages";
import { pageOf } from "./pages";

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
    const id = newId();
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

  ListDataSets: (input: PageInput & { readonly origin?: string }, { state }: Context) => {
    // Nobody else's data sets are here, so none is entitled.
    if (input.origin === "ENTITLED") return { dataSets: [] };
    const { items, nextToken } = pageOf(state.dataSets, "data-sets", input);
    return { dataSets: items, nextToken };
  },

  UpdateDataSet: ({ dataSetId, name, description }: UpdateDataSet, context: Context) => {
    const dataSet = context.state.dataSet(dataSetId);
    dataSet.name = name ?? dataSet.name;
    dataSet.description = description ?? dataSet.description;
    touch(dataSet, context);
    return dataSet;
  },

  /** Its revisions go with it. */
  DeleteDataSet: ({ dataSetId }: ById, { state, objects }: Context) => {
    const { revisions } = state.dataSet(dataSetId);
    state.dataSets.delete(dataSetId);
    const assets = revisions.all().flatMap((revision) => revision.assets.all());
    void objects.discard(assets.map(({ id }) => assetKey(state.place, id)));
  },
} satisfies Record<string, Handler>;
