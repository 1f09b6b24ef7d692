import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation } from "../permissions";
import { list, oneOf, optional, required, string, struct } from "../shape";
import { importTarget, tagConditions } from "../shared-shapes";

/** An asset has one kind of resource. Source: API model, `LFTagPolicyDetails` and `AssetEntry.Name`. */
const resources = [
  ...["assetDetails", "lakeFormationDataPermissionAsset", "lakeFormationDataPermissionDetails"],
  ...["lFTagPolicy", "resourceDetails"],
];

export const importAssetsFromLakeFormationTagPolicy: JobType = {
  type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
  detailsKey: "importAssetsFromLakeFormationTagPolicy",
  summary: "licenses what an AWS Lake Formation tag policy covers as an asset of a revision",
  sentence: {
    predicate:
      "licenses what a Lake Formation tag policy covers in catalog {catalogId} as an asset of {revision}, " +
      "granted by role {roleArn}",
  },
  details: struct("ImportAssetsFromLakeFormationTagPolicy", {
    ...importTarget,
    // The API model's own pattern for an account id admits no account id at all; its length and its sense are kept.
    catalogId: required(
      string({ pattern: "[0-9]{12}", meaning: "an AWS account id of 12 digits" }),
      "Glue Data Catalog that holds the resources: an AWS account id of 12 digits.",
    ),
    roleArn: required(
      string({ pattern: "arn:aws:iam::([0-9]{12}):role/.+", meaning: "the ARN of an IAM role" }),
      "IAM role with which Data Exchange grants and revokes the subscribers' Lake Formation permissions.",
    ),
    database: optional(
      struct("DatabaseLFTagPolicyAndPermissions", {
        expression: tagConditions,
        permissions: required(
          list(oneOf("DESCRIBE"), { set: true }),
          "Permissions that subscribers get on the databases: `DESCRIBE`. Order means nothing.",
        ),
      }),
      "Databases to license.",
    ),
    table: optional(
      struct("TableLFTagPolicyAndPermissions", {
        expression: tagConditions,
        permissions: required(
          list(oneOf("DESCRIBE", "SELECT"), { set: true }),
          "Permissions that subscribers get on the tables: `DESCRIBE`, `SELECT`. Order means nothing.",
        ),
      }),
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
    // Sources disagree on what else the caller needs: the user guide speaks of granting Lake Formation permissions and
    // of shares in RAM, the Service Authorization Reference of PassRole alone; the role grants, so PassRole is taken.
    {
      // Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
      sid: "PassRole",
      actions: ["iam:PassRole"],
      resources: ["{roleArn}"],
      condition: { StringEquals: { "iam:PassedToService": ["dataexchange.amazonaws.com"] } },
    },
  ],
};
