import { dataSetId, dataShareArn, revisionId } from "../shared-shapes";
import type { JobType } from "../job-type";
import { serviceQuotas } from "../job-type";
import { createsAssets } from "../permissions";
import { list, required, struct } from "../shape";

export const importAssetsFromRedshiftDataShares: JobType = {
  type: "IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES",
  detailsKey: "importAssetsFromRedshiftDataShares",
  does: "licenses Amazon Redshift datashares as assets of a revision",
  words: {
    predicate: "licenses {items} as assets of {revision}",
    items: { member: "assetSources", one: "datashare", many: "datashares", name: "{dataShareArn}" },
  },
  details: struct("ImportAssetsFromRedshiftDataShares", {
    dataSetId: dataSetId("that owns the revision"),
    revisionId: revisionId("to import into; it must not be finalized"),
    assetSources: required(
      list(
        struct("RedshiftDataShareAssetSourceEntry", {
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
      "Datashares to license, 1 to 10. Order means nothing.",
    ),
  }),
  response: {},
  makes: { mark: ["assetDetails", "redshiftDataShareAsset", "arn"], from: ["assetSources", "dataShareArn"] },
  concurrency: {
    limitName: "Concurrent in progress jobs to import assets from Amazon Redshift datashares",
    value: 10,
    source: serviceQuotas,
  },
  assetTypes: ["REDSHIFT_DATA_SHARE"],
  permissions: [
    ...createsAssets,
    {
      sid: "AuthorizeDataShares",
      actions: ["redshift:AuthorizeDataShare"],
      on: ["{assetSources.dataShareArn}"],
      // Source: managed policy AWSDataExchangeProviderFullAccess; the consumer is Data Exchange and nobody else.
      condition: { StringEqualsIgnoreCase: { "redshift:ConsumerIdentifier": ["ADX"] } },
    },
  ],
};
