import { invalidError } from "../errors";
import type { NewAsset, Worker } from "../worker";

interface Policy {
  readonly expression: unknown;
  readonly permissions: readonly string[];
}

interface Details {
  readonly catalogId: string;
  readonly roleArn: string;
  readonly database?: Policy;
  readonly table?: Policy;
}

/** One asset for the databases and one for the tables: an asset's details have room for a single resource type. */
export const importAssetsFromLakeFormationTagPolicy: Worker<Details> = ({ details, state }) => {
  const { database, table } = details;
  const assets = [
    ...(database ? [assetOf(state.newId(), details, "DATABASE", database)] : []),
    ...(table ? [assetOf(state.newId(), details, "TABLE", table)] : []),
  ];
  const errors =
    assets.length === 0 ? [invalidError("The tag policy covers neither databases nor tables.")] : [];
  return Promise.resolve({ assets, errors });
};

/** Source: API model, `AssetEntry.Name`. */
const names = {
  DATABASE: "Database(s) included in LF-tag policy",
  TABLE: "Table(s) included in LF-tag policy",
} as const;

function assetOf(
  id: string,
  { catalogId, roleArn }: Details,
  resourceType: keyof typeof names,
  { expression, permissions }: Policy,
): NewAsset {
  return {
    id,
    name: names[resourceType],
    assetDetails: {
      lakeFormationDataPermissionAsset: {
        lakeFormationDataPermissionDetails: {
          lFTagPolicy: {
            catalogId,
            resourceType,
            resourceDetails: { [resourceType.toLowerCase()]: { expression } },
          },
        },
        lakeFormationDataPermissionType: "LFTagPolicy",
        permissions,
        roleArn,
      },
    },
  };
}
