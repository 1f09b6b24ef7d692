import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation } from "../permissions";
import { documentedStruct, list, oneOf, optional, required, string, struct } from "../shape";
import { importTarget, tagConditions } from "../shared-shapes";

/** Path to the resources of an asset, which are of one kind. Source: API model, `LFTagPolicyDetails` and `AssetEntry.Name`. */
const resources = [
  ...["assetDetails", "lakeFormationDataPermissionAsset", "lakeFormationDataPermissionDetails"],
  ...["lFTagPolicy", "resourceDetails"],
];

export const importAssetsFromLakeFormationTagPolicy: JobType = {
  type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
  detailsKey: "importAssetsFromLakeFormationTagPolicy",
  summary: "licenses the resources of an AWS Lake Formation tag policy as an asset of a revision",
  sentence: {
    predicate:
      "licenses the resources of a Lake Formation tag policy in catalog {catalogId} as an asset of {revision}, " +
      "granted by role {roleArn}",
  },
  details: struct("ImportAssetsFromLakeFormationTagPolicy", {
    ...importTarget,
    // The API model's pattern for an account id matches no account id, so this one keeps only its length and meaning.
    catalogId: required(
      string({ pattern: "[0-9]{12}", meaning: "an AWS account id of 12 digits" }),
      "Glue Data Catalog that holds the resources: an AWS account id of 12 digits.",
    ),
    roleArn: required(
      string({ pattern: "arn:aws:iam::([0-9]{12}):role/.+", meaning: "the ARN of an IAM role" }),
      "IAM role with which Data Exchange grants and revokes the subscribers' Lake Formation permissions.",
    ),
    database: optional(
      documentedStruct(
        "DatabaseLFTagPolicyAndPermissions",
        "Databases with certain LF-tags, and what subscribers may do with them.",
        {
          expression: tagConditions,
          permissions: required(
            list(oneOf("DESCRIBE"), { set: true }),
            "Permissions that subscribers get on the databases: `DESCRIBE`. The order does not matter.",
          ),
        },
      ),
      "Databases to license.",
    ),
    table: optional(
      documentedStruct(
        "TableLFTagPolicyAndPermissions",
        "Tables with certain LF-tags, and what subscribers may do with them.",
        {
          expression: tagConditions,
          permissions: required(
            list(oneOf("DESCRIBE", "SELECT"), { set: true }),
            "Permissions that subscribers get on the tables: `DESCRIBE`, `SELECT`. The order does not matter.",
          ),
        },
      ),
      "Tables to license.",
    ),
  }),
  response: {},
  createsAssets: {
    assetKey: ["assetDetails", "lakeFormationDataPermissionAsset", "roleArn"],
    requestKey: ["roleArn"],
    oneToMany: true,
    distinctBy: [
      { assetKey: [...resources, "database", "expression"], requestKey: ["database", "expression"] },
      { assetKey: [...resources, "table", "expression"], requestKey: ["table", "expression"] },
    ],
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from an AWS Lake Formation tag policy",
    value: 5,
    source: quotaSource,
  },
  assetTypes: ["LAKE_FORMATION_DATA_PERMISSION"],
  permissions: [
    ...assetCreation,
    // Sources disagree on the caller's other permissions: the user guide names Lake Formation grants and RAM shares, the
    // Service Authorization Reference only PassRole. PassRole is used, because the role makes the grants.
    {
      // Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
      sid: "PassRole",
      actions: ["iam:PassRole"],
      resources: ["{roleArn}"],
      condition: { StringEquals: { "iam:PassedToService": ["dataexchange.amazonaws.com"] } },
    },
  ],
};
