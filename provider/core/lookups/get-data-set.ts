import { CodedError } from "../../../lib/message-code";
import type { DataSetOrigin, ServiceDataSet } from "../../../service-model/job";
import { oneOf, optional, required, string, struct } from "../../../service-model/shape";
import { joinNames } from "../error-messages";
import { listAll } from "../ports";
import type { Lookup } from "./lookup";
import { described, listNames } from "./lookup";

/** Arguments of getDataSet. */
export interface GetDataSetArgs {
  /** The whole name of the data set. Upper and lower case differ. */
  name: string;
  /**
   * `OWNED` for a data set of your own, `ENTITLED` for one of another account that you are entitled to.
   * @default either
   */
  origin?: DataSetOrigin;
}

/** A data set as it is now. */
export interface GetDataSetResult {
  /** Id of the data set. */
  dataSetId: string;
  /** ARN of the data set. */
  arn: string;
  /** Name of the data set. */
  name: string;
  /** Description of the data set. */
  description: string;
  /** Type of its assets, such as `S3_SNAPSHOT`. */
  assetType: string;
  /** `OWNED` for a data set of your own, `ENTITLED` for one of another account that you are entitled to. */
  origin: DataSetOrigin;
  /** When the data set was created, ISO 8601. */
  createdAt: string;
}

export const getDataSet: Lookup<GetDataSetArgs, GetDataSetResult> = {
  name: "getDataSet",
  args: struct("GetDataSetArgs", {
    name: required(string({ minLength: 1 }), "The whole name of the data set."),
    origin: optional(oneOf("OWNED", "ENTITLED"), "Whether the account owns it or is entitled to it."),
  }),
  async run(args, { service }) {
    const { name, origin } = args;
    // The service lists one origin at a time, and has no search by name.
    const origins: DataSetOrigin[] = origin ? [origin] : ["OWNED", "ENTITLED"];
    const listings = origins.map((one) => listAll((nextToken) => service.listDataSets(one, nextToken)));
    const listed = await described(`Data set ${JSON.stringify(name)}`, Promise.all(listings));
    const dataSets = listed.flat();
    const matching = dataSets.filter((dataSet) => dataSet.name === name);
    const [found] = matching;
    if (!found) throw new CodedError({ code: "data-set-not-found", text: describeLack(args, dataSets) });
    if (matching.length > 1) {
      throw new CodedError({ code: "ambiguous-data-set-name", text: describeAmbiguity(name, matching) });
    }
    const { id: dataSetId, arn, description, assetType, origin: its, createdAt } = found;
    return { dataSetId, arn, name, description, assetType, origin: its, createdAt };
  },
};

function describeLack({ name, origin }: GetDataSetArgs, dataSets: readonly ServiceDataSet[]): string {
  const kind = origin ? `${origin} data set` : "data set";
  const has = dataSets.length === 0 ? `There is no ${kind}.` : `The names are ${listNames(dataSets)}.`;
  return (
    `No ${kind} of this account in this region has the name ${JSON.stringify(name)}. ${has} ` +
    `Correct the name${origin ? ", the origin" : ""}, the region or the account.`
  );
}

function describeAmbiguity(name: string, matching: readonly ServiceDataSet[]): string {
  const ids = joinNames(matching.map((dataSet) => `${dataSet.id} (${dataSet.origin})`).sort());
  const origins = new Set(matching.map((dataSet) => dataSet.origin));
  const remedy = origins.size > 1 ? "Give origin, or use" : "Use";
  return `${matching.length} data sets have the name ${JSON.stringify(name)}: ${ids}. ${remedy} the id of one of them instead of its name.`;
}
