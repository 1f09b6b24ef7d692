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

/** What the service names such an asset stands nowhere; the catalog and the resource type tell them apart. */
function assetOf(
  id: string,
  { catalogId, roleArn }: Details,
  resourceType: "DATABASE" | "TABLE",
  { expression, permissions }: Policy,
): NewAsset {
  return {
    id,
    name: `${catalogId}-${resourceType}`,
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
