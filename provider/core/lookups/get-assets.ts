import { GlobFilter } from "../../../lib/globs";
import { CodedError } from "../../../lib/message-code";
import type { JobAsset, ServiceAsset } from "../../../service-model/job";
import { list, optional, string, struct } from "../../../service-model/shape";
import { dataSetIdFor, revisionIdFor } from "../../../service-model/shared-shapes";
import { listAll } from "../ports";
import { getLatestRevision } from "./get-revision";
import type { Lookup } from "./lookup";
import { described, listNames } from "./lookup";

/** Arguments of getAssets. */
export interface GetAssetsArgs {
  /** The data set, your own or an entitled one. 30 to 40 letters and digits. */
  dataSetId: string;
  /**
   * The revision. 30 to 40 letters and digits.
   * @default the latest, as by getLatestRevision
   */
  revisionId?: string;
  /**
   * Glob patterns for the names of the assets, such as `*.csv` or `daily/`. A `*` does not cross a slash, a name that begins
   * with a dot needs a pattern that contains the dot, and an entry with `!` excludes.
   * @default every asset
   */
  include?: readonly string[];
  /**
   * Glob patterns for assets to leave out although `include` selects them. `drafts/` matches folders of that name at
   * any depth.
   * @default none
   */
  exclude?: readonly string[];
}

/** Assets of a revision. */
export interface GetAssetsResult {
  /** The data set that owns the revision. */
  dataSetId: string;
  /** The revision that contains the assets. */
  revisionId: string;
  /** The selected assets, by name and then by id. */
  assets: JobAsset[];
  /** Ids of these assets, in the same order, such as for the `assetIds` of an S3Export. */
  assetIds: string[];
}

export const getAssets: Lookup<GetAssetsArgs, GetAssetsResult> = {
  name: "getAssets",
  args: struct("GetAssetsArgs", {
    dataSetId: dataSetIdFor("that owns the revision"),
    revisionId: { ...revisionIdFor("that contains the assets"), required: false },
    include: optional(list(string()), "Glob patterns for names of assets."),
    exclude: optional(list(string()), "Glob patterns for names of assets to leave out."),
  }),
  async run({ dataSetId, include, exclude, ...given }, context) {
    // Patterns are checked before the service is called.
    const filter = new GlobFilter({ include, exclude });
    const revisionId = given.revisionId ?? (await getLatestRevision.run({ dataSetId }, context)).revisionId;
    const listing = listAll((nextToken) =>
      context.service.listRevisionAssets({ dataSetId, revisionId }, nextToken),
    );
    const all = await described(`Revision ${revisionId}`, listing);
    // Without include, assets whose names begin with a dot are selected as well, because a revision is complete.
    const selected = all.filter(({ name }) =>
      include === undefined ? !filter.excludes(name) : filter.matches(name),
    );
    if (selected.length === 0 && (include ?? exclude) !== undefined) {
      throw new CodedError({ code: "no-matching-asset", text: describeMismatch(revisionId, all) });
    }
    filter.warnings().forEach(context.warn);
    const assets = selected.sort(byName).map(toAsset);
    return { dataSetId, revisionId, assets, assetIds: assets.map(({ id }) => id) };
  },
};

const byName = (a: ServiceAsset, b: ServiceAsset): number =>
  a.name === b.name ? compare(a.id, b.id) : compare(a.name, b.name);

/** By UTF-16 code units, because the order of a language differs between machines. */
const compare = (a: string, b: string): number => (a < b ? -1 : 1);

const toAsset = ({ id, arn, name, assetType }: ServiceAsset): JobAsset => ({ id, arn, name, assetType });

function describeMismatch(revisionId: string, assets: readonly ServiceAsset[]): string {
  const has = assets.length === 0 ? "It has no assets." : `It has ${listNames(assets)}.`;
  return (
    `No asset of revision ${revisionId} matches include and exclude. ${has} Correct the patterns, which match whole names; ` +
    "a * ends at a slash, and **/ matches any folders."
  );
}
