import type { JobType } from "../job-type";
import { quotaSource } from "../job-type";
import { assetCreation } from "../permissions";
import { documentedStruct, list, required, struct } from "../shape";
import { dataShareArn, importTarget } from "../shared-shapes";

export const importAssetsFromRedshiftDataShares: JobType = {
  type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
  detailsKey: "importAssetsFromRedshiftDataShares",
  summary: "licenses Amazon Redshift datashares as assets of a revision",
  sentence: {
    predicate: "licenses {items} as assets of {revision}",
    items: { member: "assetSources", singular: "datashare", plural: "datashares", name: "{dataShareArn}" },
  },
  details: struct("ImportAssetsFromRedshiftDataShares", {
    ...importTarget,
    assetSources: required(
      list(
        documentedStruct("RedshiftDataShareAssetSourceEntry", "A Redshift datashare to import as an asset.", {
          dataShareArn: required(dataShareArn, "ARN of the datashare."),
        }),
        {
          minItems: 1,
          // Source: Service Quotas, not adjustable.
          maxItems: 10,
          limit: "Amazon Redshift datashare assets per import job from Redshift",
          set: true,
        },
      ),
      "Datashares to license, 1 to 10. The order does not matter.",
    ),
  }),
  response: {},
  createsAssets: {
    assetKey: ["assetDetails", "redshiftDataShareAsset", "arn"],
    requestKey: ["assetSources", "dataShareArn"],
  },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from Amazon Redshift datashares",
    value: 10,
    source: quotaSource,
  },
  assetTypes: ["REDSHIFT_DATA_SHARE"],
  permissions: [
    ...assetCreation,
    {
      sid: "AuthorizeDataShares",
      actions: ["redshift:AuthorizeDataShare"],
      resources: ["{assetSources.dataShareArn}"],
      // Source: managed policy AWSDataExchangeProviderFullAccess; the only consumer is Data Exchange.
      condition: { StringEqualsIgnoreCase: { "redshift:ConsumerIdentifier": ["ADX"] } },
    },
  ],
};
