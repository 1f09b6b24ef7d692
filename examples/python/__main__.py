import pulumi
import pulumi_dataexchange as dataexchange

config = pulumi.Config()

data_set = dataexchange.get_data_set_output(
    name=config.require("dataSetName"),
    origin=dataexchange.DataSetOrigin.OWNED,
)

prices = dataexchange.Job(
    "prices",
    type=dataexchange.JobType.IMPORT_ASSETS_FROM_S3,
    details={
        "import_assets_from_s3": {
            "data_set_id": data_set.data_set_id,
            "revision_id": config.require("revisionId"),
            "asset_sources": [
                {"bucket": config.require("bucket"), "key": config.require("key")},
            ],
        },
    },
    on_delete=dataexchange.OnDelete.DELETE_ASSETS,
)

pulumi.export("state", prices.state)
pulumi.export("asset", prices.assets[0].name)
