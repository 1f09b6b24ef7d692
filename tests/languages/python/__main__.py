"""The program of the life in Python."""

import pulumi
import pulumi_dataexchange as dataexchange

config = pulumi.Config()
endpoint = config.require("endpoint")
revision = {"data_set_id": config.require("dataSetId"), "revision_id": config.require("revisionId")}
imports = config.get_object("imports") or {}


def options(name, provider=None):
    return pulumi.ResourceOptions(provider=provider, import_=imports.get(name))


prices = dataexchange.Job(
    "prices",
    type=dataexchange.JobType.IMPORT_ASSETS_FROM_S3,
    details={
        "import_assets_from_s3": {
            **revision,
            "asset_sources": [{"bucket": "source", "key": config.require("key")}],
        },
    },
    opts=options("prices"),
)

# The id of the asset is not known in a preview.
copy = dataexchange.Job(
    "copy",
    type=dataexchange.JobType.EXPORT_ASSETS_TO_S3,
    details={
        "export_assets_to_s3": {
            **revision,
            "asset_destinations": [
                {"asset_id": prices.assets[0].id, "bucket": "copies", "key": "copy.csv"},
            ],
        },
    },
    opts=options("copy"),
)

# The engine shows the inputs of imported resources as the program gives them. Otherwise the plugin makes the key secret.
api_key = pulumi.Output.secret("planted-api-key") if imports else "planted-api-key"

quotes = dataexchange.Job(
    "quotes",
    type=dataexchange.JobType.IMPORT_ASSET_FROM_API_GATEWAY_API,
    details={
        "import_asset_from_api_gateway_api": {
            "data_set_id": config.require("apiDataSetId"),
            "revision_id": config.require("apiRevisionId"),
            "api_id": "abc123",
            "api_name": "quotes",
            "api_key": api_key,
            "protocol_type": dataexchange.ApiProtocol.REST,
            "stage": "prod",
        },
    },
    upload=pulumi.StringAsset('{"openapi": "3.0.1", "info": {"title": "planted-document", "version": "1"}}'),
    opts=options("quotes"),
)

ireland = dataexchange.Provider(
    "ireland",
    region="eu-west-1",
    access_key="AKIDLOCALTEST",
    secret_key="planted-secret-key",
    endpoints=[{"dataexchange": endpoint, "s3": endpoint, "sts": endpoint}],
    assume_roles=[{"role_arn": "arn:aws:iam::000000000000:role/ireland", "session_name": "life"}],
)
terms = dataexchange.Job(
    "terms",
    type=dataexchange.JobType.IMPORT_ASSET_FROM_SIGNED_URL,
    details={
        "import_asset_from_signed_url": {
            "data_set_id": config.require("irelandDataSetId"),
            "revision_id": config.require("irelandRevisionId"),
            "asset_name": "terms.txt",
        },
    },
    upload=pulumi.StringAsset("planted-text-of-an-upload"),
    opts=options("terms", ireland),
)

publication = dataexchange.RevisionPublication(
    "publication",
    data_set_id=config.require("dataSetId"),
    comment="Prices",
    contents={"prices": {"s3": {"bucket": "source", "keys": ["a.csv"]}}},
)

# The id of the revision is not known in a preview.
dataexchange.Job(
    "archive",
    type=dataexchange.JobType.EXPORT_REVISIONS_TO_S3,
    details={
        "export_revisions_to_s3": {
            "data_set_id": config.require("dataSetId"),
            "revision_destinations": [
                {
                    "revision_id": publication.revision_id,
                    "bucket": "copies",
                    "key_pattern": "archive/${Asset.Name}",
                },
            ],
        },
    },
)

pulumi.export("state", prices.state)
pulumi.export("asset", prices.assets[0].name)
pulumi.export("regions", [prices.region, terms.region])
pulumi.export("finalized", publication.finalized)
